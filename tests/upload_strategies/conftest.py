"""Servers for artifact bundles, each with a proxy before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer, Settings
from hatch_sentry_artifacts.local_server.settings import ChunkUpload

from .chunk_proxy import ChunkProxy
from .site import Site


@pytest.fixture(autouse=True)
def _bare(bare_environment: None) -> None:
    pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start an empty server that announces what it is told to."""
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
    """Return a server as sentry.io is."""
    return serve()
