"""A Bugsink for the whole session, and a project of its own for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .server import Bugsink, Project, running

# The folder of a Bugsink that is set up; see `running` for what it holds.
FOLDER = "BUGSINK_TEST_FOLDER"


@pytest.fixture(scope="session")
def bugsink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bugsink]:
    prepared = os.environ.get(FOLDER)
    if not prepared:
        pytest.skip(f"no Bugsink: {FOLDER}")
    with running(Path(prepared), tmp_path_factory.mktemp("bugsink") / "data") as server:
        yield server


@pytest.fixture
def project(bugsink: Bugsink) -> Project:
    return bugsink.make_project()
