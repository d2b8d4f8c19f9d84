"""Make the trees that the bundle benchmark uploads: with debug ids, and with a tenth changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from make_assets import make_assets
from measure import QUIET, clean_environment, run_measured
from pack_wheel import pack_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Environment


@dataclass(frozen=True)
class Tree:
    """A folder of scripts and maps that have debug ids, and the same files as a wheel."""

    static: Path
    wheel: Path


@dataclass(frozen=True)
class Trees:
    """All that is uploaded: `plain` has no debug ids; `edited` differs from `base` by a tenth."""

    pairs: int
    plain: Path
    base: Tree
    edited: Tree


def make_tree(source: Path, folder: Path, environment: Environment, salt: str = "") -> Tree:
    """Copy a tree to `folder`, let sentry-cli give it debug ids, and pack it as a wheel.

    With a `salt`, each file of the copy differs from what any other salt makes of it.
    """
    static = folder / "static"
    shutil.copytree(source, static)
    if salt:
        for script in static.rglob("*.js"):
            # The debug id is made of this, too, and makes the map another one.
            script.write_bytes(f"/* {salt} */".encode() + script.read_bytes())
    command = [str(environment.sentry_cli), "sourcemaps", "inject", str(static)]
    run_measured(command, folder, clean_environment(folder, **QUIET))
    tree = Tree(static, folder / "bench-1.0-py3-none-any.whl")
    pack_wheel(static, tree.wheel)
    return tree


def make_trees(
    pairs: int, cache: Path, folder: Path, environment: Environment, salt: str = ""
) -> Trees:
    """Make the trees below `folder`, from what esbuild made and the cache may still have."""
    plain = make_assets(pairs, cache=cache).static
    edited = make_assets(pairs, cache=cache, edited=True).static
    return Trees(
        pairs,
        plain,
        make_tree(plain, folder / "base", environment, salt),
        make_tree(edited, folder / "edited", environment, salt),
    )
