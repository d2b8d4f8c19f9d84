"""Finds what a source map holds and whether Sentry can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any

from hatch_sentry_artifacts.assets.source_maps.document import (
    MOST_ITEMS,
    BadMap,
    Document,
    Node,
    debug_id,
    member,
    sound_members,
    texts,
)
from hatch_sentry_artifacts.assets.source_maps.glance import Glance, glance
from hatch_sentry_artifacts.assets.source_maps.layout import read_debug_id
from hatch_sentry_artifacts.assets.source_maps.mappings import (
    FULL_EFFORT,
    NO_MAPPINGS,
    Effort,
    find_problem,
)
from hatch_sentry_artifacts.assets.source_maps.reading import MOST_DECODED_BYTES, read_document
from hatch_sentry_artifacts.assets.source_maps.sections import NO_MAP, parts

# A scheme (webpack://, file://, a drive), or a path from the top or to another machine.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")
_LONGEST_FILE = 4096
_MANY_BYTES = 256 * 1024
_one_at_a_time = Lock()
_MAPPINGS = re.compile(rb'"(?:mappings"\s*:\s*"|sections"\s*:\s*\[)')


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What a map tells of its script and its sources.

    `problem` says why nobody can use it, None if nothing does; `empty`, that it has no bytes at
    all. `lines` are the generated lines up to the last that it maps, 0 if it maps none. `sources`
    counts them, and `lacking_content` names those whose text is missing. `file` is what it calls
    its script. `foreign` is whether there is nothing of a source map in it: games call their levels
    `.map`, too. `debug_id` is that of its own keys, if nothing is wrong with it.
    """

    problem: str | None = None
    empty: bool = False
    lines: int = 0
    sources: int = 0
    lacking_content: tuple[str, ...] = ()
    file: str | None = None
    foreign: bool = False
    debug_id: str | None = None


def read_facts(
    content: bytes, effort: Effort = FULL_EFFORT, *, most_decoded: int = MOST_DECODED_BYTES
) -> MapFacts:
    """Return the facts of the map `content`: JSON in UTF-8, see ECMA-426.

    A problem is what Sentry's library symbolic refuses, or a map without mappings, which is of no
    use. `effort` bounds how much of it is checked; of documents of more than
    `most_decoded` bytes, no more is looked at than these facts need.
    """
    if not content or content.isspace():
        return MapFacts("it is empty", empty=True)
    seen = glance(content) if len(content) > effort.read else None
    if seen is not None:
        return _at_a_glance(content, seen, effort)
    try:
        # What is decoded takes up to 40 times its bytes, and threads decode in turn anyway.
        with _one_at_a_time if len(content) > _MANY_BYTES else nullcontext():
            return _facts(read_document(content, most_decoded), effort)
    except BadMap as error:
        problem = str(error)
    except ValueError as error:
        problem = f"it is not JSON, or only a part of it: {error}"
    return MapFacts(problem, foreign=_MAPPINGS.search(content) is None)


def _at_a_glance(content: bytes, seen: Glance, effort: Effort) -> MapFacts:
    """Return the facts of a map that is plainly one that a bundler wrote, with all texts."""
    problem = find_problem(seen.mappings, seen.sources, MOST_ITEMS, effort)
    if problem:
        return MapFacts(problem)
    return MapFacts(
        lines=seen.mappings.count_lines(),
        sources=seen.sources,
        file=seen.file,
        debug_id=read_debug_id(content) if seen.may_have_id else None,
    )


def _facts(document: Document[Node], effort: Effort) -> MapFacts:
    """Return the facts of a map together with those of its sections."""
    found = sound_members(document, document.root)
    inside = member(document, found, "sections") is not None
    if not inside and member(document, found, "mappings") is None:
        return MapFacts("it has no `mappings`")
    lines = sources = 0
    lacking: list[str] = []
    for part in parts(document, found, sound=True):
        if part.members is None:
            raise BadMap(NO_MAP)
        facts = _part_facts(document, part.members, effort)
        if facts.problem:
            prefix = "in one of its `sections`, " if inside else ""
            return MapFacts(prefix + facts.problem)
        lines = max(lines, part.line + facts.lines if facts.lines else 0)
        sources += facts.sources
        lacking += facts.lacking_content
    return MapFacts(
        lines=lines,
        sources=sources,
        lacking_content=tuple(lacking),
        file=_file(document, found),
        debug_id=debug_id(document, found),
    )


def _file(document: Document[Node], found: Mapping[str, Node]) -> str | None:
    file = found.get("file")
    if file is None or not document.is_text(file) or document.is_large(file):
        return None
    name: str = document.load(file)
    return name if len(name) <= _LONGEST_FILE else None


def _part_facts(document: Document[Node], found: Mapping[str, Node], effort: Effort) -> MapFacts:
    node, names = (member(document, found, key) for key in ("mappings", "names"))
    mappings = NO_MAPPINGS if node is None else document.mappings(node)
    sources = texts(document, found, "sources")
    there = texts(document, found, "sourcesContent", assumed=len(sources))
    problem = find_problem(
        mappings, len(sources), 0 if names is None else document.count(names), effort
    )
    if problem:
        return MapFacts(problem)
    lines = mappings.count_lines()
    if not lines:
        return MapFacts(sources=len(sources))
    return MapFacts(
        lines=lines,
        sources=len(sources),
        lacking_content=tuple(_sources_lacking_text(document, found, sources, there)),
    )


def _sources_lacking_text(
    document: Document[Node],
    found: Mapping[str, Node],
    sources: Sequence[bool],
    there: Sequence[bool],
) -> Iterator[str]:
    """Yield the sources that have a name, but no text."""
    if len(there) >= len(sources) and all(there):
        return
    lacking = [
        index
        for index, named in enumerate(sources)
        if named and not (index < len(there) and there[index])
    ]
    if lacking:
        names, root = (_loaded(document, found, key) for key in ("sources", "sourceRoot"))
        yield from (source_path(root, names[index]) for index in lacking)


def _loaded(document: Document[Node], found: Mapping[str, Node], key: str) -> Any:
    node = member(document, found, key)
    return None if node is None else document.load(node)


def is_absolute(source: str) -> bool:
    """Return whether a source's name in a map is absolute, not relative to the map."""
    return _ABSOLUTE.match(source) is not None


def source_path(root: object, source: str) -> str:
    """Return the path of a source: behind the map's `sourceRoot`, unless it is absolute."""
    if not root or not isinstance(root, str) or is_absolute(source):
        return source
    return f"{root.rstrip('/')}/{source}"
