"""The bundle benchmark's cases, its contestants, its targets, and its tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from summary import Comparison, compare, ratio_table, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from measure import Medians

    Uploads = Mapping[str, Mapping[str, Medians]]

OURS = "ours"
FAST = "ours [fast]"
WHEEL = "ours, wheel"
WAITING = "ours, waiting"
PEER = "sentry-cli"
WAITING_PEER = "sentry-cli --wait"

INJECT = "inject, first upload"
FIRST = "first upload"
RERUN = "unchanged rerun"
CHANGED = "tenth changed"
RELEASED = "tenth changed, next release"
SLOW = "inject, first upload, 50 ms"
SLOW_FIRST = "first upload, 50 ms"
WAITED = "first upload, until assembled"

SAME_FROM_WHEEL = "the same from the wheel"


def against_peer(
    text: str, figure: str, case: str, name: str, target: float | None = None
) -> Comparison:
    """Compare a contestant with sentry-cli in the same case."""
    return Comparison(text, figure, (case, name), (case, PEER), target)


def memory(case: str) -> list[Comparison]:
    """Compare the peak memory of a case."""
    return [
        against_peer(f"{case}: peak memory", "peak_memory", case, OURS, 0.5),
        against_peer("the same with [fast]", "peak_memory", case, FAST, 0.5),
        against_peer(SAME_FROM_WHEEL, "peak_memory", case, WHEEL, 0.5),
    ]


def changed(case: str) -> list[Comparison]:
    """Compare what is sent, and the time, where a tenth has changed."""
    return [
        against_peer(f"{case}: bytes sent", "body_bytes", case, OURS, 0.35),
        against_peer("the same with [fast]", "body_bytes", case, FAST, 0.35),
        against_peer(SAME_FROM_WHEEL, "body_bytes", case, WHEEL, 0.35),
        against_peer(f"{case}: time", "wall", case, OURS),
        against_peer(SAME_FROM_WHEEL, "wall", case, WHEEL),
    ]


COMPARISONS = (
    against_peer(f"{INJECT}: time", "wall", INJECT, OURS, 0.4),
    against_peer("the same with [fast]", "wall", INJECT, FAST, 0.25),
    against_peer(f"{FIRST}: time", "wall", FIRST, OURS),
    against_peer("the same with [fast]", "wall", FIRST, FAST),
    against_peer(SAME_FROM_WHEEL, "wall", FIRST, WHEEL, 0.15),
    against_peer(f"{FIRST}: bytes sent", "body_bytes", FIRST, OURS),
    against_peer("the same with [fast]", "body_bytes", FIRST, FAST),
    against_peer(SAME_FROM_WHEEL, "body_bytes", FIRST, WHEEL),
    against_peer(f"{RERUN}: time", "wall", RERUN, OURS, 0.2),
    against_peer("the same with [fast]", "wall", RERUN, FAST, 0.2),
    against_peer(SAME_FROM_WHEEL, "wall", RERUN, WHEEL, 0.2),
    against_peer(f"{RERUN}: requests", "requests", RERUN, OURS),
    *changed(CHANGED),
    *changed(RELEASED),
    *memory(INJECT),
    *memory(FIRST),
    *memory(RERUN),
    *memory(CHANGED),
    against_peer(f"{SLOW}: time", "wall", SLOW, OURS),
    against_peer("the same with [fast]", "wall", SLOW, FAST),
    against_peer(f"{SLOW_FIRST}, from the wheel: time", "wall", SLOW_FIRST, WHEEL),
    Comparison(f"{WAITED}: time", "wall", (WAITED, WAITING), (WAITED, WAITING_PEER)),
)


def megabytes(figure: float) -> str:
    """Write a number of bytes in millions, or in thousands if that would be none."""
    return f"{figure / 1e6:.1f} MB" if figure >= 1e5 else f"{figure / 1e3:.1f} kB"


def upload_table(uploads: Uploads) -> str:
    """Write one row for each case and contestant."""
    head = "run", "time", "range", "CPU", "peak memory", "requests", "chunks", "sent"
    rows = [
        [
            f"{case}: {name}",
            f"{medians.wall:.2f} s",
            f"{medians.fastest:.2f} to {medians.slowest:.2f}",
            f"{medians.cpu:.2f} s",
            f"{medians.peak_memory / 1e6:.0f} MB",
            f"{medians.requests:.0f}",
            f"{medians.chunks:.0f}",
            megabytes(medians.body_bytes),
            f"{medians.connections:.0f}",
        ]
        for case, by_name in uploads.items()
        for name, medians in by_name.items()
    ]
    return table([*head, "connections"], rows)


def markdown(contestants: str, pairs: int, uploads: Uploads, *, targets: bool = True) -> str:
    """Write the tables that stand in the benchmarks' README; without `targets`, just figures."""
    parts = [f"{contestants}; {pairs} scripts and maps each; medians.", upload_table(uploads)]
    if compared := compare(uploads, COMPARISONS, pairs if targets else 0):
        parts.append(ratio_table(compared))
    return "\n\n".join(parts)


def json_object(contestants: str, pairs: int, uploads: Uploads) -> dict[str, object]:
    """Give all figures, in seconds and bytes, as JSON can hold them."""
    return {
        "contestants": contestants,
        "pairs": pairs,
        "uploads": {
            case: {name: asdict(medians) for name, medians in by_name.items()}
            for case, by_name in uploads.items()
        },
        "ratios": [
            {**asdict(ratio), "verdict": ratio.verdict}
            for ratio in compare(uploads, COMPARISONS, pairs)
        ],
    }
