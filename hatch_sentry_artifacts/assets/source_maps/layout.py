"""Finds and changes the keys of a source map that injection touches, and no other byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID, dashed
from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.byte_document import ByteDocument, object_start
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value
from hatch_sentry_artifacts.assets.source_maps.sections import parts
from hatch_sentry_artifacts.assets.splices import Splice
from hatch_sentry_artifacts.errors import DistributionError

_UUID = re.compile(UUID.encode())
ID_KEYS = ("debugId", "debug_id")
# What lists generated lines, separated by ";": https://tc39.es/ecma426/#sec-source-map-format and
# its proposal of range mappings.
_LINE_KEYS = ("mappings", "rangeMappings")
_KEYS = frozenset({*ID_KEYS, *_LINE_KEYS, "sections", "scopes"})
_ANY_KEY = re.compile(
    rb'"(?:%s)"[ \t\r\n]*:' % b"|".join(key.encode() for key in sorted(_KEYS)),
)
# A string token right before the brace that ends the document is its last member's value.
_LAST_ID = re.compile(rb'[,{][ \t\r\n]*("(?:debugId|debug_id)"[ \t\r\n]*:[^"]*"[^"\\]*"\s*\}\s*)\Z')
_LINE_SEPARATOR = re.compile(rb";|\\u003[bB]")
# Inside a JSON string there would be a backslash before the quotes. 2.x of sentry-cli wrote
# `debug_id`, and Sentry reads both.
_ID_BEGINS = b'"debug'
_ID = re.compile(rb'"debug(?:Id|_id)"[ \t\r\n]*:[ \t\r\n]*"(%s)"' % UUID.encode())
# Tools put the key first or last; the texts of sources are between.
_ENDS_BYTES = 64 * 1024


@dataclass(frozen=True)
class MapLayout:
    """A source map and the positions of the keys that injection reads or changes.

    `end` is behind the last value of the map's object; `debug_id` is in lower case.
    """

    content: bytes
    found: tuple[Value, ...]
    end: int
    debug_id: str | None

    def moved(self, line: int) -> list[Splice]:
        """Return the splices that insert a generated line before `line`, counted from 0."""
        try:
            return list(_moved(self.content, self.found, line))
        except ValueError as error:
            raise DistributionError(
                f"the source map's sections cannot be read ({error}); build it again"
            ) from None

    def stamped(self, debug_id: str) -> Splice:
        """Return the splice that adds the debug id, as the map's last key."""
        return Splice(self.end, 0, b',"debugId":"%s"' % debug_id.encode())


def read_layout(content: bytes) -> MapLayout:
    """Look at the source map `content`.

    Raises DistributionError if it is none, or if it holds what cannot be moved.
    """
    if not content or content.isspace():
        raise DistributionError(
            "the source map is empty; build it again, or leave script and map out with `exclude`"
        )
    try:
        found, end = _find(content)
    except (ValueError, TypeError) as error:
        raise DistributionError(
            f"the source map is no JSON object ({error}); build it again"
        ) from None
    keys = {value.key for value in found}
    if not keys & {"mappings", "sections"}:
        raise DistributionError(
            "the source map has neither mappings nor sections; build it again, or leave script "
            "and map out with `exclude`"
        )
    if "scopes" in keys:
        raise DistributionError(
            "the source map has `scopes`, which are not moved yet; build it without them"
        )
    return MapLayout(content, found, end, _debug_id(content, found))


def read_debug_id(content: bytes) -> str | None:
    """Return the debug id in the map's own key, None without one; much faster than a layout.

    Maps inside of it, in its `sections`, have keys of their own.
    """
    behind = max(0, len(content) - _ENDS_BYTES)
    at = content.rfind(_ID_BEGINS, behind)
    while at >= 0:
        found = _ID.match(content, at)
        if found and _is_of_the_document(content, at):
            return dashed(found[1])
        at = content.rfind(_ID_BEGINS, behind, at)
    if content.find(_ID_BEGINS, 0, _ENDS_BYTES) >= 0:
        return _id_before_all_else(content[:_ENDS_BYTES])
    return None


def _is_of_the_document(content: bytes, at: int) -> bool:
    """Return whether the member at `at` is of the object with which the document ends."""
    try:
        for _ in json_bytes.further_members(content, json_bytes.member_at(content, at).end):
            pass
    except (ValueError, TypeError):
        return False
    return True


def _id_before_all_else(head: bytes) -> str | None:
    with suppress(ValueError, TypeError):  # it is cut off
        for member in json_bytes.members(head, object_start(head)):
            found = _ID.match(head, member.key_start)
            if found:
                return dashed(found[1])
    return None


def _find(content: bytes) -> tuple[tuple[Value, ...], int]:
    """Return the relevant members, and where the last of all members ends."""
    start = object_start(content)
    raw = [
        match.start()
        for match in _ANY_KEY.finditer(content, start)
        # Behind a backslash the quote belongs to a string that happens to hold such text.
        if content[match.start() - 1] != ord("\\")
    ]
    mappings = [at for at in raw if content.startswith(b'"mappings"', at)]
    found: list[Value] | None = None
    if len(mappings) == 1:
        # Whichever side of the key is the shorter one is read.
        late = 2 * raw[0] > len(content)
        found = _last_members(content, raw) if late else _first_members(content, start, raw)
    if found is None:
        found = list(_all_members(content, start))
    brace = _trimmed_end(content, len(content)) - 1
    if content[brace : brace + 1] != b"}":
        raise ValueError("it does not end with }")
    # Of a key that stands twice, the last one counts.
    last = {value.key: value for value in found if value.key in _KEYS}
    return tuple(last.values()), _trimmed_end(content, brace)


def _trimmed_end(content: bytes, end: int) -> int:
    while end > 0 and content[end - 1] in b" \t\r\n":
        end -= 1
    return end


def _all_members(content: bytes, start: int) -> Iterator[Value]:
    end = start + 1
    for value in json_bytes.members(content, start):
        yield value
        end = value.end
    # There must be nothing but the brace behind the last.
    for _ in json_bytes.further_members(content, end):
        raise ValueError(f"more follows behind byte {end}")


def _last_members(content: bytes, raw: list[int]) -> list[Value] | None:
    """Return all members from the first relevant one on, if that is the map's own.

    It is if its object ends with the document. So the sources before it need not be read.
    """
    try:
        first = json_bytes.member_at(content, raw[0])
        return [first, *json_bytes.further_members(content, first.end)]
    except ValueError:
        return None


def _first_members(content: bytes, start: int, raw: list[int]) -> list[Value] | None:
    """Return all members up to the last relevant one; None if that is not the map's own.

    A debug id that is the last key is seen without reading the sources before it.
    """
    tail = _LAST_ID.search(content, max(start, len(content) - 400))
    if tail and raw[-1] == tail.start(1):
        raw = raw[:-1]
    if not raw or 2 * raw[-1] > len(content):
        return None  # it lies behind too much to read
    found: list[Value] = []
    for value in json_bytes.members(content, start):
        found.append(value)
        if value.key_start == raw[-1]:
            break
    else:
        return None
    if tail:
        found.append(json_bytes.member_at(content, tail.start(1)))
    return found


def _debug_id(content: bytes, found: Iterable[Value]) -> str | None:
    values = {value.key: content[value.start : value.end] for value in found}
    ids: set[str] = set()
    for key in ID_KEYS:
        if key in values:
            value = values[key].strip(b'"')
            if not _UUID.fullmatch(value):
                shown = value[:40].decode("ascii", "replace")
                raise DistributionError(
                    f"the source map's {key} is no UUID: {shown!r}; build it again"
                )
            ids.add(dashed(value))
    if len(ids) > 1:
        raise DistributionError(
            f"the source map has two debug ids, {' and '.join(sorted(ids))}; build it again"
        )
    return ids.pop() if ids else None


def _moved(content: bytes, found: Iterable[Value], line: int) -> Iterator[Splice]:
    """Yield the splices of section offsets: whole lines are inserted, so columns stay."""
    shifted: set[int] = set()
    for part in parts(ByteDocument(content), {value.key: value for value in found}):
        first = 0
        for offset in part.offsets:
            first += offset.line
            if first >= line:
                number = offset.number
                if number.start not in shifted:
                    shifted.add(number.start)
                    yield Splice(number.start, number.end - number.start, b"%d" % (offset.line + 1))
                break
        else:
            yield from _moved_part(content, part.members or {}, line - first)


def _moved_part(content: bytes, found: Mapping[str, Value], line: int) -> Iterator[Splice]:
    for key in _LINE_KEYS:
        if key in found:
            value = found[key]
            if content[value.start : value.start + 1] != b'"':
                raise DistributionError(f"the source map's {key} are no string; build it again")
            if value.end - value.start > 2:
                yield from _one_more_line(content, value, line)


def _one_more_line(content: bytes, value: Value, line: int) -> Iterator[Splice]:
    if line == 0:
        yield Splice(value.start + 1, 0, b";")
        return
    separators = _LINE_SEPARATOR.finditer(content, value.start, value.end)
    # With fewer lines than that, nothing stands behind the new one.
    for separator in islice(separators, line - 1, line):
        yield Splice(separator.end(), 0, b";")
