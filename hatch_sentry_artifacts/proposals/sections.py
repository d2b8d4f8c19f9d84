"""Finds the sections of a TOML file's text, by their heads.

A text of several lines may look like a head: whoever uses this compares what the result means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.proposals.edits import Keys

_HEAD = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_ANY_HEAD = re.compile(r"\s*\[")
_QUOTES = "\"' \t"


@dataclass(frozen=True)
class Section:
    """The lines from a head, at `start`, to the last one that is no comment before `end`.

    What is before the first head has no keys, and starts at -1.
    """

    keys: Keys
    start: int
    end: int

    def is_below(self, keys: Keys) -> bool:
        """Return whether it is the section of that table, or of one in it."""
        return self.keys[: len(keys)] == keys


def find_sections(lines: Sequence[str]) -> list[Section]:
    """Return the sections in their order."""
    heads = [(-1, ()), *_heads(lines)]
    ends = [start for start, _ in heads[1:]] + [len(lines)]
    return [
        Section(keys, start, _last_line(lines, start, end))
        for (start, keys), end in zip(heads, ends, strict=True)
    ]


def _heads(lines: Sequence[str]) -> Iterator[tuple[int, Keys]]:
    for number, line in enumerate(lines):
        if _ANY_HEAD.match(line):
            head = _HEAD.fullmatch(line)
            # That of an array of tables is nobody's section.
            keys = tuple(each.strip(_QUOTES) for each in head[1].split(".")) if head else ("[]",)
            yield number, keys


def _last_line(lines: Sequence[str], start: int, end: int) -> int:
    """Return the end without the comments and empty lines that belong to what comes next."""
    while end > start + 1 and _is_between(lines[end - 1]):
        end -= 1
    return end


def first_line(lines: Sequence[str], start: int) -> int:
    """Return where a section starts, with the comments that stand directly above its head."""
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _is_between(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
