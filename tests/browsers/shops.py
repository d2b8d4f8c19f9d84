"""Builds a recipe's wheel with the hook, installs it and serves it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.machine import Machine, module

from .documented import write_recipe
from .protocol import LONGEST_WAIT, wait_until
from .tools import Tools, clean_environment

# Where a proxy is set, loopback is not behind it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Recipe:
    """A section of docs/frameworks.md, and what it leaves to others.

    `front_ends` has the built folders, each with where it is in the project; `server` is a program
    of the environment with its arguments; `path` is that of the page, which has `errors`.
    """

    title: str
    front_ends: Mapping[str, str]
    server: tuple[str, ...]
    path: str = "/"
    errors: int = 2

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Shop:
    """A wheel that was built and uploaded by a recipe."""

    recipe: Recipe
    folder: Path
    machine: Machine
    connection: Mapping[str, str]

    @property
    def wheel(self) -> Path:
        """The wheel that was built."""
        (wheel,) = self.folder.glob("dist/*.whl")
        return wheel

    def scripts(self) -> dict[bytes, str]:
        """Return the paths in the wheel of its scripts, by their contents."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {archive.read(path): path for path in archive.namelist() if path[-3:] == ".js"}

    def run(self, *arguments: str) -> list[Any]:
        """Run a command of the package that prints lines of JSON, and return those."""
        command = module("hatch_sentry_artifacts", *arguments)
        done = self.machine.run(*command, folder=self.folder, **self.connection)
        assert done.code == 0, done.output
        return [json.loads(line) for line in done.out.splitlines()]

    @contextmanager
    def served(self, tools: Tools) -> Iterator[str]:
        """Install the wheel, and serve it as the recipe says; yields the server's address."""
        work = self.folder / "served"
        work.mkdir()
        environment = clean_environment(work) | tools.install(self.wheel, work / "installed")
        port = str(_free_port())
        program, *arguments = (each.replace("PORT", port) for each in self.recipe.server)
        with (work / "log").open("wb") as log:
            server = subprocess.Popen(
                [tools.program(program), *arguments],
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(
                lambda: server.poll() is not None or _answers(url),
                lambda: f"{program}: {(work / 'log').read_text('utf-8', 'replace')}",
            )
            assert server.poll() is None, (work / "log").read_text("utf-8", "replace")
            yield url
        finally:
            server.terminate()
            try:
                server.wait(LONGEST_WAIT)
            finally:
                server.kill()
                server.wait()


def build(
    recipe: Recipe, folder: Path, machine: Machine, tools: Tools, connection: Mapping[str, str]
) -> Shop:
    """Build a recipe's wheel as a release pipeline does; its scripts are uploaded."""
    write_recipe(recipe.title, folder)
    for name, place in recipe.front_ends.items():
        shutil.copytree(tools.built(name), folder / place, dirs_exist_ok=True)
    command = module("hatchling", "build", "-t", "wheel")
    done = machine.run(*command, folder=folder, SENTRY_ARTIFACTS="upload", **connection)
    assert done.code == 0, done.output
    return Shop(recipe, folder, machine, connection)


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
