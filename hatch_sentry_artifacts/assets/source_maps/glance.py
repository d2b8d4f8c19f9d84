"""Tells by a few searches that a map is as bundlers write them, where many are to be read.

To decode a map takes twice as long as to hash it. A quote within a string of JSON has a backslash
before it: so a key, or a null behind a string, is what it looks like wherever it stands.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.source_maps.mappings import Mappings

_ENDS_BYTES = 4096
_BEGIN = re.compile(rb"\s*\{\s*\"")
# What can follow the last quote of a map: that of a value, or of a key of an array of numbers.
_END = re.compile(rb'"(?:\s*:\s*\[[\d\s,]*\]|\s*\])?\s*\}\s*\Z')
_VERSION = re.compile(rb'[{,]\s*"version"\s*:\s*3\s*[,}]')
_SOURCES = re.compile(rb'"sources"\s*:\s*(?=\[\s*")')
_CONTENTS = re.compile(rb'"sourcesContent"\s*:( ?)\[\s*"')
_FILE = re.compile(rb'[{,]\s*"file"\s*:\s*("[ !#-\[\]-~]*")')
_MAPPINGS = re.compile(rb'"mappings"\s*:\s*"')
_SECTIONS = b'"sections"'


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen of a map in which all sources have a text.

    `may_have_id` is whether a key stands at one of its ends, or by the mappings, that may be a
    debug id.
    """

    sources: int
    mappings: Mappings
    file: str | None
    may_have_id: bool


def glance(content: bytes) -> Glance | None:
    """Return what is to be seen of an ordinary map; None if it is not plain that all is well.

    What is within the texts and names is not looked at.
    """
    if not _is_whole(content):
        return None
    head = content[:_ENDS_BYTES]
    mappings = _mappings(content)
    if mappings is None or not _VERSION.search(head) or _SECTIONS in head:
        return None
    file = _FILE.search(head)
    if _may_hold(content, mappings, b'"file"') != (file is not None):
        return None
    sources = _count_sources(content)
    if not sources or not _has_all_texts(content, mappings):
        return None
    return Glance(
        sources,
        mappings,
        json.loads(file[1]) if file else None,
        _may_hold(content, mappings, b'"debug'),
    )


def _may_hold(content: bytes, mappings: Mappings, key: bytes) -> bool:
    """Return whether `key` stands at an end of the map, or beside its mappings, as keys do."""
    start, end = mappings.start, mappings.end
    parts = ((0, _ENDS_BYTES), (max(0, start - _ENDS_BYTES), start), (end, len(content)))
    return any(content.find(key, *part) >= 0 for part in parts)


def _is_whole(content: bytes) -> bool:
    """Return whether it begins and ends as maps do, and is not cut short in a source's text."""
    quote = content.rfind(b'"')
    return (
        _BEGIN.match(content) is not None
        and content[quote - 1 : quote] != b"\\"
        and _END.match(content, quote) is not None
    )


def _mappings(content: bytes) -> Mappings | None:
    found = _MAPPINGS.search(content, 0, _ENDS_BYTES)
    if found is None:
        found = _MAPPINGS.match(content, max(0, content.rfind(b'"mappings"')))
    if found is None:
        return None
    end = content.find(b'"', found.end())
    if end < 0 or content.find(b"\\", found.end(), end) >= 0:
        return None
    return Mappings(content, found.end(), end)


def _count_sources(content: bytes) -> int:
    found = _SOURCES.match(content, max(0, content.find(b'"sources"')))
    end = content.find(b"]", found.end()) + 1 if found else 0
    if not found or not end:
        return 0
    try:
        return len(json.loads(content[found.end() : end]))
    except ValueError:
        return 0


def _has_all_texts(content: bytes, mappings: Mappings) -> bool:
    """Return whether there are texts, and none of them is null."""
    found = _CONTENTS.match(content, max(0, content.find(b'"sourcesContent"')))
    if found is None:
        return False
    end = mappings.start if found.start() < mappings.start else len(content)
    # Who puts a space behind colons puts one behind commas.
    return content.find(b'",%snull' % found[1], found.end(), end) < 0
