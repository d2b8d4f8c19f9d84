"""The example's variants: the wheel without maps, the server with them, ids in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.example import copy_tree, needs_example, run_example

from .front_end import shipped

pytestmark = [pytest.mark.integration, needs_example]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the example needs."""
    return copy_tree(tmp_path_factory.mktemp("example"))


@pytest.mark.parametrize("backend", ["hatchling", "setuptools"])
def test_strip_and_inject_give_a_wheel_without_maps_and_ids_on_both_sides(
    tree: Path, backend: str
) -> None:
    output = run_example(tree, "--strip", "--inject", "--backend", backend)

    assert len(re.findall(r"(?m)^  ~/\S+\.js\.map .* not in the wheel$", output)) == 4
    assert len(re.findall(r"(?m)^  ~/\S+\.js .* same$", output)) == 4
    assert len(re.findall(r"(?m)^~/\S+\.js: [0-9a-f-]{36}$", output)) == 4
    (wheel,) = tree.glob("example_project/.run/dist/*.whl")
    files = shipped(wheel)
    assert not [path for path in files if path.endswith(".js.map")]
    assert {b"//# debugId=" in each for path, each in files.items() if path.endswith(".js")} == {
        True
    }
