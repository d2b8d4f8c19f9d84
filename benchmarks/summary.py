"""Turn the benchmark's figures into Markdown tables, with the targets and whether they are met."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from make_assets import PAIRS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from measure import Medians

OURS = "ours"
WHEEL = "ours, wheel"
WIDE = "ours, 32 connections"
PEER = "sentry-cli"
PLAIN_PEER = "sentry-cli --no-rewrite"
FIRST = "first upload, 0 ms"
FIRST_SLOW = "first upload, 50 ms"
RERUN = "unchanged rerun, 0 ms"
RERUN_SLOW = "unchanged rerun, 50 ms"
LARGE = "first upload of 1 GB, 0 ms"
SAME_MEMORY = 1.1  # what counts as the same peak memory, given the allocator's noise
BUILD_TARGET = 1.03


@dataclass(frozen=True)
class Results:
    """All figures of one run: medians by case and contestant; seconds of builds by pairs and way.

    The targets for uploads hold for `make_assets.PAIRS` pairs: with few, start-up is all there is.
    """

    contestants: str
    pairs: int
    uploads: Mapping[str, Mapping[str, Medians]]
    builds: Mapping[int, Mapping[str, Sequence[float]]]


@dataclass(frozen=True)
class Comparison:
    """Which figure of which case is divided by which; `target` is the most the ratio may be."""

    text: str
    figure: str
    dividend: tuple[str, str]
    divisor: tuple[str, str]
    target: float | None = None


COMPARISONS = (
    Comparison(
        "50 ms, first upload, 8 connections: time",
        "wall",
        (FIRST_SLOW, OURS),
        (FIRST_SLOW, PEER),
        0.75,
    ),
    Comparison("the same from the wheel", "wall", (FIRST_SLOW, WHEEL), (FIRST_SLOW, PEER), 0.75),
    Comparison(
        "50 ms, first upload, 32 connections: time",
        "wall",
        (FIRST_SLOW, WIDE),
        (FIRST_SLOW, PEER),
        0.4,
    ),
    Comparison("50 ms, unchanged rerun: time", "wall", (RERUN_SLOW, OURS), (RERUN_SLOW, PEER), 0.1),
    Comparison("the same from the wheel", "wall", (RERUN_SLOW, WHEEL), (RERUN_SLOW, PEER), 0.1),
    Comparison(
        "unchanged rerun: requests", "requests", (RERUN_SLOW, OURS), (RERUN_SLOW, PEER), 0.02
    ),
    Comparison("0 ms, first upload: time", "wall", (FIRST, OURS), (FIRST, PEER), 0.5),
    Comparison("the same from the wheel", "wall", (FIRST, WHEEL), (FIRST, PEER), 0.5),
    Comparison(
        "0 ms, first upload, against --no-rewrite: time", "wall", (FIRST, OURS), (FIRST, PLAIN_PEER)
    ),
    Comparison("first upload: peak memory", "peak_memory", (FIRST, OURS), (FIRST, PEER), 0.6),
    Comparison("the same from the wheel", "peak_memory", (FIRST, WHEEL), (FIRST, PEER), 0.6),
    Comparison(
        "1 GB against 100 MB, ours: peak memory",
        "peak_memory",
        (LARGE, OURS),
        (FIRST, OURS),
        SAME_MEMORY,
    ),
    Comparison(
        "the same from the wheel", "peak_memory", (LARGE, WHEEL), (FIRST, WHEEL), SAME_MEMORY
    ),
)


@dataclass(frozen=True)
class Ratio:
    """A comparison as measured."""

    text: str
    measured: float
    target: float | None

    @property
    def verdict(self) -> str:
        """Say whether the target is met, where there is one."""
        if self.target is None:
            return ""
        return "met" if self.measured <= self.target else "**not met**"


def compare(
    uploads: Mapping[str, Mapping[str, Medians]], comparisons: Sequence[Comparison], pairs: int
) -> list[Ratio]:
    """Work out the comparisons of which both sides were measured; a divisor of 0 gives none."""
    found = []
    for comparison in comparisons:
        sides = [
            uploads.get(case, {}).get(name)
            for case, name in (comparison.dividend, comparison.divisor)
        ]
        if not (sides[0] and sides[1] and getattr(sides[1], comparison.figure)):
            continue
        measured = getattr(sides[0], comparison.figure) / getattr(sides[1], comparison.figure)
        found.append(
            Ratio(comparison.text, measured, comparison.target if pairs == PAIRS else None)
        )
    return found


def ratios(results: Results) -> list[Ratio]:
    """Work out every comparison of which both sides were measured."""
    found = compare(results.uploads, COMPARISONS, results.pairs)
    for pairs, seconds in results.builds.items():
        off, without, idle = (statistics.median(seconds[way]) for way in ("off", "without", "idle"))
        project = f"build of a project, {pairs} pair(s), hook off"
        found.append(Ratio(f"{project}, against no hook: time", off / without, BUILD_TARGET))
        found.append(Ratio(f"{project}, against an idle hook: time", off / idle, None))
    return found


def ratio_table(compared: Sequence[Ratio]) -> str:
    """Write the ratios with their targets as a table."""
    rows = [
        [ratio.text, f"{ratio.measured:.3f}", f"{ratio.target or ''}", ratio.verdict]
        for ratio in compared
    ]
    return table(["ratio", "measured", "at most", ""], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table whose columns after the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def upload_rows(results: Results) -> list[list[str]]:
    """Write one row for each case and contestant: MB are millions of bytes."""
    return [
        [
            f"{case}: {name}",
            f"{medians.wall:.2f} s",
            f"{medians.fastest:.2f} to {medians.slowest:.2f}",
            f"{medians.cpu:.2f} s",
            f"{medians.peak_memory / 1e6:.0f} MB",
            f"{medians.requests:.0f}",
            f"{medians.body_bytes / 1e6:.1f} MB",
            f"{medians.connections:.0f}",
        ]
        for case, by_name in results.uploads.items()
        for name, medians in by_name.items()
    ]


def build_rows(results: Results) -> list[list[str]]:
    """Write one row for each project and way to build it."""
    names = {"without": "no hook", "off": "hook off", "idle": "idle hook"}
    rows = []
    for pairs, by_way in results.builds.items():
        for way, seconds in by_way.items():
            first, middle, last = statistics.quantiles(seconds, n=4)
            half = f"{first * 1e3:.0f} to {last * 1e3:.0f}"
            project = f"{pairs} pair(s), {names[way]}"
            rows.append([project, f"{middle * 1e3:.1f} ms", half, str(len(seconds))])
    return rows


def markdown(results: Results) -> str:
    """Write the tables that stand in the benchmarks' README."""
    parts = [f"{results.contestants}; {results.pairs} scripts and maps each; medians."]
    if results.uploads:
        head = ["run", "time", "range", "CPU", "peak memory", "requests", "sent", "connections"]
        parts.append(table(head, upload_rows(results)))
    if results.builds:
        head = ["build", "time", "middle half", "runs"]
        parts.append(table(head, build_rows(results)))
    if compared := ratios(results):
        parts.append(ratio_table(compared))
    return "\n\n".join(parts)


def json_object(results: Results) -> dict[str, object]:
    """Give all figures, in seconds and bytes, as JSON can hold them."""
    return {
        "contestants": results.contestants,
        "pairs": results.pairs,
        "uploads": {
            case: {name: asdict(medians) for name, medians in by_name.items()}
            for case, by_name in results.uploads.items()
        },
        "builds": {
            str(pairs): {way: list(seconds) for way, seconds in by_way.items()}
            for pairs, by_way in results.builds.items()
        },
        "ratios": [{**asdict(ratio), "verdict": ratio.verdict} for ratio in ratios(results)],
    }
