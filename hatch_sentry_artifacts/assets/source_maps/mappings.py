"""Checks the mappings of a source map as Sentry's library symbolic does when it reads them.

A wheel may hold a hundred megabytes of them. So all bytes are classified by `bytes.translate`,
block by block, and only the first segments are decoded; and of large mappings only both ends are
looked at. Format: https://tc39.es/ecma426/#sec-base64-vlq.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK_BYTES = 64 * 1024
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# A digit from 32 on says that another one of the same field follows. So does, for symbolic, all
# that is no digit: as if it were the highest.
_LAST, _SEPARATORS = _DIGITS[:32], b",;"
_CONTINUED = bytes(each for each in range(256) if each not in _LAST + _SEPARATORS)
_VALUES = {each: _DIGITS.find(each) & 31 for each in range(256)}
_BITS = 5
# symbolic shifts a number of 64 bits by five for each digit, and refuses more.
_MOST_DIGITS = 13
_FIELD = rb"[^A-Za-f,;]*[A-Za-f]"
_SEGMENT = re.compile(rb"(?<![^,;\"])%(f)s(%(f)s)%(f)s%(f)s(%(f)s)?(?![^,;\"])" % {b"f": _FIELD})


def _classes(zero: bytes) -> bytes:
    """Return a table that maps bytes to the classes final digit, other digit and separator."""
    table = bytearray(b"c" * 256)
    for digit in _LAST:
        table[digit] = ord("f")
    table[ord("A")] = ord(zero)
    for separator in _SEPARATORS:
        table[separator] = ord(",")
    return bytes(table)


_DIGIT_CLASSES = _classes(b"f")
_ZERO_CLASSES = _classes(b"z")
_ZEROS = bytes.maketrans(b"z", b"f")
_OTHER_SOURCES = (b",zf", b",ff")
_LAST_ZEROS = bytes(
    ord("z" if each in b"A" else "c" if each in _CONTINUED else "o") for each in range(256)
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many bytes of a map's mappings are checked, and how many of these are decoded."""

    seen: int = 8 * 1024 * 1024
    decoded: int = 128 * 1024

    def shared(self, maps: int) -> Effort:
        """Return the effort for each of so many maps that together take no longer than one."""
        count = max(1, maps)
        return Effort(max(16 * 1024, self.seen // count), max(256, self.decoded // count))


@dataclass(frozen=True, slots=True)
class Mappings:
    """The mappings of a map, `content[start:end]`, which may be too large for a copy."""

    content: bytes
    start: int
    end: int


NO_EFFORT = Effort(0, 0)
FULL_EFFORT = Effort()


def find_problem(
    mappings: Mappings, sources: int, names: int, effort: Effort = FULL_EFFORT
) -> str | None:
    """Return the reason why symbolic cannot read `mappings`, None without one.

    `sources` and `names` say how many of them the map has. What makes no difference to symbolic is
    no problem: lines and columns that are negative, or too large, for instance.
    """
    use = _Use()
    for block in _blocks(mappings, effort.seen):
        problem = use.learn(block)
        if problem:
            return problem
    if use.sources and not sources:
        return "its mappings refer to sources, and it has none"
    if use.names and not names:
        return "its mappings refer to names, and it has none"
    if use.other_sources and sources == 1:
        return "its mappings refer to another source than the one that it has"
    if use.other_sources or use.names or use.odd_numbers:
        return _index_problem(mappings, sources, names, effort.decoded)
    return None


class _Use:
    """The sources and names to which mappings refer."""

    def __init__(self) -> None:
        self.sources = self.other_sources = self.names = self.odd_numbers = False

    def learn(self, block: bytes) -> str | None:
        """Check a block, which begins and ends between segments; return what is wrong in it."""
        digits = b"," + block.translate(_DIGIT_CLASSES) + b","
        if b"c," in digits:
            return "its mappings hold a number that is cut off, or what is no base 64"
        if b"c" * _MOST_DIGITS in digits:
            return "its mappings hold a number that is too large"
        zeros = b"," + block.translate(_ZERO_CLASSES, _CONTINUED) + b","
        fields = zeros.translate(_ZEROS)
        for count in (2, 3):
            if b",%s," % (b"f" * count) in fields:
                return f"its mappings hold a segment of {count} fields, where 1, 4 or 5 may be"
        if b"ffffff" in fields:
            return "its mappings hold a segment of 6 fields or more, where 1, 4 or 5 may be"
        self.sources = self.sources or b"ffff" in fields
        self.names = self.names or b"fffff" in fields
        self.other_sources = self.other_sources or any(each in zeros for each in _OTHER_SOURCES)
        # A number whose last digit is zero is none that encoders write, and hides in `zeros`.
        self.odd_numbers = self.odd_numbers or b"cz" in block.translate(_LAST_ZEROS)
        return None


def _blocks(mappings: Mappings, seen: int) -> Iterator[bytes]:
    """Yield both ends of the mappings, `seen` bytes together, in blocks that cut no segment."""
    content, start, end = mappings.content, mappings.start, mappings.end
    if end - start <= seen:
        yield from _between(content, start, end)
    elif seen:
        yield from _between(content, start, _cut_before(content, start, start + seen // 2))
        yield from _between(content, _cut_before(content, start, end - seen // 2), end)


def _between(content: bytes, start: int, stop: int) -> Iterator[bytes]:
    while start < stop:
        end = stop
        if stop - start > _BLOCK_BYTES:
            end = _cut_before(content, start, start + _BLOCK_BYTES)
        yield content[start:end]
        start = end


def _cut_before(content: bytes, start: int, end: int) -> int:
    """Return the offset of a separator before `end`; `end` if a segment fills all of it."""
    cut = max(content.rfind(b",", start, end), content.rfind(b";", start, end))
    return cut if cut > start else end


def _index_problem(mappings: Mappings, sources: int, names: int, decoded: int) -> str | None:
    """Return what is wrong with the indexes of the first segments, in `decoded` bytes."""
    content, start, end = mappings.content, mappings.start, mappings.end
    if end - start > decoded:
        end = _cut_before(content, start, start + decoded)
    source = name = 0
    for found in _SEGMENT.finditer(content, start, end):
        of_source, of_name = found.groups()
        source += _value(of_source)
        if not 0 <= source < sources:
            return f"its mappings refer to source {source}, and it has {sources}"
        if of_name is not None:
            name += _value(of_name)
            if not 0 <= name < names:
                return f"its mappings refer to name {name}, and it has {names}"
    return None


def _value(field: bytes) -> int:
    number = 0
    for position, digit in enumerate(field):
        number |= _VALUES[digit] << (_BITS * position)
    return -(number >> 1) if number & 1 else number >> 1
