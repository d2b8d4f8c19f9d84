"""Makes the folder of wheels that isolated builds install from: this tree's and what it needs."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TREE = Path(__file__).parents[2]
PACKAGE = "hatch_sentry_artifacts"
# Hatchling asks for `editables` by itself when it builds an editable wheel.
_BUILD_TOOLS = ("hatchling", "editables", "setuptools", "setuptools-scm", "wheel")
# Besides the newest; the oldest and some in between. None of them is tied to a platform.
_OLDER = {"setuptools": ("61.0.0", "70.0.0", "80.9.0"), "hatchling": ("1.24.0", "1.27.0")}
# What some of those need on Python 3.10, which need not be the one that runs the tests.
_BACKPORTS = ("tomli", "typing-extensions", "importlib-metadata", "exceptiongroup", "zipp")
_FOR_ANY = ("--no-deps", "--platform", "any")
UV_CONFIGURATION = "uv.toml"
_LONGEST_WAIT = 300  # seconds


def make_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, made by the first of several processes that ask for it; the others wait for it."""
    failed = folder.with_suffix(".failed")
    try:
        folder.with_suffix(".claimed").touch(exist_ok=False)
    except FileExistsError:
        deadline = time.monotonic() + _LONGEST_WAIT
        while not folder.exists():
            assert not failed.exists(), f"another process could not make {folder}"
            assert time.monotonic() < deadline, f"{folder} was not made in time"
            time.sleep(0.05)
        return folder
    partial = folder.with_suffix(".partial")
    partial.mkdir()
    try:
        make(partial)
    except BaseException:
        failed.touch()
        raise
    return partial.rename(folder)


def make_wheelhouse(folder: Path) -> None:
    """Fill `folder` with a wheel of this tree, and those of its dependencies and build tools.

    The dependencies come from wherever pip is set up to find them on this machine.
    """
    folder.joinpath(UV_CONFIGURATION).write_text("no-index = true\n", "utf-8")
    wheel = _wheel_of_this_tree(folder)
    _download(folder, str(wheel), *_BUILD_TOOLS)
    _download(folder, *_BACKPORTS, *_FOR_ANY)
    # Those for this Python alone are joined by the same ones for every Python.
    for found in sorted(folder.glob("*.whl")):
        name, version, *_, platform = found.stem.split("-")
        if platform != "any":
            _download(folder, f"{name}=={version}", *_FOR_ANY)
    for name, versions in _OLDER.items():
        for version in versions:
            _download(folder, f"{name}=={version}", "--no-deps")


def _download(folder: Path, *arguments: str) -> None:
    _python("pip", "download", "--only-binary", ":all:", "--dest", str(folder), *arguments)


def _wheel_of_this_tree(folder: Path) -> Path:
    tree = folder.with_suffix(".tree")
    shutil.copytree(TREE / PACKAGE, tree / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(TREE / name, tree / name)
    # A version that changes with the content: no cache can bring an earlier tree's wheel back.
    digest = hashlib.sha1(usedforsecurity=False)
    for file in sorted(path for path in tree.rglob("*") if path.is_file()):
        digest.update(file.relative_to(tree).as_posix().encode() + b"\0" + file.read_bytes())
    module = tree / PACKAGE / "__init__.py"
    text = module.read_text("utf-8")
    versioned, changes = re.subn(
        r'(?m)^(__version__ = "[^"]*)"', rf'\1+test.{digest.hexdigest()[:12]}"', text
    )
    assert changes == 1
    module.write_text(versioned, "utf-8")
    _python("hatchling", "build", "-t", "wheel", "-d", str(folder), folder=tree)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _python(*arguments: str, folder: Path | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        check=False,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_WAIT,
    )
    assert done.returncode == 0, done.stdout
