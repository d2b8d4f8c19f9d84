"""Finds values in the bytes of a JSON document without decoding them.

A source map is mostly `sourcesContent`, so strings are skipped by looking for their last quote.
All functions raise ValueError where the bytes are no JSON; what they skip is not checked further.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRUCTURE = re.compile(rb'["\[\]{}]')
# Strings without escapes and what stands between them, many at a time: but not all of an array, as
# a regular expression takes memory for each.
_PLAIN_STRINGS = re.compile(rb'(?:[^"\\\[\]{}]*"[^"\\]*"){1,1000}')
_PLAIN_ELEMENTS = re.compile(rb'(?:"[^"\\]*"[ \t\r\n]*,[ \t\r\n]*){1,1000}')
_ESCAPES = re.compile(rb'[^"\\]*(?:\\[\s\S][^"\\]*){0,1000}')
_SCALAR = re.compile(rb"[-+.0-9A-Za-z]+")
# As many as Sentry reads below a document's own object.
_MOST_DEPTH = 126
_LONGEST_KEY = 4096
# Far more members, elements and brackets than any map has: each takes time.
_MOST_ITEMS = 400_000
_MOST_STEPS = 2_000_000
_FEW_QUOTES = 20_000
_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_COMMA, _COLON, _OPEN_OBJECT, _CLOSE_OBJECT = b",:{}"
_OPEN_ARRAY, _CLOSE_ARRAY = b"[]"


class Value(NamedTuple):
    """A member of an object or an element of an array; its value is `buffer[start:end]`."""

    key: str
    key_start: int
    start: int
    end: int


def skip_space(buffer: bytes, at: int) -> int:
    """Return the offset of the first byte from `at` on that is not white space."""
    found = _SPACE.match(buffer, at)
    return found.end() if found else at


def value_end(buffer: bytes, at: int) -> int:
    """Return the offset behind the value that begins at `at`."""
    first = _byte(buffer, at)
    if first == _QUOTE:
        return _string_end(buffer, at)
    if first in {_OPEN_OBJECT, _OPEN_ARRAY}:
        return _container_end(buffer, at)
    scalar = _SCALAR.match(buffer, at)
    if scalar is None:
        raise ValueError(f"no value at byte {at}")
    return scalar.end()


def members(buffer: bytes, at: int) -> Iterator[Value]:
    """Return the members of the object that begins at `at`."""
    if _byte(buffer, at) != _OPEN_OBJECT:
        raise ValueError(f"no object at byte {at}")
    return _items(buffer, at, _CLOSE_OBJECT, member_at)


def further_members(buffer: bytes, at: int) -> Iterator[Value]:
    """Yield the members that follow in an object, one of whose values ends at `at`.

    Raises ValueError unless that object is the whole document's last thing.
    """
    at = skip_space(buffer, at)
    for _ in range(_MOST_ITEMS):
        if _byte(buffer, at) == _CLOSE_OBJECT:
            break
        member = member_at(buffer, _skip(buffer, at, _COMMA))
        yield member
        at = skip_space(buffer, member.end)
    if skip_space(buffer, at + 1) != len(buffer):
        raise ValueError(f"more follows behind byte {at}")


def elements(buffer: bytes, at: int) -> Iterator[Value]:
    """Return the elements of the array that begins at `at`; their keys are empty."""
    if _byte(buffer, at) != _OPEN_ARRAY:
        raise ValueError(f"no array at byte {at}")
    return _items(buffer, at, _CLOSE_ARRAY, _element_at)


def _items(
    buffer: bytes, at: int, close: int, item_at: Callable[[bytes, int], Value]
) -> Iterator[Value]:
    """Yield what is between commas, from the bracket at `at` to the one that closes it."""
    at = skip_space(buffer, at + 1)
    if _byte(buffer, at) == close:
        return
    for _ in range(_MOST_ITEMS):
        item = item_at(buffer, at)
        yield item
        at = skip_space(buffer, item.end)
        if _byte(buffer, at) == close:
            return
        at = _skip(buffer, at, _COMMA)
    raise ValueError("it has too many keys or elements")


def _element_at(buffer: bytes, at: int) -> Value:
    return Value("", at, at, value_end(buffer, at))


def member_at(buffer: bytes, at: int) -> Value:
    """Return the member whose key begins at `at`."""
    if _byte(buffer, at) != _QUOTE:
        raise ValueError(f"no key at byte {at}")
    end = _string_end(buffer, at)
    start = _skip(buffer, skip_space(buffer, end), _COLON)
    # No known key is as long as that, so it is not decoded.
    key = text(buffer, at, end) if end - at < _LONGEST_KEY else ""
    return Value(key, at, start, value_end(buffer, start))


def text(buffer: bytes, start: int, end: int) -> str:
    """Return the string with quotes at `start` and before `end`, its escapes resolved."""
    loaded = json.loads(buffer[start:end])
    if not isinstance(loaded, str):
        raise TypeError(f"no string at byte {start}")
    return loaded


def count_elements(buffer: bytes, at: int) -> int:
    """Count the elements of the array that begins at `at`, in bounded memory."""
    if _byte(buffer, at) != _OPEN_ARRAY:
        raise ValueError(f"no array at byte {at}")
    count = 0
    at = skip_space(buffer, at + 1)
    if _byte(buffer, at) == _CLOSE_ARRAY:
        return 0
    for _ in range(_MOST_ITEMS):
        while plain := _PLAIN_ELEMENTS.match(buffer, at):
            count += buffer.count(b'"', at, plain.end()) // 2
            at = plain.end()
        count += 1
        at = skip_space(buffer, value_end(buffer, at))
        if _byte(buffer, at) == _CLOSE_ARRAY:
            return count
        at = _skip(buffer, at, _COMMA)
    raise ValueError("it has too many elements")


def _skip(buffer: bytes, at: int, wanted: int) -> int:
    if _byte(buffer, at) != wanted:
        raise ValueError(f"no {chr(wanted)!r} at byte {at}")
    return skip_space(buffer, at + 1)


def _byte(buffer: bytes, at: int) -> int:
    if at >= len(buffer):
        raise ValueError("it ends too early")
    return buffer[at]


def _string_end(buffer: bytes, at: int) -> int:
    end = at + 1
    # From quote to quote is fastest where few of them are escaped.
    for _ in range(_FEW_QUOTES):
        quote = buffer.find(b'"', end)
        if quote == -1:
            break
        before = quote - 1
        while buffer[before] == _BACKSLASH:
            before -= 1
        end = quote + 1
        if (quote - before) % 2:
            return end
    # In a source's text there may be millions.
    while found := _ESCAPES.match(buffer, end):
        end = found.end()
        if end < len(buffer) and buffer[end] == _QUOTE:
            return end + 1
        if end == found.start():
            break
    raise ValueError(f"the string at byte {at} has no end")


def _container_end(buffer: bytes, at: int) -> int:
    depth = 0
    for _ in range(_MOST_STEPS):
        found = _STRUCTURE.search(buffer, at)
        if found is None:
            raise ValueError("it ends too early")
        kind = found[0]
        at = found.end()
        if kind == b'"':
            at = _string_end(buffer, at - 1)
            plain = _PLAIN_STRINGS.match(buffer, at)
            at = plain.end() if plain else at
        elif kind in b"[{":
            depth += 1
            if depth > _MOST_DEPTH:
                raise ValueError("it is nested too deeply")
        else:
            depth -= 1
            if depth == 0:
                return at
    raise ValueError("it has too many arrays and objects")
