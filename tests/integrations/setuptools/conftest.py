"""A machine, a server, and setuptools projects whose folders tests may change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import copy, machine, server
from tests.end_to_end.wheelhouse import make_once, make_wheelhouse

__all__ = ["copy", "machine", "server", "shared", "wheels"]

# Besides the newest; the oldest and some in between. None of them is tied to a platform.
OLDER = {"setuptools": ("61.0.0", "70.0.0", "80.9.0"), "hatchling": ("1.24.0", "1.27.0")}
BUILD_TOOLS = ("setuptools", "setuptools-scm", "wheel")
# What some of those need on Python 3.10, which need not be the one that runs the tests.
BACKPORTS = ("tomli", "typing-extensions", "importlib-metadata", "exceptiongroup", "zipp")
_LONGEST_DOWNLOAD = 300  # seconds


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the test run's processes share."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    shared = folder / "setuptools"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def wheels(shared: Path) -> Path:
    """The folder that isolated builds install from; without it there are none for them."""
    return make_once(shared / "wheels", _make_wheelhouse)


def _make_wheelhouse(folder: Path) -> None:
    make_wheelhouse(folder)
    _download(folder, *BUILD_TOOLS)
    _download(folder, *BACKPORTS, "--no-deps", "--platform", "any")
    for name, versions in OLDER.items():
        for version in versions:
            _download(folder, f"{name}=={version}", "--no-deps")


def _download(folder: Path, *arguments: str) -> None:
    command = (sys.executable, "-m", "pip", "download", "--only-binary", ":all:")
    done = subprocess.run(
        [*command, "--dest", str(folder), *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_DOWNLOAD,
    )
    assert done.returncode == 0, done.stdout
