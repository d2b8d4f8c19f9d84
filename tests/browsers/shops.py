"""Builds a recipe's wheel with the hook, installs it and serves it."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hatch_sentry_artifacts.cli import main
from tests.support.machine import Machine, module

from .documented import write_recipe
from .protocol import LONGEST_WAIT, wait_until
from .recipes import Recipe
from .tools import Tools, clean_environment, run

_SITES = Path(__file__).with_name("sites")
# Where a proxy is set, loopback is not behind it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Shop:
    """A wheel that was built and uploaded by a recipe."""

    recipe: Recipe
    folder: Path
    connection: Mapping[str, str]

    @property
    def wheel(self) -> Path:
        """The wheel that was built."""
        (wheel,) = self.folder.glob("dist/*.whl")
        return wheel

    def scripts(self) -> dict[str, bytes]:
        """Return the contents of the wheel's scripts, by their paths in it.

        Of several that are the same, only the one in a data folder is there, which servers read.
        """
        with zipfile.ZipFile(self.wheel) as archive:
            paths = sorted(archive.namelist(), key=lambda each: ".data/" in each)
            contents = {archive.read(each): each for each in paths if each.endswith(".js")}
        return {path: content for content, path in contents.items()}

    def built(self) -> dict[str, bytes]:
        """Return those scripts that have a source map."""
        return {path: each for path, each in self.scripts().items() if b"sourceMapping" in each}

    def run(self, *arguments: str) -> list[Any]:
        """Run a command of the package that prints lines of JSON, and return those."""
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
            patch.chdir(self.folder)
            for name, value in self.connection.items():
                patch.setenv(name, value)
            assert main(arguments) == 0
        return [json.loads(line) for line in out.getvalue().splitlines()]

    @contextmanager
    def served(self, tools: Tools) -> Iterator[str]:
        """Install the wheel, and serve it as the recipe says; yields the server's address."""
        work = self.site
        shutil.copytree(_SITES, work)
        if (self.folder / "site").exists():
            shutil.copytree(self.folder / "site", work, dirs_exist_ok=True)
        environment = clean_environment(work) | tools.install(self.wheel, self.folder / "installed")
        if self.recipe.prepare:
            program, *arguments = self.recipe.prepare
            run(tools.program(program), *arguments, folder=work, environment=environment)
        port = str(_free_port())
        program, *arguments = (each.replace("PORT", port) for each in self.recipe.server)
        log = self.folder / "log"
        with log.open("wb") as file:
            server = subprocess.Popen(
                [tools.program(program), *arguments],
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(
                lambda: server.poll() is not None or _answers(url),
                lambda: f"{program}: {log.read_text('utf-8', 'replace')}",
            )
            assert server.poll() is None, log.read_text("utf-8", "replace")
            yield url
        finally:
            server.terminate()
            try:
                server.wait(LONGEST_WAIT)
            finally:
                server.kill()
                server.wait()

    @property
    def site(self) -> Path:
        """The folder in which the server runs."""
        return self.folder / "served"


def write_project(recipe: Recipe, folder: Path, tools: Tools) -> None:
    """Write the files of a recipe, and copy its built front ends there."""
    for title in filter(None, (recipe.app, recipe.title)):
        write_recipe(title, folder)
    for name, place in recipe.front_ends.items():
        shutil.copytree(tools.built(name), folder / place, dirs_exist_ok=True)


def build(recipe: Recipe, folder: Path, machine: Machine, connection: Mapping[str, str]) -> Shop:
    """Build the wheel of a project as a release pipeline does; its scripts are uploaded."""
    command = module("hatchling", "build", "-t", "wheel")
    done = machine.run(*command, folder=folder, SENTRY_ARTIFACTS="upload", **connection)
    assert done.code == 0, done.output
    return Shop(recipe, folder, connection)


def content_of(url: str) -> bytes:
    """Return what the server answers."""
    with _opener.open(url, timeout=LONGEST_WAIT) as answer:
        content: bytes = answer.read()
        return content


def name_of(url: str) -> str:
    """Return the name by which Sentry looks for what is at a URL."""
    return "~" + urlsplit(url).path


def _answers(url: str) -> bool:
    try:
        _opener.open(url, timeout=LONGEST_WAIT).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
