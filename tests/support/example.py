"""Runs the example project on a copy of what it needs of this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .wheelhouse import TREE

EXAMPLE = TREE / "example_project"
# Its front end is built with esbuild, from npm; an sdist of this tree does not hold it.
needs_example = pytest.mark.skipif(
    not EXAMPLE.is_dir(), reason="the example project is not in this tree"
)
_LONGEST_RUN = 600  # seconds
_PARTS = ("pyproject.toml", "README.md", "LICENSE", "hatch_sentry_artifacts", "example_project")
_MADE = shutil.ignore_patterns("__pycache__", ".run", "dist", "node_modules")
_SETTINGS = ("SENTRY_", "HATCH_", "PYTEST_")


def copy_tree(folder: Path) -> Path:
    """Copy what the example needs into `folder`, and return `folder`."""
    for part in _PARTS:
        if (TREE / part).is_dir():
            shutil.copytree(TREE / part, folder / part, ignore=_MADE)
        else:
            shutil.copy(TREE / part, folder / part)
    return folder


def run_example(tree: Path, *arguments: str) -> str:
    """Run the example of the copy `tree`, and return its output; it has to succeed."""
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(_SETTINGS)}
    done = subprocess.run(
        [sys.executable, "example_project/run.py", *arguments],
        check=False,
        cwd=tree,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_RUN,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
