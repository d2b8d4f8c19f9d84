"""Decides where a bundle is cut, so that unchanged files give chunks that a server already has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The server spends about 7 ms on each new chunk, and a changed file makes its whole chunk new:
# so small bundles are cut finer than large ones. See benchmarks/README.md for the figures.
SMALLEST_MEAN = 128 * 1024
MOST_OF_MEAN = 256
_HASH_RANGE = 1 << 32


@dataclass(frozen=True, slots=True)
class Span:
    """A file of the bundle with its header: `size` bytes, of which about `weight` are sent."""

    name: str
    size: int
    weight: int


def cut(spans: Sequence[Span], *, largest: int) -> list[int]:
    """Return the sizes of the chunks, each at most `largest` bytes, into which `spans` are cut.

    A heavy file is a chunk of its own. Whether another file ends a chunk depends on the hash of its
    name, so that a file that changes, is added or is removed moves hardly any other cut. A script
    and its map stay together, since they change together.
    """
    mean = _mean(sum(span.weight for span in spans))
    chunks: list[int] = []
    size = weight = 0
    for group in _groups(spans):
        heaviness = _rounded(group.weight)
        if size and (size + group.size > largest or heaviness >= mean):
            chunks.append(size)
            size = weight = 0
        size += group.size
        weight += group.weight
        if size > largest:
            *whole, size = evenly(size, largest)
            chunks += whole
        if heaviness >= mean or (2 * weight >= mean and _ends_chunk(group.name, heaviness, mean)):
            chunks.append(size)
            size = weight = 0
    return [*chunks, size] if size else chunks


def evenly(size: int, largest: int) -> list[int]:
    """Return the sizes of the fewest chunks of at most `largest` bytes that hold `size` bytes."""
    return [min(largest, size - at) for at in range(0, size, largest)]


def _mean(total: int) -> int:
    """Return the mean weight of a chunk: a power of two, so that it seldom changes."""
    mean = SMALLEST_MEAN
    while mean * MOST_OF_MEAN < total:
        mean *= 2
    return mean


def _groups(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield groups of files: a script with the map that follows it, or a single file."""
    index = 0
    while index < len(spans):
        group = spans[index]
        index += 1
        if index < len(spans) and spans[index].name == group.name + ".map":
            source_map = spans[index]
            group = Span(group.name, group.size + source_map.size, group.weight + source_map.weight)
            index += 1
        yield group


def _rounded(weight: int) -> int:
    """Return the nearest power of two, so that a file that grows a little is cut as before."""
    return 1 << (3 * weight // 2).bit_length() >> 1


def _ends_chunk(name: str, heaviness: int, mean: int) -> bool:
    digest = hashlib.sha1(name.encode(), usedforsecurity=False).digest()
    # Half of the mean is already in the chunk, so half of it follows on average.
    return int.from_bytes(digest[:4], "big") * mean < 2 * heaviness * _HASH_RANGE
