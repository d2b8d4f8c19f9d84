"""The example's variants: the wheel without maps, the server with them, ids in both."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.wheelhouse import TREE

from .front_end import shipped

pytestmark = pytest.mark.slow

_LONGEST_RUN = 600  # seconds
_PARTS = ("pyproject.toml", "README.md", "LICENSE", "hatch_sentry_artifacts", "example_project")
_MADE = shutil.ignore_patterns("__pycache__", ".run", "dist", "node_modules")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the example needs."""
    folder = tmp_path_factory.mktemp("example")
    for part in _PARTS:
        if (TREE / part).is_dir():
            shutil.copytree(TREE / part, folder / part, ignore=_MADE)
        else:
            shutil.copy(TREE / part, folder / part)
    return folder


@pytest.mark.parametrize("backend", ["hatchling", "setuptools"])
def test_strip_and_inject_give_a_wheel_without_maps_and_ids_on_both_sides(
    tree: Path, backend: str
) -> None:
    command = ["example_project/run.py", "--strip", "--inject", "--backend", backend]
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_RUN,
    )

    assert done.returncode == 0, done.stdout
    assert len(re.findall(r"(?m)^  ~/\S+\.js\.map .* not in the wheel$", done.stdout)) == 4
    assert len(re.findall(r"(?m)^  ~/\S+\.js .* same$", done.stdout)) == 4
    assert len(re.findall(r"(?m)^~/\S+\.js: [0-9a-f-]{36}$", done.stdout)) == 4
    (wheel,) = tree.glob("example_project/.run/dist/*.whl")
    files = shipped(wheel)
    assert not [path for path in files if path.endswith(".js.map")]
    assert {b"//# debugId=" in each for path, each in files.items() if path.endswith(".js")} == {
        True
    }
