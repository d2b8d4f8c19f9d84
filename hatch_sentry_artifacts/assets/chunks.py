"""Decides where a bundle is cut, so that files that did not change make chunks known already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The server spends about 7 ms on each new chunk, and a changed file sends all of its chunk: so
# small bundles are cut finer than large ones. See benchmarks/README.md for the figures.
SMALLEST_MEAN = 128 * 1024
MOST_OF_MEAN = 256
_HASH_RANGE = 1 << 32


@dataclass(frozen=True, slots=True)
class Span:
    """A file of the bundle, header and all: `size` bytes, that cost `weight` bytes to send."""

    name: str
    size: int
    weight: int


def cut(spans: Sequence[Span], *, largest: int) -> list[int]:
    """The sizes of the chunks, of at most `largest` bytes, that `spans` are cut into.

    A chunk ends behind a file by what its name's hash says, heavy files more often than light ones:
    a file that changes, comes or goes leaves all other cuts where they are. A script and its map
    stay together, since they change together.
    """
    mean = _mean(sum(span.weight for span in spans))
    chunks: list[int] = []
    current = 0
    for key, size, weight in _groups(spans):
        if current and current + size > largest:
            chunks.append(current)
            current = 0
        current += size
        while current > largest:
            chunks.append(largest)
            current -= largest
        if current and _ends_chunk(key, weight, mean):
            chunks.append(current)
            current = 0
    if current:
        chunks.append(current)
    return chunks


def evenly(size: int, largest: int) -> list[int]:
    """The sizes of as few chunks of at most `largest` bytes as `size` bytes can be cut into."""
    return [min(largest, size - at) for at in range(0, size, largest)]


def _mean(total: int) -> int:
    """What a chunk should weigh; a power of two, so that it seldom changes as a project grows."""
    mean = SMALLEST_MEAN
    while mean * MOST_OF_MEAN < total:
        mean *= 2
    return mean


def _groups(spans: Sequence[Span]) -> Iterator[tuple[str, int, int]]:
    """Name, size and weight of each file, or of a script with the map behind it."""
    index = 0
    while index < len(spans):
        first = spans[index]
        size, weight = first.size, first.weight
        index += 1
        if index < len(spans) and spans[index].name == first.name + ".map":
            size += spans[index].size
            weight += spans[index].weight
            index += 1
        yield first.name, size, weight


def _ends_chunk(key: str, weight: int, mean: int) -> bool:
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
    # In steps of two, so that a file that grows a little goes on to end its chunk, or not to.
    heaviness = 1 << (3 * weight // 2).bit_length() - 1
    return int.from_bytes(digest[:4], "big") * mean < heaviness * _HASH_RANGE
