"""Which repository a remote's address, a user or a CI service names; never what is secret in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.repository.git import open_repository
from hatch_sentry_artifacts.repository.remote import (
    RemoteRepository,
    read_address,
    read_name,
    remote_address,
)
from hatch_sentry_artifacts.repository.services import built_repository
from tests.support.history import GIT, History, git

SECRET = "glpat-s3cr3t"


@pytest.mark.parametrize(
    ("address", "name", "host"),
    [
        ("https://github.com/acme/shop.git", "acme/shop", "github.com"),
        ("https://github.com/acme/shop/", "acme/shop", "github.com"),
        (f"https://oauth2:{SECRET}@gitlab.com/a/b/c.git", "a/b/c", "gitlab.com"),
        (f"https://me:p/{SECRET}@h.example/a/b", "a/b", "h.example"),
        (f"https://h.example/a/b?token={SECRET}#{SECRET}", "a/b", "h.example"),
        ("http://h.example:8080/a/b.git", "a/b", "h.example"),
        ("git@github.com:acme/shop.git", "acme/shop", "github.com"),
        (f"{SECRET}@github.com:acme/shop", "acme/shop", "github.com"),
        (f"me:{SECRET}@h.example:acme/shop", "acme/shop", "h.example"),
        ("github.com:acme/shop", "acme/shop", "github.com"),
        ("ssh://git@github.com/acme/shop", "acme/shop", "github.com"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "acme/shop", "github.com"),
        ("git+ssh://git@github.com/acme/shop.git", "acme/shop", "github.com"),
        ("git+https://github.com/acme/shop.git", "acme/shop", "github.com"),
        ("git://h.example/acme/shop.git", "acme/shop", "h.example"),
        ("HTTPS://GitHub.com/Acme/Shop", "Acme/Shop", "github.com"),
        ("https://me@dev.azure.com/acme/web/_git/shop", "web/shop", "dev.azure.com"),
        ("git@ssh.dev.azure.com:v3/acme/web/shop", "web/shop", "dev.azure.com"),
        ("https://acme.visualstudio.com/web/_git/shop", "web/shop", "dev.azure.com"),
        ("https://acme.visualstudio.com/DefaultCollection/w/_git/s", "w/s", "dev.azure.com"),
        ("https://h.example/scm/proj/shop.git", "proj/shop", "h.example"),
        ("https://h.example/projects/PROJ/repos/shop/browse", "PROJ/shop", "h.example"),
        ("ssh://git@h.example:7999/proj/shop.git", "proj/shop", "h.example"),
        ("https://h.example/a%20b/c", "a b/c", "h.example"),
        ("https://h.example/a%00%0a/%ff", "a/\ufffd", "h.example"),
        ("ssh://git@[::1]:22/a/b", "a/b", "[::1]"),
        ("git@[::1]:a/b", "a/b", "[::1]"),
    ],
)
def test_addresses_are_read_without_what_is_secret(address: str, name: str, host: str) -> None:
    assert read_address(address) == RemoteRepository(name, host)


@pytest.mark.parametrize(
    "address",
    [
        *("/srv/git/shop.git", "../shop", "shop", "C:\\git\\shop", "C:/git/shop"),
        *("file:///srv/shop", "", " ", "https://", "https://h.example", "https://h.example/"),
        *("x:", "ext::sh -c 'id'"),
    ],
)
def test_what_is_no_address_names_no_repository(address: str) -> None:
    assert read_address(address) is None


@pytest.mark.parametrize(
    ("one", "other"), [("Acme / My Shop", "acme/my shop"), ("ACME/shop", "acme/Shop")]
)
def test_names_are_the_same_whatever_their_case_and_the_spaces_around_slashes(
    one: str, other: str
) -> None:
    assert read_name(one).key == read_name(other).key


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        (
            {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.com"},
            RemoteRepository("acme/shop", "github.com"),
        ),
        ({"GITHUB_REPOSITORY": "acme/shop"}, RemoteRepository("acme/shop")),
        (
            {"CI_PROJECT_PATH": "a/b/c", "CI_PROJECT_URL": "https://gitlab.example/a/b/c"},
            RemoteRepository("a/b/c", "gitlab.example"),
        ),
        ({"BITBUCKET_REPO_FULL_NAME": "acme/shop"}, RemoteRepository("acme/shop")),
        (
            {"BUILD_REPOSITORY_URI": f"https://{SECRET}@dev.azure.com/o/p/_git/r"},
            RemoteRepository("p/r", "dev.azure.com"),
        ),
        (
            {"CIRCLE_PROJECT_USERNAME": "acme", "CIRCLE_PROJECT_REPONAME": "shop"},
            RemoteRepository("acme/shop"),
        ),
        ({"CIRCLE_PROJECT_USERNAME": "acme"}, None),
        ({"BUILDKITE_REPO": "git@h.example:a/b.git"}, RemoteRepository("a/b", "h.example")),
        ({"GIT_URL": "/srv/git/shop", "DRONE_REPO": "a/b"}, RemoteRepository("a/b")),
        ({}, None),
    ],
)
def test_ci_services_say_what_they_build(
    environment: Mapping[str, str], found: RemoteRepository | None
) -> None:
    assert built_repository(environment) == found


@pytest.mark.skipif(GIT is None, reason="git is not there")
@pytest.mark.parametrize(
    ("remotes", "found"),
    [
        ({"origin": "o", "upstream": "u"}, "u"),
        ({"origin": "o", "other": "x"}, "o"),
        ({"other": "x"}, "x"),
        ({"other": "x", "another": "y"}, None),
        ({}, None),
    ],
)
def test_the_remote_is_upstream_else_origin_else_the_only_one(
    tmp_path: Path, remotes: Mapping[str, str], found: str | None
) -> None:
    folder = History().write(tmp_path / "r")
    for name, address in remotes.items():
        git(folder, "remote", "add", name, address)
    assert remote_address(open_repository(folder, os.environ)) == found
