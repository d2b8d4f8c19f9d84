"""Puts missing texts of sources into a source map, and changes no other byte."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.byte_document import ByteDocument
from hatch_sentry_artifacts.assets.source_maps.facts import source_path
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value
from hatch_sentry_artifacts.assets.source_maps.sections import parts
from hatch_sentry_artifacts.assets.splices import Splice

# Limit for all texts together, so that no map becomes larger than a server takes.
MOST_TEXTS_BYTES = 64 * 1024 * 1024

_SEGMENT = re.compile(rb'[^;,\s"]')

ReadText = Callable[[str], "str | None"]


@dataclass(frozen=True)
class Filled:
    """The splices that give a map `count` texts.

    `lacking` names the sources that still have none, as `MapFacts.lacking_content` does.
    """

    splices: tuple[Splice, ...]
    count: int
    lacking: tuple[str, ...]


def fill(content: bytes, read: ReadText) -> Filled:
    """Fill in the missing texts of the map `content` that `read` returns.

    `read` is called with results of `source_path`. In an index map each section has its sources.
    Raises ValueError if the bytes cannot be read as UTF-8 JSON.
    """
    filling = _Filling(content, read)
    splices: list[Splice] = []
    document = ByteDocument(content)
    for part in parts(document, document.members(document.root)):
        splices += filling.splices(part.members or {})
    return Filled(tuple(splices), filling.count, tuple(filling.lacking))


class _Filling:
    def __init__(self, content: bytes, read: ReadText) -> None:
        self._content = content
        self._read = read
        self._size = 0
        self.count = 0
        self.lacking: list[str] = []

    def splices(self, members: Mapping[str, Value]) -> Iterator[Splice]:
        mappings, sources = members.get("mappings"), members.get("sources")
        if not mappings or not sources or not self._has_segments(mappings):
            return
        there = self._texts(members.get("sourcesContent"))
        names = self._loaded(sources)
        if not isinstance(names, list):
            return
        root = self._loaded(members.get("sourceRoot"))
        texts: dict[int, bytes] = {}
        for index, name in enumerate(names):
            has_text = index < len(there) and _begins(self._content, there[index], b'"')
            if isinstance(name, str) and not has_text:
                source = source_path(root, name)
                text = self._text(source)
                if text is None:
                    self.lacking.append(source)
                else:
                    texts[index] = text
        if texts:
            self.count += len(texts)
            yield from self._filled(members, there, texts, len(names))

    def _has_segments(self, mappings: Value) -> bool:
        return _SEGMENT.search(self._content, mappings.start, mappings.end) is not None

    def _loaded(self, value: Value | None) -> Any:
        return json.loads(self._content[value.start : value.end]) if value else None

    def _texts(self, contents: Value | None) -> Sequence[Value]:
        if contents is None or not _begins(self._content, contents, b"["):
            return ()
        return list(json_bytes.elements(self._content, contents.start))

    def _text(self, source: str) -> bytes | None:
        text = self._read(source)
        if text is None:
            return None
        written = json.dumps(text, ensure_ascii=False).encode()
        if self._size + len(written) > MOST_TEXTS_BYTES:
            return None
        self._size += len(written)
        return written

    def _filled(
        self,
        members: Mapping[str, Value],
        there: Sequence[Value],
        texts: Mapping[int, bytes],
        sources: int,
    ) -> Iterator[Splice]:
        """Yield the splices that put the texts into the existing array, or into a new one."""
        for value, index in zip(there, range(sources), strict=False):
            if index in texts:
                yield Splice(value.start, value.end - value.start, texts[index])
        rest = b",".join(texts.get(index, b"null") for index in range(len(there), sources))
        contents = members.get("sourcesContent")
        if contents is None:
            yield Splice(members["sources"].end, 0, b',"sourcesContent":[%s]' % rest)
        elif not _begins(self._content, contents, b"["):
            yield Splice(contents.start, contents.end - contents.start, b"[%s]" % rest)
        elif rest and there:
            yield Splice(there[-1].end, 0, b"," + rest)
        elif rest:
            yield Splice(contents.start + 1, 0, rest)


def _begins(content: bytes, value: Value, character: bytes) -> bool:
    return content.startswith(character, value.start)
