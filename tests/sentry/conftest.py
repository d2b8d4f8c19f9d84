"""A server for all tests, a proxy before it and a release of its own for each."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer, Settings

from .fault_proxy import FaultProxy
from .running import RemoteRelease, Uploader

_SETTINGS_OF_THE_MACHINE = ("_PROXY", "_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SENTRY_")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if any(part in name.upper() for part in _SETTINGS_OF_THE_MACHINE):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(Settings(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture
def proxy(server: LocalServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        yield running


@pytest.fixture
def release(server: LocalServer) -> RemoteRelease:
    return RemoteRelease(server.url, f"shop@{uuid.uuid4()}")


@pytest.fixture
def upload(proxy: FaultProxy, release: RemoteRelease, tmp_path: Path) -> Uploader:
    return Uploader(proxy.url, release.version, tmp_path)
