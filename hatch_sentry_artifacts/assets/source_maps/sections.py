"""Walks over the maps that an index map holds in its sections, and over an ordinary map alike.

https://tc39.es/ecma426/#sec-index-source-map
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.document import (
    MOST_ITEMS,
    BadMap,
    is_null,
    members,
    whole_number,
)
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value

NO_MAP = "in one of its `sections`, there is no offset or no map"
_MOST_NESTED = 16


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a section begins, from the beginning of the map around it; `number` is the line's."""

    line: int
    column: int
    number: Value


@dataclass(frozen=True, slots=True)
class Part:
    """A map that has mappings of its own, behind those offsets, outermost first.

    `members` is None where a section only says where its map is.
    """

    members: Mapping[str, Value] | None
    offsets: tuple[Offset, ...] = ()

    @property
    def line(self) -> int:
        """The generated line, from 0, at which its mappings begin."""
        return sum(each.line for each in self.offsets)

    @property
    def column(self) -> int:
        """The column at which its first line begins."""
        column = 0
        for each in self.offsets:
            column = each.column + (column if each.line == 0 else 0)
        return column


def parts(
    content: bytes,
    found: Mapping[str, Value],
    offsets: tuple[Offset, ...] = (),
    *,
    read: Callable[[bytes, int], Mapping[str, Value]] = members,
) -> Iterator[Part]:
    """Yield the map whose members are `found`, or the maps of its sections, in their order.

    `read` gives the members of these. Raises BadMap where Sentry could not read the sections.
    """
    sections = found.get("sections")
    if sections is None or is_null(content, sections):
        yield Part(found, offsets)
        return
    if len(offsets) > _MOST_NESTED:
        raise BadMap("its `sections` are nested too deeply")
    for number, section in enumerate(json_bytes.elements(content, sections.start)):
        if number >= MOST_ITEMS:
            raise BadMap(f"its `sections` are more than {MOST_ITEMS}")
        inner = members(content, section.start)
        offset = _offset(content, inner)
        url = inner.get("url")
        if url and not (is_null(content, url) or content.startswith(b'"', url.start)):
            raise BadMap("in one of its `sections`, `url` is no string")
        if "map" not in inner or is_null(content, inner["map"]):
            yield Part(None, (*offsets, offset))
            continue
        try:
            of_map = read(content, inner["map"].start)
        except BadMap as error:
            raise BadMap(f"in one of its `sections`, {error}") from None
        yield from parts(content, of_map, (*offsets, offset), read=read)


def _offset(content: bytes, section: Mapping[str, Value]) -> Offset:
    offset = members(content, section["offset"].start) if "offset" in section else {}
    line, column = (whole_number(content, offset.get(key)) for key in ("line", "column"))
    if line is None or column is None:
        raise BadMap(NO_MAP)
    return Offset(line, column, offset["line"])
