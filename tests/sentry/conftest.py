"""A server for all tests, a proxy before it and a release of its own for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer

from .fault_proxy import FaultProxy
from .running import RemoteRelease, Uploader


@pytest.fixture(autouse=True)
def _bare(bare_environment: None) -> None:
    pass


@pytest.fixture
def proxy(shared_server: LocalServer) -> Iterator[FaultProxy]:
    with FaultProxy(shared_server.url) as running:
        yield running


@pytest.fixture
def release(shared_server: LocalServer) -> RemoteRelease:
    return RemoteRelease(shared_server.url, f"shop@{uuid.uuid4()}")


@pytest.fixture
def upload(proxy: FaultProxy, release: RemoteRelease, tmp_path: Path) -> Uploader:
    return Uploader(proxy.url, release.version, tmp_path)
