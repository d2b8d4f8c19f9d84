"""Finds original positions in a source map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from hatch_sentry_artifacts.assets.source_maps import sections
from hatch_sentry_artifacts.assets.source_maps.document import Document, Node
from hatch_sentry_artifacts.assets.source_maps.facts import read_facts
from hatch_sentry_artifacts.assets.source_maps.reading import read_document
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.functions import enclosing_function

CONTEXT_LINES = 3
LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_NEEDED = frozenset(("sources", "sourcesContent", "sourceRoot", "names", "mappings"))
_NO_COLUMN = 2**31
MAPS_NOTHING = "the map maps nothing at all: is it the map of another build?"
# Maps that are kept: frames of a trace are often of one script, or of two.
_KEPT = 2


class Unresolved(Exception):
    """The map does not lead to a position; the message says why."""


@dataclass(frozen=True)
class Original:
    """A place in a source, with line and column counted from 1, as Sentry shows them.

    `column` is in UTF-16 code units, as in source maps; `marker` counts the characters before it.
    `name` is what the map calls the thing there, `function` the function around it. `excerpt` has
    the lines around it with their numbers; it is empty if the map has no text of the source.
    `near` says that nothing is mapped at the place itself, so that only an older Sentry takes this.
    """

    source: str
    line: int
    column: int
    name: str | None
    function: str | None
    excerpt: tuple[tuple[int, str], ...]
    marker: int
    near: bool = False


def require_ecma426() -> ModuleType:
    """Return the library that decodes mappings. Raises ConfigurationError if it is missing."""
    try:
        import ecma426
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"looking positions up needs {error.name}: "
            "pip install 'hatch-sentry-artifacts[explain]'"
        ) from None
    module: ModuleType = ecma426
    return module


@dataclass(frozen=True)
class Part:
    """A map without sections, and where in the script it begins, counted from 0."""

    line: int
    column: int
    map: Mapping[str, Any]


@lru_cache(_KEPT)
def read_map(content: bytes) -> Sequence[Part]:
    """Return the maps that `content` holds in its sections, or the one map that it is.

    They are in the order of their places. Raises Unresolved if Sentry cannot read them.
    """
    problem = read_facts(content).problem
    if problem:
        raise Unresolved(f"the map cannot be read: {problem}")
    try:
        document = read_document(content)
        found = [
            Part(each.line, each.column, _loaded(document, each.members or {}))
            for each in sections.parts(document, document.members(document.root))
        ]
    except (ValueError, RecursionError) as error:
        raise Unresolved(f"the map cannot be read: {error}") from None
    return sorted(found, key=lambda part: (part.line, part.column))


def _loaded(document: Document[Node], members: Mapping[str, Node]) -> Mapping[str, Any]:
    """Return what a look-up needs of a map's members."""
    return {key: document.load(node) for key, node in members.items() if key in _NEEDED}


def find_original(
    source_map: Sequence[Part],
    line: int,
    column: int | None,
    script: Callable[[], str],
    *,
    context: int = CONTEXT_LINES,
) -> Original:
    """Return the original of a place in the script; line and column count from 1.

    Without a column, it is the line's first mapping. `script` returns the script's text, which is
    used to name the function if the map has no text of the source. The excerpt has up to `context`
    lines before and behind the place. Raises Unresolved, or ConfigurationError without ecma426.
    """
    decoder = require_ecma426()
    # Source maps count both from 0: https://tc39.es/ecma426/#sec-position-types
    found = _look_up(decoder, source_map, line - 1, None if column is None else column - 1)
    index, sources, contents = int(found.token.source), found.sources, found.contents
    text = contents[index] if index < len(contents) and isinstance(contents[index], str) else None
    lines = LINE_END.split(text) if text is not None else []
    at, units = found.token.original_line, found.token.original_column
    if at < 0 or units < 0:
        raise Unresolved(
            f"the map leads to line {at + 1}, column {units + 1} of {sources[index]}, where "
            "nothing can be: build it again"
        )
    if text is not None and at >= len(lines):
        raise Unresolved(
            f"the map leads to line {at + 1} of {sources[index]}, which has {len(lines)}: it is "
            "not the map of that text"
        )
    marker = characters_in(lines[at], units) if lines else 0
    if text is not None:
        around = enclosing_function(text, _line_start(text, at) + marker)
        function = _worded(around.name, inside=around.inside) if around else None
    else:
        function = _function_by_script(decoder, source_map, script(), line, column)
    return Original(
        source=sources[index],
        line=at + 1,
        column=units + 1,
        name=found.token.name or None,
        function=function,
        excerpt=tuple(
            (number + 1, lines[number])
            for number in range(max(0, at - context), at + context + 1)
            if number < len(lines)
        ),
        marker=marker,
        near=found.near,
    )


@dataclass(frozen=True)
class _Found:
    """A mapping whose `source` is an index into `sources` and `contents`.

    `near` says that it is not of the place itself but the one before it, or the map's first.
    """

    token: Any
    sources: Sequence[str]
    contents: Sequence[Any]
    near: bool


def _look_up(decoder: ModuleType, parts: Sequence[Part], line: int, column: int | None) -> _Found:
    """Find the mapping of a place, counted from 0; or else the one that Sentry takes instead.

    Up to symbolic 12.16 (August 2025), Sentry takes the last mapping before the place, even of
    another line, and the first of all where there is none before: see getsentry/symbolic#932.
    """
    # Without a column, any part that begins in the line will do.
    end = (line, column if column is not None else _NO_COLUMN)
    for part in reversed([each for each in parts if (each.line, each.column) <= end]):
        decoded = _decoded(decoder, part.map, end[0] - part.line)
        tokens = [each for each in decoded if _place(each, part) <= end]
        if tokens:
            token = _chosen(tokens, line - part.line, by_column=column is not None)
            exact = token.generated_line + part.line == line
            return _found(part.map, token, near=not exact)
        end = (part.line, part.column - 1)
    for part in parts:
        for lines in _line_counts(part.map):
            decoded = _decoded(decoder, part.map, lines)
            if decoded:
                return _found(part.map, decoded[0], near=True)
    raise Unresolved(MAPS_NOTHING)


def _chosen(tokens: Sequence[Any], line: int, *, by_column: bool) -> Any:
    """Choose the last of the tokens, or without a column the first of the line, if it has one."""
    of_line = [each for each in tokens if each.generated_line == line]
    if of_line and not by_column:
        return min(of_line, key=lambda each: each.generated_column)
    last = max((each.generated_line, each.generated_column) for each in tokens)
    # Of several at one place, the last counts.
    return [each for each in tokens if (each.generated_line, each.generated_column) == last][-1]


def _place(token: Any, part: Part) -> tuple[int, int]:
    """Return the token's place in the whole script."""
    column = token.generated_column + (part.column if token.generated_line == 0 else 0)
    return token.generated_line + part.line, column


def _line_counts(source_map: Mapping[str, Any]) -> Iterator[int]:
    """Yield numbers of lines to decode until there is a mapping."""
    mappings = source_map.get("mappings", "")
    if isinstance(mappings, str) and mappings.strip(";"):
        yield len(mappings) - len(mappings.lstrip(";"))


def _decoded(decoder: ModuleType, part: Mapping[str, Any], line: int) -> Sequence[Any]:
    """Decode the mappings of a map up to the line, counted from 0."""
    sources, mappings, names = (
        part.get(key, default)
        for key, default in (("sources", []), ("mappings", ""), ("names", []))
    )
    if not (isinstance(sources, list) and isinstance(mappings, str) and isinstance(names, list)):
        raise Unresolved("the map has no usable `sources`, `names` and `mappings`")
    # The next power of two, so that few other lines of a script are decoded again.
    lines = 1 << min(line, len(mappings)).bit_length()
    return _decoded_lines(decoder, mappings, lines, len(sources), tuple(map(str, names)))


@lru_cache(_KEPT)
def _decoded_lines(
    decoder: ModuleType, mappings: str, lines: int, sources: int, names: Sequence[str]
) -> Sequence[Any]:
    plain = {
        # Sentry ignores the version.
        "version": 3,
        # By number, since two sources may have one name, or none.
        "sources": [str(number) for number in range(sources)],
        "names": list(names),
        "mappings": ";".join(mappings.split(";", lines)[:lines]),
    }
    try:
        tokens: Sequence[Any] = decoder.decode(plain).tokens
    except (LookupError, ValueError, TypeError) as error:
        raise Unresolved(f"the map's mappings cannot be decoded: {error}") from None
    return tokens


def _found(part: Mapping[str, Any], token: Any, *, near: bool) -> _Found:
    """Return the mapping with what its map says of sources. Raises Unresolved if it has none."""
    if not token.source:
        raise Unresolved("the map says that nothing original stands there: the bundler's own code")
    sources, contents = part.get("sources", []), part.get("sourcesContent", [])
    root = part.get("sourceRoot")
    prefix = root.rstrip("/") + "/" if isinstance(root, str) and root else ""
    return _Found(
        token,
        [prefix + source if isinstance(source, str) else "(no name)" for source in sources],
        contents if isinstance(contents, list) else [],
        near,
    )


def _function_by_script(
    decoder: ModuleType,
    source_map: Sequence[Part],
    script: str,
    line: int,
    column: int | None,
) -> str | None:
    """Return what the map calls the function around a place in the script."""
    lines = LINE_END.split(script)
    if line > len(lines):
        return None
    start = _line_start(script, line - 1)
    around = enclosing_function(script, start + characters_in(lines[line - 1], (column or 1) - 1))
    if around is None:
        return None
    before = LINE_END.split(script[: around.at])
    units = len(before[-1].encode("utf-16-le", "surrogatepass")) // 2
    try:
        found = _look_up(decoder, source_map, len(before) - 1, units)
    except Unresolved:
        return None
    name = None if found.near else found.token.name
    return _worded(name, inside=around.inside) if name else None


def _worded(name: str, *, inside: bool) -> str:
    return f"a function without a name in {name}" if inside else name


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line):
        end = LINE_END.search(text, start)
        start = end.end() if end else len(text)
    return start


def characters_in(line: str, units: int) -> int:
    """Return the number of characters in that many UTF-16 code units."""
    encoded = line.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(encoded.decode("utf-16-le", "ignore"))
