"""Looks an original position up in a source map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.functions import enclosing_function

CONTEXT_LINES = 3
_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_MOST_NESTED = 16


class Unresolved(Exception):
    """The map does not lead to a position; the message says why."""


@dataclass(frozen=True)
class Original:
    """A place in a source, with line and column counted from 1, as Sentry shows them.

    `column` is in UTF-16 code units, as in source maps; `marker` counts the characters before it.
    `name` is what the map calls the thing there, `function` the function around it. `excerpt` has
    the lines around it with their numbers; it is empty if the map has no text of the source.
    """

    source: str
    line: int
    column: int
    name: str | None
    function: str | None
    excerpt: tuple[tuple[int, str], ...]
    marker: int


def require_ecma426() -> ModuleType:
    """The library that decodes mappings. Raises ConfigurationError if it is not installed."""
    try:
        import ecma426
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"looking positions up needs {error.name}: pip install 'hatch-sentry-artifacts[server]'"
        ) from None
    module: ModuleType = ecma426
    return module


def read_map(content: bytes) -> Mapping[str, Any]:
    """The map that `content` holds. Raises Unresolved if it is none."""
    try:
        text = content.decode("utf-8-sig")
        loaded = json.loads(text.partition("\n")[2] if text.startswith(")]}'") else text)
    except (ValueError, RecursionError) as error:
        raise Unresolved(f"the map cannot be read, it is no JSON: {error}") from None
    if not isinstance(loaded, dict):
        raise Unresolved("the map cannot be read, it is JSON but no object")
    return loaded


def find_original(
    source_map: Mapping[str, Any], line: int, column: int | None, script: Callable[[], str]
) -> Original:
    """What stood at a place of the script, whose line and column count from 1.

    Without a column, what the map knows first of that line. `script` gives the script's text, which
    is asked to name the function if the map has no text of the source. Raises Unresolved, or
    ConfigurationError without ecma426.
    """
    decoder = require_ecma426()
    # Source maps count both from 0: https://tc39.es/ecma426/#sec-position-types
    found = _look_up(decoder, source_map, line - 1, None if column is None else column - 1)
    index, sources, contents = int(found.token.source), found.sources, found.contents
    text = contents[index] if index < len(contents) and isinstance(contents[index], str) else None
    lines = _LINE_END.split(text) if text is not None else []
    at, units = found.token.original_line, found.token.original_column
    if text is not None and at >= len(lines):
        raise Unresolved(
            f"the map leads to line {at + 1} of {sources[index]}, which has {len(lines)}: it is "
            "not the map of that text"
        )
    marker = _characters(lines[at], units) if lines else 0
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
            for number in range(max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1)
            if number < len(lines)
        ),
        marker=marker,
    )


@dataclass(frozen=True)
class _Found:
    """A mapping whose `source` is an index into `sources` and `contents`."""

    token: Any
    sources: Sequence[str]
    contents: Sequence[Any]


def _look_up(
    decoder: ModuleType, source_map: Mapping[str, Any], line: int, column: int | None
) -> _Found:
    part, line, column = _section(source_map, line, column)
    sources, contents, mappings = (
        part.get(key, default)
        for key, default in (("sources", []), ("sourcesContent", []), ("mappings", ""))
    )
    names = part.get("names", [])
    if not (isinstance(sources, list) and isinstance(mappings, str) and isinstance(names, list)):
        raise Unresolved("the map has no usable `sources`, `names` and `mappings`")
    plain = {
        "version": part.get("version", 3),
        # By number, since two sources may have one name, or none.
        "sources": [str(number) for number in range(len(sources))],
        "names": [str(name) for name in names],
        "mappings": ";".join(mappings.split(";", line + 1)[: line + 1]),
    }
    try:
        decoded = decoder.decode(plain)
    except (ValueError, TypeError) as error:
        raise Unresolved(f"the map's mappings cannot be decoded: {error}") from None
    try:
        columns = decoded.line_index[line]
        token = decoded.lookup_left(line, min(columns) if column is None else column)
    except (LookupError, ValueError):
        raise Unresolved(_unmapped(line, column, decoded.line_index)) from None
    if not token.source:
        raise Unresolved("the map says that nothing original stands there: the bundler's own code")
    root = part.get("sourceRoot")
    prefix = root.rstrip("/") + "/" if isinstance(root, str) and root else ""
    return _Found(
        token,
        [prefix + source if isinstance(source, str) else "(no name)" for source in sources],
        contents if isinstance(contents, list) else [],
    )


def _unmapped(line: int, column: int | None, line_index: Sequence[Sequence[int]]) -> str:
    lines = max((number + 1 for number, columns in enumerate(line_index) if columns), default=0)
    if not lines:
        return f"the map maps nothing up to line {line + 1}"
    if lines <= line:
        return (
            f"the map maps nothing of line {line + 1}, the last mapped line before it is {lines}: "
            "is it the map of another build, or the line that of another script?"
        )
    return f"the map maps nothing of line {line + 1} up to column {(column or 0) + 1}"


def _section(
    source_map: Mapping[str, Any], line: int, column: int | None
) -> tuple[Mapping[str, Any], int, int | None]:
    """The part of an index map that holds the place, and the place within it."""
    for _ in range(_MOST_NESTED):
        if not isinstance(source_map.get("sections"), list):
            return source_map, line, column
        # Without a column, any section that begins in the line will do.
        place = (line, column if column is not None else 2**31)
        chosen: tuple[tuple[int, int], Mapping[str, Any]] | None = None
        try:
            for section in source_map["sections"]:
                start = (int(section["offset"]["line"]), int(section["offset"]["column"]))
                if start <= place and (chosen is None or start >= chosen[0]):
                    chosen = start, section["map"]
        except (KeyError, TypeError, ValueError):
            chosen = None
        if chosen is None or not isinstance(chosen[1], dict):
            raise Unresolved(f"none of the map's `sections` is about line {line + 1}")
        (first_line, first_column), source_map = chosen
        if line == first_line and column is not None:
            column -= first_column
        line -= first_line
    raise Unresolved("the map's `sections` are nested too deeply")


def _function_by_script(
    decoder: ModuleType,
    source_map: Mapping[str, Any],
    script: str,
    line: int,
    column: int | None,
) -> str | None:
    """What the map calls the function around a place in the script."""
    lines = _LINE_END.split(script)
    if line > len(lines):
        return None
    start = _line_start(script, line - 1)
    around = enclosing_function(script, start + _characters(lines[line - 1], (column or 1) - 1))
    if around is None:
        return None
    before = _LINE_END.split(script[: around.at])
    units = len(before[-1].encode("utf-16-le", "surrogatepass")) // 2
    try:
        found = _look_up(decoder, source_map, len(before) - 1, units)
    except Unresolved:
        return None
    name = found.token.name
    return _worded(name, inside=around.inside) if name else None


def _worded(name: str, *, inside: bool) -> str:
    return f"a function without a name in {name}" if inside else name


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line):
        end = _LINE_END.search(text, start)
        start = end.end() if end else len(text)
    return start


def _characters(line: str, units: int) -> int:
    """How many characters so many UTF-16 code units are."""
    encoded = line.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(encoded.decode("utf-16-le", "ignore"))
