"""`check`: a line for each thing that an upload needs."""

from __future__ import annotations

import re

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN, LocalServer
from tests.sentry.fault_proxy import FaultProxy
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
