"""Formats columns as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NONE = "-"
_RIGHT_ALIGNED = frozenset({"SIZE", "FILES", "BUNDLES"})


def table(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the rows under their titles; columns that say nothing are left out."""
    told = [
        (title, cells) for title, cells in columns.items() if any(cell != NONE for cell in cells)
    ]
    aligned = []
    for title, cells in told[:-1]:
        width = max(map(len, (title, *cells)))
        right = title in _RIGHT_ALIGNED
        aligned.append(
            [cell.rjust(width) if right else cell.ljust(width) for cell in (title, *cells)]
        )
    aligned += [[title, *cells] for title, cells in told[-1:]]
    return ["  ".join(row) for row in zip(*aligned, strict=True)]
