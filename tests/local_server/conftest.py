"""A server and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer, Settings

from .client import Client, client_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "server"


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        client.create_release()
        yield client
