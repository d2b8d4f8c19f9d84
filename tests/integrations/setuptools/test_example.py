"""The example gives the same release with either build back end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.example import copy_tree, needs_example, run_example

pytestmark = [pytest.mark.integration, needs_example]


def _release(tree: Path, backend: str) -> list[str]:
    """Return the lines that say what the release holds, once `backend` built the example."""
    output = run_example(tree, "--backend", backend)
    return [line for line in output.splitlines() if line.startswith("  ~/")]


def test_both_back_ends_give_the_same_release(tmp_path: Path) -> None:
    copy_tree(tmp_path)
    by_hatchling = _release(tmp_path, "hatchling")

    assert len(by_hatchling) > 4
    assert all(line.endswith("same") for line in by_hatchling)
    # A file's content stands in its name: esbuild writes a hash of it there.
    assert _release(tmp_path, "setuptools") == by_hatchling
