"""`check`: a line for each thing that an upload needs."""

from __future__ import annotations

import base64
import json
import re

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN, LocalServer
from tests.sentry.exchange import Fault
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer
from tests.support.shell import Shell
from tests.upload_strategies.chunk_proxy import say


def test_check_has_a_line_for_each_thing(shell: Shell) -> None:
    done = shell.run("check")
    assert done.code == 0
    assert [tuple(line.split()[:2]) for line in done.out.splitlines()] == [
        ("ok", "configuration"),
        ("found", "token"),
        ("found", "organization"),
        ("found", "project"),
        ("found", "url"),
        ("ok", "server"),
        ("ok", "organization"),
        ("ok", "project"),
        ("ok", "release"),
        ("warning", "hook"),
        ("warning", "build"),
    ]


def test_check_says_what_is_missing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    done = shell.run("check")
    assert done.code == 2
    assert re.search(r"FAILED +token +no token: set SENTRY_AUTH_TOKEN", done.out)


@pytest.mark.parametrize(("user", "code"), [({"id": "1"}, 3), (None, 0)])
def test_check_takes_the_scope_of_organization_tokens_from_no_user(
    *,
    shell: Shell,
    shared_server: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    user: object,
    code: int,
) -> None:
    said = {"version": "0", "auth": {"scopes": ["org:ci"]}, "user": user}
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", CI_TOKEN)
    with FaultProxy(shared_server.url) as proxy:
        monkeypatch.setenv("SENTRY_URL", proxy.url)
        proxy.on(say(said), method="GET", path="/api/0/")
        done = shell.run("check")
    assert done.code == code
    refused = "FAILED   server         the token has the scopes org:ci, none" in done.out
    assert refused is (user is not None)


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("'{}'", "stands in quotes: set it without them"),
        ('"{}"', "stands in quotes: set it without them"),
        ("Bearer {}", 'begins with "Bearer": set the token alone'),
        ("https://{}@o1.ingest.example/2", "is a DSN, with which events are sent"),
        ("{}\n{}", "holds a line break"),
        ("{} {}", "holds spaces or characters that no token has"),
    ],
)
def test_check_says_what_a_token_is_that_is_none(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, token: str, told: str
) -> None:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", token.format("a1b2" * 16, "c3d4" * 16))
    done = shell.run("check")
    assert done.code == 2
    assert told in done.out
    assert "a1b2" not in done.out + done.err


def test_check_says_which_server_made_the_token(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = {"url": "https://other.example", "org": "acme", "region_url": None}
    payload = base64.b64encode(json.dumps(claims).encode()).decode()
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", f"sntrys_{payload}_{'A1' * 20}")
    done = shell.run("check")
    assert done.code == 3
    assert "which was made on https://other.example: set the url (SENTRY_URL) to that" in done.out


def test_check_has_the_exit_code_of_a_refused_token(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", "a1b2" * 16)
    done = shell.run("check")
    assert done.code == 3
    assert "does not accept the token from SENTRY_AUTH_TOKEN (401" in done.out


def test_check_takes_a_root_that_knows_no_one_for_a_refused_token(
    shell: Shell, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultProxy(server.url) as proxy:
        monkeypatch.setenv("SENTRY_URL", proxy.url)
        proxy.on(say({"version": "0", "auth": None, "user": None}), method="GET", path="/api/0/")
        done = shell.run("check")
    assert done.code == 3
    assert "does not accept the token" in done.out


@pytest.mark.parametrize("command", ["check", "upload"])
@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (answer(404, {"Content-Type": "text/html"}, b"<p>"), 3, "is not the address of a Sentry"),
        (answer(404, body=b'{"message": "no"}'), 3, "is not the address of a Sentry server"),
        (answer(200, {"Content-Type": "text/html"}, b"<p>"), 1, "is the url that of a Sentry"),
        (answer(302, {"Location": "/auth/login/"}, b""), 1, "redirects to /auth/login/"),
    ],
    ids=["page, 404", "other JSON, 404", "page", "sign-in"],
)
def test_a_path_that_is_no_sentry_is_told_with_what_to_set(
    *,
    shell: Shell,
    server: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    fault: Fault,
    code: int,
    told: str,
) -> None:
    with FaultProxy(server.url) as proxy:
        monkeypatch.setenv("SENTRY_URL", f"{proxy.url}/some/path")
        for method in ("GET", "POST"):
            proxy.on(fault, method=method, path="/api/0/", times=float("inf"))
        done = shell.run(command)
    assert done.code == code
    assert told in done.out + done.err
    assert f"set the url (SENTRY_URL) to {proxy.url}" in done.out + done.err
    assert "upload-as" not in done.out + done.err


def test_a_redirect_to_another_host_says_what_to_set(
    shell: Shell, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultProxy(server.url) as proxy:
        monkeypatch.setenv("SENTRY_URL", proxy.url)
        fault = answer(301, {"Location": "https://sentry.example/api/0/"}, b"")
        proxy.on(fault, method="GET", path="/api/0/")
        done = shell.run("check")
    assert done.code == 1
    assert "set the url (SENTRY_URL) to https://sentry.example, if that is the server" in done.out


@pytest.mark.parametrize("address", ["{}/api/0", "{}/api/0/"])
def test_the_address_of_the_api_is_told_with_that_of_the_server(
    shell: Shell, server: LocalServer, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SENTRY_URL", address.format(server.url))
    done = shell.run("check")
    assert done.code == 2
    assert f'must be the server\'s address, "{server.url}", without /api/0' in done.out


@pytest.mark.parametrize("address", ["http://[::1", "http://h:99999", "http://h\\@i", "http://"])
def test_an_address_that_is_none_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SENTRY_URL", address)
    for command in ("check", "upload"):
        done = shell.run(command)
        assert done.code == 2
        assert "SENTRY_URL: url " in done.out + done.err


def test_a_password_in_the_url_is_not_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTRY_URL", "http://me:hunter2@127.0.0.1:9")
    done = shell.run("check")
    assert done.code == 2
    assert "must hold no user name or password" in done.out
    assert "hunter2" not in done.out + done.err


@pytest.mark.parametrize("url", ["http://%", "http://\u246027.0.0.1:9"])
def test_a_url_that_names_no_server_is_told_as_that(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SENTRY_URL", url)
    done = shell.run("check")
    assert done.code == 2
    assert "is no address of a server: fix the url" in done.out + done.err
    assert "proxy" not in done.out + done.err
