"""Walks over the maps that an index map holds in its sections, and over an ordinary map alike.

https://tc39.es/ecma426/#sec-index-source-map
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic

from hatch_sentry_artifacts.assets.source_maps.document import (
    MOST_ITEMS,
    BadMap,
    Document,
    Node,
    member,
    sound_members,
)

NO_MAP = "in one of its `sections`, there is no offset or no map"
_MOST_NESTED = 16
# symbolic reads none of these keys twice.
_OF_SECTIONS = frozenset(("offset", "url", "map"))
_OF_OFFSETS = frozenset(("line", "column"))


@dataclass(frozen=True, slots=True)
class Offset(Generic[Node]):
    """Where a section begins, from the beginning of the map around it; `number` is the line's."""

    line: int
    column: int
    number: Node


@dataclass(frozen=True, slots=True)
class Part(Generic[Node]):
    """A map that has mappings of its own, behind those offsets, outermost first.

    `members` is None where a section only says where its map is.
    """

    members: Mapping[str, Node] | None
    offsets: tuple[Offset[Node], ...] = ()

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
    document: Document[Node],
    found: Mapping[str, Node],
    offsets: tuple[Offset[Node], ...] = (),
    *,
    sound: bool = False,
) -> Iterator[Part[Node]]:
    """Yield the map whose members are `found`, or the maps of its sections, in their order.

    Raises BadMap where Sentry could not read the sections, or, if they have to be `sound`, the
    members of their maps.
    """
    sections = member(document, found, "sections")
    if sections is None:
        yield Part(found, offsets)
        return
    if len(offsets) > _MOST_NESTED:
        raise BadMap("its `sections` are nested too deeply")
    for number, section in enumerate(document.elements(sections)):
        if number >= MOST_ITEMS:
            raise BadMap(f"its `sections` are more than {MOST_ITEMS}")
        inner = document.members(section, _OF_SECTIONS)
        offset = _offset(document, inner)
        url = member(document, inner, "url")
        if url is not None and not document.is_text(url):
            raise BadMap("in one of its `sections`, `url` is no string")
        its_map = member(document, inner, "map")
        if its_map is None:
            yield Part(None, (*offsets, offset))
            continue
        try:
            of_map = sound_members(document, its_map) if sound else document.members(its_map)
        except BadMap as error:
            raise BadMap(f"in one of its `sections`, {error}") from None
        yield from parts(document, of_map, (*offsets, offset), sound=sound)


def _offset(document: Document[Node], section: Mapping[str, Node]) -> Offset[Node]:
    offset = document.members(section["offset"], _OF_OFFSETS) if "offset" in section else {}
    line, column = (
        document.number(offset[key]) if key in offset else None for key in ("line", "column")
    )
    if line is None or column is None:
        raise BadMap(NO_MAP)
    return Offset(line, column, offset["line"])
