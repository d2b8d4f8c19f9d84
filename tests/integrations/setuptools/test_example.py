"""The example gives the same release with either build back end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.wheelhouse import TREE

_LONGEST_RUN = 600  # seconds
_PARTS = ("pyproject.toml", "README.md", "LICENSE", "hatch_sentry_artifacts", "example_project")
_MADE = shutil.ignore_patterns("__pycache__", ".run", "dist", "node_modules")


def _release(tree: Path, backend: str) -> list[str]:
    """The lines that say what the release holds, once the example was built with `backend`."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SENTRY_", "HATCH_", "PYTEST_"))
    }
    done = subprocess.run(
        [sys.executable, "example_project/run.py", "--backend", backend],
        check=False,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_RUN,
    )
    assert done.returncode == 0, done.stdout
    return [line for line in done.stdout.splitlines() if line.startswith("  ~/")]


@pytest.mark.slow
def test_both_back_ends_give_the_same_release(tmp_path: Path) -> None:
    for part in _PARTS:
        if (TREE / part).is_dir():
            shutil.copytree(TREE / part, tmp_path / part, ignore=_MADE)
        else:
            shutil.copy(TREE / part, tmp_path / part)
    by_hatchling = _release(tmp_path, "hatchling")

    assert len(by_hatchling) > 4
    assert all(line.endswith("same") for line in by_hatchling)
    # A file's content stands in its name: esbuild writes a hash of it there.
    assert _release(tmp_path, "setuptools") == by_hatchling
