"""Says what a source map holds, without reading more of it than that takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Where generators other than those that write `mappings` last put it.
_HEAD_BYTES = 4096
_MOST_KEYS = 32
_VERSION = re.compile(rb'[{,]\s*"version"\s*:\s*3\s*[,}]')
_MAPPINGS = re.compile(rb'"mappings"\s*:\s*"')
_CONTENTS = re.compile(rb'"sourcesContent"\s*:(\s*)\[\s*"')
_BEGINS = re.compile(rb"\s*\{")
# What can follow the last quote of a map, that of a value or of a key with an array of numbers.
_ENDS = re.compile(rb'"(?:\s*:\s*\[[\d\s,]*\]|\s*\])?\s*\}\s*\Z')
_SEGMENT = re.compile(r"[^;,\s]")
# A scheme (webpack://, file://, a drive), or a path from the top or to another machine.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What a map tells of its script and its sources.

    `problem` says why nobody can use it, None if nothing does; `empty`, that it has no bytes at
    all. `lines` are the generated lines up to the last that it maps, 0 if it maps none.
    `without_content` names, out of `sources`, those whose text is missing.
    """

    problem: str | None = None
    empty: bool = False
    lines: int = 0
    sources: int = 0
    without_content: tuple[str, ...] = ()


def read_facts(content: bytes) -> MapFacts:
    """The facts of the map `content`, UTF-8 JSON as ECMA-426 has it.

    Parsing a map takes several times as long as hashing it, so one that looks as generators write
    it, with the text of all its sources, is believed to be so. All others are parsed.
    """
    return _at_a_glance(content) or _parsed(content)


def _at_a_glance(content: bytes) -> MapFacts | None:
    """The facts of an ordinary map in which all is well, None if that is not plain to see.

    A quote inside a JSON string has a backslash before it, so `"mappings"` and `",null` without one
    are what they look like, wherever they stand.
    """
    if not _whole(content) or not _VERSION.search(content, 0, _HEAD_BYTES):
        return None
    start = _mappings_start(content)
    if start is None:
        return None
    end = content.find(b'"', start)
    if end < 0 or not (_all_there(content, 0, start) or _all_there(content, end, len(content))):
        return None
    last = end
    while last > start and content[last - 1] in b";,":
        last -= 1
    return MapFacts(lines=content.count(b";", start, last) + 1) if last > start else None


def _whole(content: bytes) -> bool:
    """Whether it begins and ends as a map does, and is not cut short in the text of a source."""
    quote = content.rfind(b'"')
    return (
        _BEGINS.match(content) is not None
        and content[quote - 1 : quote] != b"\\"
        and _ENDS.match(content, quote) is not None
    )


def _mappings_start(content: bytes) -> int | None:
    """Where the value of the only key `mappings` begins."""
    found = _MAPPINGS.search(content, 0, _HEAD_BYTES)
    if found:
        return found.end()
    at = len(content)
    for _ in range(_MOST_KEYS):  # it may be in `names` too
        at = content.rfind(b'"mappings"', 0, at)
        found = _MAPPINGS.match(content, at) if at >= 0 else None
        if found:
            return found.end()
    return None


def _all_there(content: bytes, start: int, end: int) -> bool:
    """Whether `sourcesContent` begins in content[start:end], and no text up to `end` is null.

    That it has an element for each source is taken for granted.
    """
    contents = _CONTENTS.search(content, start, end)
    if contents is None:
        return False
    missing = b'", null' if contents[1] else b'",null'
    at = contents.start()
    while (at := content.find(missing, at, end)) >= 0:
        if content[at - 1 : at] != b"\\":
            return False
        at += len(missing)
    return True


def _parsed(content: bytes) -> MapFacts:
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        return MapFacts("it is empty", empty=True)
    if text.startswith(b")]}'"):
        text = text.partition(b"\n")[2]
    if text.startswith(b"<"):
        return MapFacts("it is HTML or XML, not JSON")
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        return MapFacts(f"it is not JSON, or only a part of it: {error}")
    if not isinstance(loaded, dict):
        return MapFacts("it is JSON, but not an object")
    return _facts(loaded)


def _facts(loaded: Mapping[str, Any]) -> MapFacts:
    version = loaded.get("version")
    if version not in {3, "3"}:
        return MapFacts(f"its version is {json.dumps(version)[:40]}, not 3")
    if isinstance(loaded.get("sections"), list):
        return _facts_of_sections(loaded["sections"])
    mappings, sources = loaded.get("mappings"), loaded.get("sources")
    if not isinstance(mappings, str):
        return MapFacts("it has no `mappings`")
    if not isinstance(sources, list):
        return MapFacts("it has no `sources`")
    if not _SEGMENT.search(mappings):
        return MapFacts(sources=len(sources))
    contents = loaded.get("sourcesContent")
    texts: Sequence[object] = contents if isinstance(contents, list) else ()
    root = loaded.get("sourceRoot")
    without = tuple(
        source_path(root, source)
        for index, source in enumerate(sources)
        if isinstance(source, str) and not (index < len(texts) and isinstance(texts[index], str))
    )
    lines = mappings.rstrip(";,").count(";") + 1
    return MapFacts(lines=lines, sources=len(sources), without_content=without)


def is_absolute(source: str) -> bool:
    """Whether a source, as maps name them, is not told relative to the map."""
    return _ABSOLUTE.match(source) is not None


def source_path(root: object, source: str) -> str:
    """A source as its map means it: behind the map's `sourceRoot`, unless it is told absolutely."""
    if not root or not isinstance(root, str) or is_absolute(source):
        return source
    return f"{root.rstrip('/')}/{source}"


def _facts_of_sections(sections: Sequence[Any]) -> MapFacts:
    lines, sources = 0, 0
    without: list[str] = []
    for section in sections:
        try:
            first = int(section["offset"]["line"])
            inner = section.get("map")
            facts = _facts(inner) if inner is not None else MapFacts()
        except (TypeError, KeyError, ValueError, AttributeError, RecursionError):
            return MapFacts("one of its `sections` has no offset or no map")
        if facts.problem:
            return MapFacts(f"in one of its `sections`, {facts.problem}")
        lines = max(lines, first + facts.lines if facts.lines else 0)
        sources += facts.sources
        without += facts.without_content
    return MapFacts(lines=lines, sources=sources, without_content=tuple(without))
