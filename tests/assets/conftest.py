"""One node process for all scripts that are parsed, and a folder to inject into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.debug_ids.support import FILES, Parser, write


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    """Yield a node process that parses scripts."""
    running = Parser()
    yield running
    running.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare_environment: None) -> Path:
    """Return a folder of scripts and maps below the working directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "static", FILES)
