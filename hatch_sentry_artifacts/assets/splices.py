"""Changes bytes only where they have to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple


class Splice(NamedTuple):
    """At offset `at`, `removed` bytes give way to `text`."""

    at: int
    removed: int
    text: bytes


def parts(content: bytes, splices: Iterable[Splice]) -> list[bytes | memoryview]:
    """`content` with all `splices` made, in parts that are not copied.

    Offsets are those in `content`; what is removed does not overlap.
    """
    view = memoryview(content)
    found: list[bytes | memoryview] = []
    done = 0
    for at, removed, text in sorted(splices, key=lambda splice: splice.at):
        if at > done:
            found.append(view[done:at])
        found.append(text)
        done = at + removed
    if done < len(content):
        found.append(view[done:])
    return found


def apply(content: bytes, splices: Collection[Splice]) -> bytes:
    """`content` with all `splices` made."""
    return b"".join(parts(content, splices)) if splices else content
