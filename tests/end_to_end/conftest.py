"""A machine, a server, and projects whose folders tests may change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import (
    CI_TOKEN,
    DEFAULT_TOKEN,
    LocalServer,
    Settings,
)

from .machine import Machine, Result, module
from .wheelhouse import make_once, make_wheelhouse

PROJECTS = Path(__file__).parents[1] / "projects"
READ_ONLY_TOKEN = "f00dfeed" * 8


@dataclass(frozen=True)
class Project:
    """A copy of one of tests/projects, with what a release pipeline has in its environment."""

    folder: Path
    machine: Machine
    environment: dict[str, str]

    def run(self, *command: str, **environment: str) -> Result:
        """Run `command` in the project's folder; `environment` adds to the project's own."""
        return self.machine.run(*command, folder=self.folder, **(self.environment | environment))

    def build(self, *arguments: str, **environment: str) -> Result:
        """Build the wheel by hatchling, with the plugin that is installed here: no isolation."""
        return self.run(*module("hatchling", "build", "-t", "wheel", *arguments), **environment)

    def without(self, *variables: str) -> Project:
        """The same project, where these variables are not set."""
        kept = {name: self.environment[name] for name in self.environment.keys() - {*variables}}
        return replace(self, environment=kept)

    def edit(self, old: str, new: str, file: str = "pyproject.toml") -> None:
        """Replace the only `old` in a file."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")

    def configure(self, *lines: str) -> None:
        """Add options to the hook's table, which must be the last of pyproject.toml."""
        path = self.folder / "pyproject.toml"
        path.write_text("\n".join((path.read_text("utf-8"), *lines, "")), "utf-8")

    @property
    def wheels(self) -> list[Path]:
        """What lies in dist/ and is a wheel."""
        return sorted(self.folder.glob("dist/*.whl"))

    @property
    def wheel(self) -> Path:
        """The only wheel in dist/."""
        (wheel,) = self.wheels
        return wheel


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the test run's processes share."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    shared = folder / "end-to-end"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def wheels(shared: Path) -> Path:
    """The folder that isolated builds install from; without it there are none for them."""
    return make_once(shared / "wheels", make_wheelhouse)


@pytest.fixture
def machine(tmp_path: Path, shared: Path) -> Machine:
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home, shared, secrets=(DEFAULT_TOKEN, CI_TOKEN, READ_ONLY_TOKEN))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    tokens = {**Settings(tmp_path).tokens, READ_ONLY_TOKEN: frozenset({"org:read"})}
    with LocalServer(Settings(tmp_path / "server", tokens=tokens)) as running:
        yield running


@pytest.fixture
def copy(tmp_path: Path, machine: Machine, server: LocalServer) -> Callable[[str], Project]:
    """Gives a project of that name, with the server's address and a token around it."""
    environment = {"SENTRY_URL": server.url, "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN}

    def copy_project(name: str) -> Project:
        folder = shutil.copytree(PROJECTS / name, tmp_path / name)
        return Project(folder, machine, environment)

    return copy_project


@pytest.fixture
def shop(copy: Callable[[str], Project]) -> Project:
    return copy("shop")
