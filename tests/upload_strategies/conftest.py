"""Servers for artifact bundles, each with a proxy before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer, Settings
from hatch_sentry_artifacts.local_server.settings import ChunkUpload

from .chunk_proxy import ChunkProxy
from .site import Site

_SETTINGS_OF_THE_MACHINE = ("_PROXY", "_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SENTRY_")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if any(part in name.upper() for part in _SETTINGS_OF_THE_MACHINE):
            monkeypatch.delenv(name)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Starts an empty server that announces what it is told to."""
    with ExitStack() as running:

        def start(**limits: Any) -> Site:
            settings = Settings(tmp_path / "server", chunk_upload=ChunkUpload(**limits))
            server = running.enter_context(LocalServer(settings))
            proxy = ChunkProxy(server.url)
            running.enter_context(proxy)
            return Site(server, proxy, tmp_path)

        yield start


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """A server as sentry.io is."""
    return serve()
