"""The commits of a release, and what servers make of them: refs, locks, rights, and none at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.commits.plan import Plan, Request, make_plan
from hatch_sentry_artifacts.commits.setting import carry_out, summary
from hatch_sentry_artifacts.errors import HistoryError, NotOffered, ServerUnreachable
from hatch_sentry_artifacts.local_server.server import (
    CI_TOKEN,
    DEFAULT_TOKEN,
    LocalServer,
    Settings,
)
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits
from hatch_sentry_artifacts.sentry.releases.releases import Releases
from hatch_sentry_artifacts.sentry.session import connected
from tests.sentry.exchange import Exchange
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer
from tests.support.history import GIT, History, git
from tests.support.sentry_contents import commits as commits_of

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(GIT is None, reason="git is not there"),
]
_LOCKED = b'{"detail": "Release commits are currently being processed"}'
_KNOWN = {
    "acme/shop": ("https://github.com/acme/shop", "integrations:github"),
    "Acme / My Shop": ("https://gitlab.example/acme/my-shop", "integrations:gitlab"),
}
VERSION = "shop@1.1.0"


class Site:
    """A server behind a proxy, which notes the changes of releases that come to it."""

    def __init__(self, server: LocalServer, proxy: FaultProxy) -> None:
        self.server = server
        self.proxy = proxy
        self.changes: list[dict[str, Any]] = []
        proxy.on(self._note, method="PUT", path="/releases/", times=float("inf"))

    def _note(self, exchange: Exchange) -> None:
        self.changes.append(json.loads(exchange.body()))
        exchange.send(exchange.forward())

    @contextmanager
    def commits(self, token: str = DEFAULT_TOKEN) -> Iterator[ReleaseCommits]:
        """Yield what sets the commits of a release that is there."""
        connection = Connection(self.proxy.url, "acme", ("web",), Token(token, "the test"))
        with connected(connection, workers=1, timeout=30, notice=print) as api:
            Releases(api).create(VERSION)
            yield ReleaseCommits(api, pauses=(0.001, 0.001))

    def set(self, request: Request, token: str = DEFAULT_TOKEN) -> Plan:
        with self.commits(token) as server:
            plan = make_plan(request, server)
            carry_out(plan, VERSION, server)
        return plan


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = Settings(tmp_path / "server", repositories=_KNOWN)
    with LocalServer(settings) as server, FaultProxy(server.url) as proxy:
        yield Site(server, proxy)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = History()
    base = made.line(["one"])
    made.tag("v1.0.0", base)
    made.tag("v1.1.0", made.line(["two", "three"], [base]))
    return made.write(tmp_path_factory.mktemp("shop") / "repository")


@pytest.fixture
def request_(folder: Path) -> Request:
    return Request(VERSION, folder, os.environ, repository="acme/shop")


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("acme/shop", "acme/shop"),
        ("Acme/Shop", "acme/shop"),
        ("git@github.com:acme/shop.git", "acme/shop"),
        ("https://gitlab.example/acme/my-shop.git", "Acme / My Shop"),
        ("acme/my shop", "Acme / My Shop"),
        ("acme/my-shop", "Acme / My Shop"),
    ],
)
def test_a_repository_that_sentry_knows_is_named_as_there_and_not_read_here(
    site: Site, request_: Request, folder: Path, named: str, known: str
) -> None:
    plan = site.set(replace(request_, repository=named))
    head, base = git(folder, "rev-parse", "HEAD", "v1.0.0").split()
    ref = {"repository": known, "commit": head, "previousCommit": base}
    assert site.changes == [{"refs": [ref]}]
    assert "the server fetches those of" in summary(plan, VERSION)
    assert summary(plan, VERSION).endswith(", 2 commits")


@pytest.mark.parametrize(
    "named", ["https://elsewhere.example/acme/shop", "acme/other", "shop", "git@github.com:a/b"]
)
def test_one_of_that_name_somewhere_else_is_another(
    site: Site, request_: Request, named: str
) -> None:
    site.set(replace(request_, repository=named))
    (change,) = site.changes
    assert [each["message"] for each in change["commits"]] == ["three", "two"]


def test_local_sends_what_sentry_could_fetch(site: Site, request_: Request) -> None:
    site.set(replace(request_, local=True))
    assert commits_of(site.server, VERSION) == ["three", "two"]


def test_a_repository_that_only_commits_have_named_is_not_fetched(
    site: Site, request_: Request
) -> None:
    for _ in range(2):
        site.set(replace(request_, repository="acme/new"))
    assert [list(change) for change in site.changes] == [["commits"], ["commits"]]


def test_a_token_that_may_not_see_repositories_sends_the_commits(
    site: Site, request_: Request
) -> None:
    site.set(request_, CI_TOKEN)
    assert commits_of(site.server, VERSION) == ["three", "two"]


def test_without_a_checkout_sentry_fetches_what_ci_names(site: Site, tmp_path: Path) -> None:
    environment = {"GITHUB_REPOSITORY": "acme/shop", "PATH": os.environ["PATH"]}
    request = Request(VERSION, tmp_path, environment, commit="c" * 40)
    site.set(request)
    assert site.changes == [{"refs": [{"repository": "acme/shop", "commit": "c" * 40}]}]
    for lacking in (
        replace(request, commit=None),
        replace(request, environment={"PATH": os.environ["PATH"]}),
        replace(request, since="v1.0.0"),
    ):
        with pytest.raises(HistoryError, match="is in no git checkout"):
            site.set(lacking)


def test_a_base_that_is_named_in_full_need_not_be_here(
    site: Site, request_: Request, tmp_path: Path
) -> None:
    environment = {"GITHUB_REPOSITORY": "acme/shop", "PATH": os.environ["PATH"]}
    away = Request(VERSION, tmp_path, environment, commit="c" * 40, since="b" * 40)
    for request in (away, replace(request_, since="b" * 40)):
        site.set(request)
        assert site.changes[-1]["refs"][0]["previousCommit"] == "b" * 40


def test_a_shallow_clone_is_enough_for_what_sentry_fetches(
    site: Site, request_: Request, folder: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", folder.as_uri(), "clone")
    site.set(replace(request_, folder=tmp_path / "clone"))
    head = git(folder, "rev-parse", "HEAD")
    assert site.changes == [{"refs": [{"repository": "acme/shop", "commit": head}]}]


def test_a_release_whose_commits_are_being_set_is_waited_for(site: Site, request_: Request) -> None:
    site.proxy.calm()
    site.proxy.on(answer(409, body=_LOCKED), method="PUT", path="/releases/", times=2)
    site.set(replace(request_, local=True))
    assert commits_of(site.server, VERSION) == ["three", "two"]


def test_one_that_stays_so_is_an_error_that_says_what_to_do(site: Site, request_: Request) -> None:
    site.proxy.calm()
    site.proxy.on(answer(409, body=_LOCKED), method="PUT", path="/releases/", times=3)
    with pytest.raises(ServerUnreachable, match=r"currently being processed.* asked 3 times"):
        site.set(replace(request_, local=True))


def test_nothing_new_is_not_fetched(site: Site, request_: Request) -> None:
    plan = site.set(replace(request_, since="HEAD"))
    assert site.changes == []
    assert summary(plan, VERSION).startswith("no commits of acme/shop since HEAD (")


def test_a_server_without_releases_is_told_as_such(site: Site, request_: Request) -> None:
    site.proxy.calm()
    page = answer(404, {"Content-Type": "text/html"}, b"<h1>no</h1>")
    site.proxy.on(page, method="PUT", path="/releases/")
    with pytest.raises(NotOffered, match="has no releases that commits could belong to"):
        site.set(replace(request_, local=True))


def test_what_servers_do_not_take_never_reaches_them(site: Site, tmp_path: Path) -> None:
    made = History()
    long = {f"{'p' * 300}": b"1", "deep/" + "d" * 200: b"2"}
    last = [made.commit("", {}, author=b"n" * 200 + b" <" + b"e" * 90 + b"@x.invalid>")]
    last = [made.commit("m" * 20_000, long, last, author=b"Zo\xc3\xab <>")]
    last = [made.commit(" \n", {" ": b"1", "T": b"1"}, last, author=b" <a@x.invalid>")]
    made.commit("far", {"T": b"->x"}, last, seconds=999_999_999_999, zone="+1400")
    folder = made.write(tmp_path / "odd", files=False)
    site.set(Request(VERSION, folder, os.environ, repository="r" * 100))
    ((_, sent),) = (each for change in site.changes for each in change.items())
    assert len(sent) == 4
    assert all(each["message"] is not None and each["timestamp"] for each in sent)
    assert {each["repository"] for each in sent} == {"r" * 64}
    kinds = {change["type"] for each in sent for change in each.get("patch_set", ())}
    assert kinds == {"A", "M"}
    assert len(commits_of(site.server, VERSION)) == 4
