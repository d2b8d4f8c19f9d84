"""Releases of a test's own, and servers that refuse, or that are gone."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN, LocalServer, Settings
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
from tests.support.shell import Shell

READ_ONLY = "5" * 64


@pytest.fixture
def name() -> str:
    """Return the name of a release that no other test has."""
    return f"life of @{uuid.uuid4()} é"


@pytest.fixture(scope="session")
def keeping_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """Yield a server that cannot delete all of its releases, and knows a token that may read."""
    folder = tmp_path_factory.mktemp("keeping")
    settings = Settings(
        folder,
        tokens={
            **Settings(folder).tokens,
            READ_ONLY: frozenset({"org:read", "project:read"}),
        },
        with_issues=frozenset({"with-issues"}),
        with_sessions=frozenset({"with-sessions"}),
    )
    with LocalServer(settings) as running:
        yield running


@pytest.fixture
def keeping(shell: Shell, keeping_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell beside that server."""
    monkeypatch.setenv("SENTRY_URL", keeping_server.url)
    return shell


@pytest.fixture
def as_token(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what changes the token: `read-only`, or `organization`."""
    tokens = {"read-only": READ_ONLY, "organization": CI_TOKEN}
    return lambda kind: monkeypatch.setenv("SENTRY_AUTH_TOKEN", tokens[kind])


@pytest.fixture
def server_gone(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """Return a shell whose server is at a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setenv("SENTRY_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(RetryPolicy, "backoff", lambda _self, _failed: 0.0)
    return shell
