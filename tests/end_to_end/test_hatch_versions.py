"""The README's own configuration, with the versions of Hatch that differ in it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.project import Project
from tests.support.sentry_contents import releases
from tests.support.wheelhouse import TREE, make_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

# Each first and last version that installs a hook's dependencies, or does not.
INSTALLING = ("1.15.1", "1.18.2")
NOT_INSTALLING = ("1.16.0", "1.18.1")
# Hatch before 1.16.1 uses what virtualenv has no more since 21.
_COMPANIONS = {"1.15.1": "virtualenv<21", "1.16.0": "virtualenv<21"}
ORDER = {"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true"}


def _readme_tables() -> str:
    """Return the README's first TOML, which is what its readers copy."""
    found = re.search(
        r"```toml\n(.*?)```", TREE.joinpath("README.md").read_text("utf-8"), re.DOTALL
    )
    assert found
    return found[1]


def _python(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def hatch(shared: Path) -> Callable[[str], str]:
    """Give the command of Hatch in a version, installed from wherever pip finds it here."""

    def install(version: str) -> str:
        def make(folder: Path) -> None:
            _python("uv", "venv", "-q", str(folder))
            wanted = [f"hatch=={version}", _COMPANIONS.get(version, "virtualenv")]
            _python("uv", "pip", "install", "-q", "--python", str(folder), *wanted)

        environment = make_once(shared / f"hatch-{version.replace('.', '-')}", make)
        folder = environment / ("Scripts" if sys.platform == "win32" else "bin")
        return str(next(folder.glob("python*")))

    return install


def _build(project: Project, python: str) -> tuple[int, str]:
    result = project.run(python, "-m", "hatch", "build", "-t", "wheel", **ORDER)
    return result.code, result.output


@pytest.fixture
def gallery(copy: Callable[[str], Project]) -> Project:
    project = copy("gallery")
    file = project.folder / "pyproject.toml"
    text = file.read_text("utf-8")
    file.write_text(text.partition("[tool.hatch.build")[0] + _readme_tables(), "utf-8")
    return project


@pytest.mark.parametrize("version", [*INSTALLING, *NOT_INSTALLING])
def test_the_readme_s_configuration_works_with_every_hatch(
    gallery: Project, server: LocalServer, hatch: Callable[[str], str], version: str
) -> None:
    code, output = _build(gallery, hatch(version))

    assert code == 0, output
    assert releases(server) == ["gallery@4.0"]


@pytest.mark.parametrize("version", INSTALLING)
def test_most_need_only_the_hook_s_table(
    gallery: Project, server: LocalServer, hatch: Callable[[str], str], version: str
) -> None:
    file = gallery.folder / "pyproject.toml"
    file.write_text(file.read_text("utf-8").partition("[tool.hatch.envs")[0], "utf-8")
    code, output = _build(gallery, hatch(version))

    assert code == 0, output
    assert releases(server) == ["gallery@4.0"]
