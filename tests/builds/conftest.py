"""The project `press` with its front end, for each back end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.project import Project

from .front_end import front_end, write
from .press import BACK_ENDS, MakePress, Press


@pytest.fixture
def make_press(copy: Callable[[str], Project], server: LocalServer, tmp_path: Path) -> MakePress:
    """Give the project `press` for a back end, with its front end."""

    def make(back_end: str) -> Press:
        project = copy(f"shipping_{back_end}")
        write(project.folder / "press", front_end())
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        return Press(project, back_end, server, temporary)

    return make


@pytest.fixture(params=BACK_ENDS)
def press(request: pytest.FixtureRequest, make_press: MakePress) -> Press:
    return make_press(request.param)


@pytest.fixture
def hatch(make_press: MakePress) -> Press:
    return make_press("hatch")


@pytest.fixture
def setuptools(make_press: MakePress) -> Press:
    return make_press("setuptools")
