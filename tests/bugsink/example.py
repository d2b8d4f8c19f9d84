"""Builds the example as a release pipeline does, and finds in its scripts where it throws."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.support.machine import Result, module, tool
from tests.support.wheelhouse import TREE

from .server import Place, Project

EXAMPLE = TREE / "example_project"
THROWN = "throw new RangeError(`compartment"
CALLED = "=> takeFirst("
SOURCE = "../../frontend/src/trouble.ts"
VERSION = "1.0.0"
HATCH_BUILD = tool("hatch", "build")
PYTHON_BUILD = module("build", "--wheel")
_SITE = "https://pinboard.example/static"
_LONGEST_BUILD = 300  # seconds
_MADE = shutil.ignore_patterns("__pycache__", ".run", "dist", "static", "node_modules")
_SETTINGS = ("SENTRY_", "HATCH_", "PYTEST_")


@dataclass(frozen=True)
class Example:
    """A copy of the example, which uploads to `project`; `temporary` holds what tools keep."""

    folder: Path
    project: Project
    temporary: Path

    def build(self, *command: str) -> Result:
        """Build it, with this tree's plugin in the back end's environment; it has to succeed."""
        constraint = self.temporary / "constraints.txt"
        constraint.write_text(f"hatch-sentry-artifacts @ {self._plugin.as_uri()}\n", "utf-8")
        done = run(
            command,
            self.folder,
            {
                **self.project.environment,
                "SENTRY_ARTIFACTS": "upload",
                "HATCH_BUILD_HOOK_ENABLE_SENTRY": "true",
                "HATCH_DATA_DIR": str(self.temporary / "hatch-data"),
                "HATCH_CACHE_DIR": str(self.temporary / "hatch-cache"),
                "PIP_CONSTRAINT": constraint.as_uri(),
                "UV_CONSTRAINT": str(constraint),
            },
        )
        assert done.code == 0, done.output
        return done

    @property
    def wheel(self) -> Path:
        """What was built."""
        (wheel,) = self.folder.glob("dist/*.whl")
        return wheel

    @property
    def places(self) -> list[Place]:
        """The frames of an error that the shipped script throws: a call, and in it the throw."""
        name, script = self._script
        called = re.search(r"\.map\(\(\w+,\w+\)=>(?=(\w+)\(\w+,\w+\)\)\})", script)
        thrown = re.search(r"throw (?=new RangeError\(`compartment )", script)
        assert called, script
        assert thrown, script
        return [
            _place(name, script, called.end(), "?"),
            _place(name, script, thrown.end(), called[1]),
        ]

    @property
    def debug_id(self) -> str:
        """That of the script that throws."""
        found = re.search(r"(?m)^//# debugId=(\S+)$", self._script[1])
        assert found
        return found[1]

    def line_of(self, text: str) -> int:
        """Return the number of the line of the TypeScript file that holds `text`, from 1."""
        lines = self.source.splitlines()
        (number,) = (number for number, line in enumerate(lines, 1) if text in line)
        return number

    @property
    def source(self) -> str:
        """The TypeScript file of the code that throws."""
        return (self.folder / "frontend" / "src" / Path(SOURCE).name).read_text("utf-8")

    @property
    def _script(self) -> tuple[str, str]:
        with zipfile.ZipFile(self.wheel) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                if name.endswith(".js") and b"drawer is empty" in content:
                    return name, content.decode()
        raise AssertionError(f"no script of {self.wheel.name} throws that error")

    @cached_property
    def _plugin(self) -> Path:
        folder = self.temporary / "plugin"
        if not folder.exists():
            done = run(module("hatchling", "build", "-t", "wheel", "-d", str(folder)), TREE, {})
            assert done.code == 0, done.output
        (wheel,) = folder.glob("*.whl")
        return wheel


def copy_example(folder: Path, project: Project, back_end: str, options: Sequence[str]) -> Example:
    """Return a copy of the example, in the new `folder`, with further options of the plugin."""
    shutil.copytree(EXAMPLE, folder, ignore=_MADE)
    if back_end == "setuptools":
        (folder / "hatch_build.py").unlink()
        shutil.copytree(EXAMPLE / "setuptools", folder, dirs_exist_ok=True)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"{option}\n" for option in options)  # its last table is the plugin's
    return Example(folder, project, folder.parent)


def run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Result:
    """Run a command, whose output may hold neither the token nor a traceback."""
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(_SETTINGS)}
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**kept, "PYTHONUTF8": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_BUILD,
    )
    result = Result(done.returncode, done.stdout, done.stderr)
    if token := environment.get("SENTRY_AUTH_TOKEN"):
        assert token not in result.output
    assert "Traceback" not in result.output, result.output
    return result


def _place(path: str, script: str, offset: int, function: str) -> Place:
    before = script[:offset]
    column = offset - (before.rfind("\n") + 1) + 1
    return Place(f"{_SITE}/{Path(path).name}", before.count("\n") + 1, column, function)
