"""One node process for all scripts that are parsed, and a folder to inject into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.debug_ids.support import FILES, Parser, write


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    running = Parser()
    yield running
    running.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("SENTRY_", "HATCH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "static", FILES)
