"""Changes parts of bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple


class Splice(NamedTuple):
    """A change: at offset `at`, `removed` bytes are replaced by `text`."""

    at: int
    removed: int
    text: bytes


def parts(content: bytes, splices: Iterable[Splice]) -> list[bytes | memoryview]:
    """Yield the parts of `content` after all `splices`, without copying them.

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
    """Return `content` after all `splices`."""
    return b"".join(parts(content, splices)) if splices else content
