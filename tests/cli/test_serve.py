"""`serve`, as a pipeline is tried on it: what its tokens are refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.credentials.token import read_claims
from hatch_sentry_artifacts.local_server.rehearsal_tokens import read_token
from hatch_sentry_artifacts.sentry.connection import Token
from tests.support.shell import Shell

TOKENS = {
    "READER": "reader=org:read,project:read",
    "NOTHING": "nothing=",
    "CI": "ci=org:ci",
    "OLD": "old=revoked",
    "FULL": "full=project:releases, org:read",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield the variables that a server of its own prints, and its messages."""
    folder = tmp_path_factory.mktemp("served")
    words = [word for given in TOKENS.values() for word in ("--token", given)]
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--folder", str(folder), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        messages = [process.stderr.readline() for _ in range(len(TOKENS) + 1)]
        lines = [process.stdout.readline().split(maxsplit=1)[1] for _ in range(4 + len(TOKENS))]
        yield dict(line.strip().split("=", 1) for line in lines), messages
    finally:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined, unused-ignore]
        process.communicate(timeout=30)


@pytest.fixture
def tokens(
    served: tuple[dict[str, str], list[str]], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Return the tokens by name; the shell's commands go to their server."""
    variables, _ = served
    monkeypatch.setenv("SENTRY_URL", variables["SENTRY_URL"])
    return {name: variables[f"SENTRY_AUTH_TOKEN_{name}"] for name in TOKENS}


@pytest.mark.smoke
@pytest.mark.parametrize(
    "case",
    [
        ("READER", (3, 3, 2), "none of which may upload"),
        ("NOTHING", (3, 3, 3), "does not let"),
        ("OLD", (3, 3, 3), "does not accept"),
        ("CI", (0, 0, 0), "takes the token; its scopes are org:ci"),
        ("FULL", (0, 0, 0), "its scopes are org:read, project:releases"),
    ],
)
def test_a_token_may_do_what_its_scopes_say(
    shell: Shell,
    tokens: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, tuple[int, int, int], str],
) -> None:
    name, codes, words = case
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", tokens[name])
    check, upload, listed = (shell.run(command) for command in ("check", "upload", "list"))
    assert (check.code, upload.code, listed.code) == codes
    assert words in " ".join((check.out + check.err + upload.err).split())


@pytest.mark.smoke
def test_each_token_is_told_with_what_it_may(served: tuple[dict[str, str], list[str]]) -> None:
    variables, messages = served
    assert list(variables)[-len(TOKENS) :] == [f"SENTRY_AUTH_TOKEN_{name}" for name in TOKENS]
    text = "".join(messages)
    assert "SENTRY_AUTH_TOKEN_READER is of the scopes org:read, project:read: set" in text
    assert "SENTRY_AUTH_TOKEN_NOTHING is of no scope" in text
    assert "SENTRY_AUTH_TOKEN_CI is an organization token, with the scope org:ci" in text


def test_an_organization_token_says_where_it_belongs_and_stays_the_same() -> None:
    value = read_token("ci=org:ci").value("http://127.0.0.1:9700", "acme")
    claims = read_claims(Token(value, "here"))
    assert (claims.url, claims.organization) == ("http://127.0.0.1:9700", "acme")
    assert value == read_token("ci=org:ci").value("http://127.0.0.1:9700", "acme")
    assert value != read_token("other=org:ci").value("http://127.0.0.1:9700", "acme")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("reader", "give a name and scopes"),
        ("=org:read", "give a name and scopes"),
        ("a b=org:read", "give a name and scopes"),
        ("x;rm=org:read", "give a name and scopes"),
        ("r=project:release", "did you mean project:releases?"),
        ("r=everything", "there are alerts:read"),
    ],
)
def test_a_token_that_is_none_is_refused(
    shell: Shell, tmp_path: Path, given: str, message: str
) -> None:
    done = shell.run("serve", "--port", "0", "--folder", str(tmp_path / "s"), "--token", given)
    assert message in done.err
    assert (done.code, done.out) == (2, "")
