"""Finds what a source map holds and whether Sentry can read it, without decoding its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.document import (
    BadMap,
    is_null,
    loaded,
    read_document,
    sound_members,
    texts,
)
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value
from hatch_sentry_artifacts.assets.source_maps.mappings import (
    FULL_EFFORT,
    Effort,
    Mappings,
    find_problem,
)
from hatch_sentry_artifacts.assets.source_maps.sections import NO_MAP, parts

# A scheme (webpack://, file://, a drive), or a path from the top or to another machine.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")
_LONGEST_FILE = 4096
_LARGE_BYTES = 256 * 1024
_MAPPINGS = re.compile(rb'"(?:mappings"\s*:\s*"|sections"\s*:\s*\[)')


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What a map tells of its script and its sources.

    `problem` says why nobody can use it, None if nothing does; `empty`, that it has no bytes at
    all. `lines` are the generated lines up to the last that it maps, 0 if it maps none. `sources`
    counts them, and `lacking_content` names those whose text is missing. `file` is what it calls
    its script. `foreign` is whether there is nothing of a source map in it: games call their levels
    `.map`, too.
    """

    problem: str | None = None
    empty: bool = False
    lines: int = 0
    sources: int = 0
    lacking_content: tuple[str, ...] = ()
    file: str | None = None
    foreign: bool = False


def read_facts(content: bytes, effort: Effort = FULL_EFFORT) -> MapFacts:
    """Return the facts of the map `content`: JSON in UTF-8, see ECMA-426.

    A problem is what Sentry's library symbolic refuses, or a map without mappings, which is of no
    use. `effort` bounds how much of the mappings is checked.
    """
    if not content or content.isspace():
        return MapFacts("it is empty", empty=True)
    try:
        found = read_document(content)
        if not (_has(content, found, "mappings") or _has(content, found, "sections")):
            return MapFacts("it has no `mappings`")
        return _joined(content, found, effort)
    except BadMap as error:
        problem = str(error)
    except ValueError as error:
        problem = f"it is not JSON, or only a part of it: {error}"
    return MapFacts(problem, foreign=_MAPPINGS.search(content) is None)


def _has(content: bytes, found: Mapping[str, Value], key: str) -> bool:
    return key in found and not is_null(content, found[key])


def _joined(content: bytes, found: Mapping[str, Value], effort: Effort) -> MapFacts:
    """Return the facts of a map together with those of its sections."""
    lines = sources = 0
    lacking: list[str] = []
    inside = _has(content, found, "sections")
    for part in parts(content, found, read=sound_members):
        if part.members is None:
            raise BadMap(NO_MAP)
        facts = _part_facts(content, part.members, effort)
        if facts.problem:
            prefix = "in one of its `sections`, " if inside else ""
            return MapFacts(prefix + facts.problem)
        lines = max(lines, part.line + facts.lines if facts.lines else 0)
        sources += facts.sources
        lacking += facts.lacking_content
    file = found.get("file")
    name = loaded(content, file) if file and file.end - file.start < _LONGEST_FILE else None
    return MapFacts(
        lines=lines,
        sources=sources,
        lacking_content=tuple(lacking),
        file=name if isinstance(name, str) else None,
    )


def _part_facts(content: bytes, found: Mapping[str, Value], effort: Effort) -> MapFacts:
    mappings = _mappings(content, found.get("mappings"))
    sources = list(texts(content, found.get("sources")))
    there = _texts_there(content, found.get("sourcesContent"), len(sources))
    names = (
        json_bytes.count_elements(content, found["names"].start)
        if _has(content, found, "names")
        else 0
    )
    problem = find_problem(mappings, len(sources), names, effort)
    if problem:
        return MapFacts(problem)
    last = mappings.end
    while last > mappings.start and mappings.content[last - 1] in b";,":
        last -= 1
    if last == mappings.start:
        return MapFacts(sources=len(sources))
    return MapFacts(
        lines=mappings.content.count(b";", mappings.start, last) + 1,
        sources=len(sources),
        lacking_content=tuple(_sources_lacking_text(content, found, sources, there)),
    )


def _texts_there(content: bytes, value: Value | None, sources: int) -> Sequence[bool]:
    """Return for each source whether its text is there.

    A large array in the usual form in which no text is null is assumed to have one for each source:
    it was walked over once already, which takes longer than everything else.
    """
    if value is None or value.end - value.start < _LARGE_BYTES:
        return list(texts(content, value))
    if content.startswith(b'["', value.start) and not any(
        content.find(missing, value.start, value.end) >= 0 for missing in (b'",null', b'", null')
    ):
        return [True] * sources
    return list(texts(content, value))


def _mappings(content: bytes, value: Value | None) -> Mappings:
    if value is None or is_null(content, value):
        return Mappings(b"", 0, 0)
    start, end = value.start + 1, value.end - 1
    if content.find(b"\\", start, end) < 0:
        return Mappings(content, start, end)
    text: str = loaded(content, value)
    encoded = text.encode("utf-8", "replace")
    return Mappings(encoded, 0, len(encoded))


def _sources_lacking_text(
    content: bytes, found: Mapping[str, Value], sources: Sequence[bool], there: Sequence[bool]
) -> Iterator[str]:
    """Yield the sources that have a name, but no text."""
    lacking = [
        index
        for index, named in enumerate(sources)
        if named and not (index < len(there) and there[index])
    ]
    if lacking:
        names = loaded(content, found.get("sources"))
        root = loaded(content, found.get("sourceRoot"))
        yield from (source_path(root, names[index]) for index in lacking)


def is_absolute(source: str) -> bool:
    """Return whether a source's name in a map is absolute, not relative to the map."""
    return _ABSOLUTE.match(source) is not None


def source_path(root: object, source: str) -> str:
    """Return the path of a source: behind the map's `sourceRoot`, unless it is absolute."""
    if not root or not isinstance(root, str) or is_absolute(source):
        return source
    return f"{root.rstrip('/')}/{source}"
