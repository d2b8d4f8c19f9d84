"""A JSON document decoded as a whole, strictly, as far as its size allows that."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from hatch_sentry_artifacts.assets.source_maps.document import (
    LARGEST_NUMBER,
    MOST_DEPTH,
    MOST_ITEMS,
    BadMap,
)
from hatch_sentry_artifacts.assets.source_maps.mappings import Mappings

# It begins with bytes that are rare, which are found fast.
_SURROGATE = re.compile(rb"\\u[dD]([89a-fA-F])[0-9a-fA-F]{2}")
_BACKSLASH = ord("\\")
_LONGEST_NUMBER = len(str(LARGEST_NUMBER))
_ARE_TEXTS = {str: True, type(None): False}


class _Repeating(dict[str, Any]):
    """An object that has keys twice: those in `twice`; the last of their values counts."""

    __slots__ = ("twice",)

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__()
        twice = []
        for key, value in pairs:
            if key in self:
                twice.append(key)
                # A key's place is that of its last value.
                del self[key]
            self[key] = value
        self.twice = tuple(twice)


@dataclass(frozen=True)
class DecodedDocument:
    """The document whose decoded object is `root`, as `document.Document` says."""

    root: object

    def members(self, node: object, once: frozenset[str] = frozenset()) -> dict[str, object]:
        """Return the members of an object; raises ValueError if there are more than any map has."""
        if not isinstance(node, dict):
            raise BadMap("it has no object where one has to be")
        if isinstance(node, _Repeating):
            for key in once.intersection(node.twice):
                raise BadMap(f"it has `{key}` twice")
        if len(node) > MOST_ITEMS:
            raise ValueError("it has too many keys")
        return node

    def elements(self, node: object) -> Iterator[object]:
        """Return the elements of an array."""
        return iter(_array(node))

    def texts(
        self,
        node: object,
        assumed: int | None,  # noqa: ARG002 - for documents that are not decoded
    ) -> Iterator[bool | None]:
        """Return for each element whether it is a string; None if it is no null either."""
        return map(_ARE_TEXTS.get, map(type, _array(node)))

    def count(self, node: object) -> int:
        """Count the elements of an array."""
        return len(_array(node))

    def is_null(self, node: object) -> bool:
        """Return whether it is `null`."""
        return node is None

    def is_text(self, node: object) -> bool:
        """Return whether it is a string."""
        return isinstance(node, str)

    def is_array(self, node: object) -> bool:
        """Return whether it is an array."""
        return isinstance(node, list)

    def is_large(self, node: object) -> bool:  # noqa: ARG002 - a method of documents
        """Return False: it is decoded."""
        return False

    def number(self, node: object) -> int | None:
        """Return it as a number from 0 to 2**32 - 1; None if it is none."""
        # `true` is an int, too.
        return node if type(node) is int and node <= LARGEST_NUMBER else None

    def load(self, node: object) -> Any:
        """Return it."""
        return node

    def shown(self, node: object, most: int) -> str:
        """Return the beginning of how JSON says it."""
        return json.dumps(node)[:most]

    def mappings(self, node: object) -> Mappings:
        """Return the string as mappings."""
        return Mappings.of(str(node))


def decode(content: bytes, start: int) -> DecodedDocument:
    """Decode the document that begins at `start`.

    Raises ValueError for what symbolic does not read: numbers that are no JSON or too large, halves
    of characters, what is nested too deeply; and for control characters in strings, unless the
    bytes are no UTF-8, which is a matter of its own: UTF-16 is full of them.
    """
    decoder = _STRICT
    try:
        text = content[start:].decode()
    except UnicodeDecodeError:
        text = content[start:].decode("utf-8", "replace")
        decoder = _LAX
    try:
        root = decoder.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not _is_ascii(root):
        check_surrogates(content)
    if not isinstance(root, dict):
        raise BadMap("it is JSON, but not an object")
    return DecodedDocument(root)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeating(pairs)


def _whole_number(text: str) -> int | float:
    """Return a number without fraction: an int if it may be an unsigned one of 32 bits."""
    if len(text) <= _LONGEST_NUMBER and text[0] != "-":
        return int(text)
    return _float(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _decoder(*, strict: bool) -> json.JSONDecoder:
    return json.JSONDecoder(
        strict=strict,
        object_pairs_hook=_object,
        parse_constant=_refuse_constant,
        parse_float=_float,
        parse_int=_whole_number,
    )


_STRICT, _LAX = _decoder(strict=True), _decoder(strict=False)


def _array(node: object) -> list[Any]:
    if not isinstance(node, list):
        raise BadMap("it has no array where one has to be")
    return node


def _is_ascii(root: object) -> bool:
    """Return whether all strings are ASCII. Raises ValueError if anything is nested too deeply."""
    ascii_alone = True
    level: list[object] = [root]
    for depth in count():
        if depth >= MOST_DEPTH and any(isinstance(node, (dict, list)) for node in level):
            raise ValueError("it is nested too deeply")
        inner: list[object] = []
        for node in level:
            ascii_alone = _take(node, inner) and ascii_alone
        if not inner:
            break
        level = inner
    return ascii_alone


def _take(node: object, inner: list[object]) -> bool:
    """Add what is still to be looked at in a value to `inner`; return whether the rest is ASCII."""
    if isinstance(node, str):
        return node.isascii()
    if isinstance(node, dict):
        inner += node.values()
        return all(map(str.isascii, node))
    if isinstance(node, list):
        # Most of a map are arrays of strings, which are done with at once.
        if set(map(type, node)) == {str}:
            return all(map(str.isascii, node))
        inner += node
    return True


def check_surrogates(content: bytes) -> None:
    """Raise ValueError for half of a character that is written as two escapes."""
    if b"\\ud" not in content and b"\\uD" not in content:
        return
    behind_first = -1
    for found in _SURROGATE.finditer(content):
        begins = before = found.start()
        while before and content[before - 1] == _BACKSLASH:
            before -= 1
        if (begins - before) % 2:
            continue  # the backslash is escaped itself
        is_second = found[1] in b"cdefCDEF"
        if is_second != (behind_first == begins):
            break
        behind_first = -1 if is_second else found.end()
    else:
        if behind_first == -1:
            return
    raise ValueError("a string holds half of a surrogate pair")
