"""Compare `inject` with sentry-cli's `sourcemaps inject`: time and memory, on copies of one tree.

Both run in turn, in the same run, each on a fresh copy of the same scripts and maps. The copies
need about 1.2 GB for five runs, in memory where there is a file system in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from environment import BUNDLE_SENTRY_CLI, make_environment
from make_assets import CACHE, PAIRS, Assets, make_assets
from measure import QUIET, Usage, clean_environment, folder_in_memory, run_measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS = "ours"
PEER = f"sentry-cli {BUNDLE_SENTRY_CLI}"
PROCESSES = min(os.cpu_count() or 1, 8)
WALL_TARGET = 0.35
MEMORY_TARGET = 0.5
DEBUG_ID = re.compile(rb"//# debugId=[0-9a-f-]{36}\s*\Z")
MAP_ID = re.compile(rb'"debugId":\s*"[0-9a-f-]{36}"')


@dataclass(frozen=True)
class Row:
    """The medians of a contestant's runs; seconds and bytes."""

    wall: float
    cpu: float
    peak_memory: float
    fastest: float
    slowest: float

    @classmethod
    def of(cls, usages: Sequence[Usage]) -> Row:
        """Take the median of each figure for itself."""
        walls = [usage.wall for usage in usages]
        return cls(
            statistics.median(walls),
            statistics.median(usage.cpu for usage in usages),
            statistics.median(usage.peak_memory for usage in usages),
            min(walls),
            max(walls),
        )


def check(tree: Path, pairs: int, name: str) -> None:
    """Exit unless every script and every map has a debug id."""
    scripts = [path for path in tree.rglob("*.js") if DEBUG_ID.search(path.read_bytes()[-200:])]
    maps = [path for path in tree.rglob("*.map") if MAP_ID.search(path.read_bytes()[-200:])]
    if len(scripts) != pairs or len(maps) != pairs:
        sys.exit(f"{name} gave ids to {len(scripts)} scripts and {len(maps)} maps, not {pairs}")


def measure(
    commands: Mapping[str, Sequence[str]], assets: Assets, folder: Path, runs: int, again: str
) -> dict[str, Row]:
    """Run each command `runs` times on a copy, in turn; and `again` ours on what it made."""
    usages: dict[str, list[Usage]] = {name: [] for name in (*commands, again)}
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        variables = clean_environment(Path(temporary), **QUIET)
        trees = {name: [Path(temporary, name, str(i)) for i in range(runs)] for name in commands}
        for tree in (each for column in trees.values() for each in column):
            shutil.copytree(assets.static, tree)
        os.sync()
        for number in range(runs):
            for name in list(commands)[:: 1 if number % 2 else -1]:
                tree = trees[name][number]
                command = [*commands[name], str(tree)]
                usages[name].append(run_measured(command, Path(temporary), variables))
                check(tree, assets.pairs, name)
                if name == OURS:
                    usages[again].append(run_measured(command, Path(temporary), variables))
                note = f"{number + 1} of {runs}: {name} {usages[name][-1].wall:.2f} s"
                print(note, file=sys.stderr)
    return {name: Row.of(taken) for name, taken in usages.items()}


def markdown(rows: Mapping[str, Row]) -> str:
    """Return the rows as a table, and the ratios with their targets."""
    lines = ["| | wall | range | CPU | peak memory |", "|---|---|---|---|---|"]
    for name, row in rows.items():
        spread = f"{row.fastest:.2f} to {row.slowest:.2f} s"
        memory = f"{row.peak_memory / 1e6:.0f} MB"
        lines.append(f"| {name} | {row.wall:.2f} s | {spread} | {row.cpu:.2f} s | {memory} |")
    wall = rows[OURS].wall / rows[PEER].wall
    # The figure is of the largest process; ours starts another for each further processor.
    memory_ratio = PROCESSES * rows[OURS].peak_memory / rows[PEER].peak_memory
    lines.append("")
    lines.append(f"wall time: {wall:.2f} of sentry-cli's (target: at most {WALL_TARGET})")
    lines.append(
        f"peak memory: {memory_ratio:.2f} of it if each of {PROCESSES} processes takes as much as "
        f"the largest (target: at most {MEMORY_TARGET})"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="default: %(default)s")
    parser.add_argument("--python", default=sys.executable, help="default: the one that runs this")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--trees", type=Path, metavar="FOLDER", help="where the copies are made")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    cache = arguments.cache.absolute()
    cache.mkdir(parents=True, exist_ok=True)
    environment = make_environment(
        cache, arguments.python, install=True, sentry_cli=BUNDLE_SENTRY_CLI
    )
    assets = make_assets(arguments.pairs, cache=cache)
    commands = {
        OURS: [str(environment.ours), "inject"],
        PEER: [str(environment.sentry_cli), "sourcemaps", "inject"],
    }
    folder = (arguments.trees or folder_in_memory(cache)).absolute()
    rows = measure(commands, assets, folder, arguments.runs, "ours, once more")
    if arguments.json:
        figures = {name: asdict(row) for name, row in rows.items()}
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    size = assets.total_bytes / 1e6
    print(f"{assets.pairs} scripts and as many maps, {size:.0f} MB, in {folder}\n")
    print(markdown(rows))


if __name__ == "__main__":
    main()
