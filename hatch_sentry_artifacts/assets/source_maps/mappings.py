"""Checks the mappings of a source map as Sentry's library symbolic does when it reads them.

A wheel may hold a hundred megabytes of them. So the bytes of a block are classified and made one
large number, whose arithmetic follows the fields of all segments at once; only the first segments
are decoded; and of large mappings only both ends are looked at. Format: https://tc39.es/ecma426/#sec-base64-vlq.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_BLOCK_BYTES = 64 * 1024
_MOST_READ_BYTES = 24 * 1024 * 1024
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# A digit from 32 on says that another one of the same field follows. So does, for symbolic, all
# that is no digit: as if it were the highest.
_LAST, _SEPARATORS = _DIGITS[:32], b",;"
_CONTINUED = bytes(each for each in range(256) if each not in _LAST + _SEPARATORS)
_VALUES = {each: _DIGITS.find(each) & 31 for each in range(256)}
_BITS = 5
_ZERO = b"A"
# symbolic shifts a number of 64 bits by five for each digit, and refuses more.
_MOST_DIGITS = 13
_FIELD = rb"[^A-Za-f,;]*[A-Za-f]"
_SEGMENT = re.compile(rb"(?<![^,;\"])%(f)s(%(f)s)%(f)s%(f)s(%(f)s)?(?![^,;\"])" % {b"f": _FIELD})


# The bits of a byte's class. A final digit ends a field, and is zero or not.
_SEPARATOR, _FINAL, _NONZERO, _CONTINUES = 0, 1, 2, 3


def _classes() -> bytes:
    """Return a table that maps bytes to their classes."""
    table = bytearray(bytes([1 << _CONTINUES]) * 256)
    for digit in _LAST:
        table[digit] = 1 << _FINAL | 1 << _NONZERO
    table[ord("A")] = 1 << _FINAL
    for separator in _SEPARATORS:
        table[separator] = 1 << _SEPARATOR
    return bytes(table)


_CLASSES = _classes()
_BYTE = 8
# A one for each byte of a block and the separators around it.
_ONES = int.from_bytes(b"\1" * (_BLOCK_BYTES + 2), "little")
_SOURCE, _NAME = 2, 5
# A segment that has a source has these, too.
_REQUIRED = frozenset((3, 4))


@dataclass(frozen=True, slots=True)
class Effort:
    """How many bytes of a map's mappings are checked, and how many of these are decoded.

    Of a map of more than `read` bytes that is plainly one that a bundler wrote, the rest is not
    read.
    """

    seen: int = 4 * 1024 * 1024
    decoded: int = 128 * 1024
    read: int = sys.maxsize

    def shared(self, maps: int, size: int = 0) -> Effort:
        """Return the effort for each of so many maps that together take no longer than one.

        All is read of maps that have no more than a few million bytes together: `size`.
        """
        count = max(1, maps)
        return Effort(
            max(8 * 1024, self.seen // count),
            max(256, self.decoded // count),
            self.read if size <= _MOST_READ_BYTES else _MOST_READ_BYTES // count,
        )


@dataclass(frozen=True, slots=True)
class Mappings:
    """The mappings of a map, `content[start:end]`, which may be too large for a copy."""

    content: bytes
    start: int
    end: int

    @classmethod
    def of(cls, text: str) -> Mappings:
        """Return those that a decoded map has."""
        encoded = text.encode("utf-8", "replace")
        return cls(encoded, 0, len(encoded))

    def count_lines(self) -> int:
        """Count the generated lines up to the last that has segments."""
        content, start, last = self.content, self.start, self.end
        while last > start and content[last - 1] in _SEPARATORS:
            last -= 1
        return content.count(b";", start, last) + 1 if last > start else 0


NO_MAPPINGS = Mappings(b"", 0, 0)
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
        classes = int.from_bytes((b",%s," % block).translate(_CLASSES), "little")
        # In each of these, a byte is one where the block's byte is such, and zero elsewhere.
        separators, finals, others, continued = (
            classes >> kind & _ONES for kind in (_SEPARATOR, _FINAL, _NONZERO, _CONTINUES)
        )
        if continued << _BYTE & separators:
            return "its mappings hold a number that is cut off, or what is no base 64"
        if _has_long_number(continued):
            return "its mappings hold a number that is too large"
        # A number whose last digit is zero is none that encoders write, and may be zero or not.
        self.odd_numbers = self.odd_numbers or continued << _BYTE & (finals ^ others) != 0
        # 255 in each byte that is followed by another one of the same field: what is added to the
        # first of them is carried to the field's last one.
        carrying = (continued << _BYTE) - continued
        ends = separators
        for field in range(1, _NAME + 1):
            begins = ends << _BYTE
            if field in _REQUIRED and begins & separators:
                return _wrong_segment(f"{field - 1} fields")
            ends = begins + carrying & finals
            if field == _SOURCE:
                self.other_sources = self.other_sources or ends & others != 0
            elif field == _NAME - 1:
                self.sources = self.sources or ends != 0
        self.names = self.names or ends != 0
        return _wrong_segment("6 fields or more") if ends << _BYTE & (finals | continued) else None


def _has_long_number(continued: int) -> bool:
    """Return whether so many digits follow each other that symbolic refuses the number."""
    run = continued & continued >> _BYTE
    run &= run >> 2 * _BYTE
    return run != 0 and b"\1" * _MOST_DIGITS in continued.to_bytes(_BLOCK_BYTES + 3, "little")


def _wrong_segment(fields: str) -> str:
    return f"its mappings hold a segment of {fields}, where 1, 4 or 5 may be"


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
    for of_source, of_name in _SEGMENT.findall(content, start, end):
        if of_source != _ZERO:
            source += _value(of_source)
        if not 0 <= source < sources:
            return f"its mappings refer to source {source}, and it has {sources}"
        if of_name:
            name += _value(of_name)
            if not 0 <= name < names:
                return f"its mappings refer to name {name}, and it has {names}"
    return None


# Most fields are few digits, and the same again and again.
@lru_cache(4096)
def _value(field: bytes) -> int:
    number = 0
    for position, digit in enumerate(field):
        number |= _VALUES[digit] << (_BITS * position)
    return -(number >> 1) if number & 1 else number >> 1
