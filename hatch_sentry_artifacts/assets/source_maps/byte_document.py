"""A JSON document read where it lies, in its bytes: for what is large, or is to be changed.

Nothing is decoded but what is asked for: a map is mostly the texts of sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.document import LARGEST_NUMBER, MOST_ITEMS, BadMap
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value
from hatch_sentry_artifacts.assets.source_maps.mappings import Mappings

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What servers put before JSON so that no page can load it as a script.
_GUARD = b")]}'"
_WHOLE = re.compile(rb"0|[1-9][0-9]{0,9}")
_LARGE_BYTES = 1024 * 1024
# From this size on it is faster to look for a null than to look at each element.
_LONG_BYTES = 256 * 1024
_NULLS = (b'",null', b'", null')


def object_start(content: bytes) -> int:
    """Return the offset of the map's `{`, behind a byte order mark and a line like `)]}'`.

    Raises ValueError if there is nothing behind that line.
    """
    at = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    if content[at : at + 1] and content[at] in _GUARD:
        at = content.find(b"\n", at) + 1
        if at == 0:
            raise ValueError("it holds nothing but )]}'")
    return json_bytes.skip_space(content, at)


@dataclass(frozen=True)
class ByteDocument:
    """The document `content`, as `document.Document` says."""

    content: bytes

    @property
    def root(self) -> Value:
        """The document's object."""
        start = object_start(self.content)
        return Value("", start, start, len(self.content))

    def members(self, node: Value, once: frozenset[str] = frozenset()) -> dict[str, Value]:
        """Return the members of an object; raises ValueError if there are more than any map has."""
        found: dict[str, Value] = {}
        end = node.start + 1
        for each in json_bytes.members(self.content, node.start):
            if each.key in once and each.key in found:
                raise BadMap(f"it has `{each.key}` twice")
            # A key's place is that of its last value.
            found.pop(each.key, None)
            found[each.key] = each
            end = each.end
            if len(found) > MOST_ITEMS:
                raise ValueError("it has too many keys")
        if node.end == len(self.content):
            closing = json_bytes.skip_space(self.content, end)
            if json_bytes.skip_space(self.content, closing + 1) != node.end:
                raise ValueError(f"more follows behind byte {closing}")
        return found

    def elements(self, node: Value) -> Iterator[Value]:
        """Return the elements of an array."""
        return json_bytes.elements(self.content, node.start)

    def texts(self, node: Value, assumed: int | None) -> Iterator[bool | None]:
        """Return for each element whether it is a string; None if it is no null either."""
        if assumed is not None and node.end - node.start > _LONG_BYTES and self._is_full(node):
            # To walk over it a second time would take longer than everything else.
            return (True for _ in range(assumed))
        return map(self._is_text_or_null, self.elements(node))

    def _is_text_or_null(self, node: Value) -> bool | None:
        return self.is_text(node) or (False if self.is_null(node) else None)

    def _is_full(self, node: Value) -> bool:
        """Return whether an array in the usual form has no null."""
        content, start, end = self.content, node.start, node.end
        return content.startswith(b'["', start) and not any(
            content.find(null, start, end) >= 0 for null in _NULLS
        )

    def count(self, node: Value) -> int:
        """Count the elements of an array, in bounded memory."""
        return json_bytes.count_elements(self.content, node.start)

    def is_null(self, node: Value) -> bool:
        """Return whether it is `null`."""
        return node.end - node.start == len(b"null") and self._begins(node, b"null")

    def is_text(self, node: Value) -> bool:
        """Return whether it is a string."""
        return self._begins(node, b'"')

    def is_array(self, node: Value) -> bool:
        """Return whether it is an array."""
        return self._begins(node, b"[")

    def is_large(self, node: Value) -> bool:
        """Return whether it is too large to be decoded only to be checked."""
        return node.end - node.start > _LARGE_BYTES

    def number(self, node: Value) -> int | None:
        """Return it as a number from 0 to 2**32 - 1; None if it is none."""
        if not _WHOLE.fullmatch(self.content, node.start, node.end):
            return None
        number = int(self.content[node.start : node.end])
        return number if number <= LARGEST_NUMBER else None

    def load(self, node: Value) -> Any:
        """Return it decoded; what is not UTF-8 is replaced."""
        try:
            return json.loads(self.content[node.start : node.end].decode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    def shown(self, node: Value, most: int) -> str:
        """Return the beginning of what the document says there."""
        return self.content[node.start : min(node.end, node.start + most)].decode(
            "utf-8", "replace"
        )

    def mappings(self, node: Value) -> Mappings:
        """Return the string as mappings; copied only if it has escapes."""
        start, end = node.start + 1, node.end - 1
        if self.content.find(b"\\", start, end) < 0:
            return Mappings(self.content, start, end)
        return Mappings.of(self.load(node))

    def _begins(self, node: Value, character: bytes) -> bool:
        return self.content.startswith(character, node.start)
