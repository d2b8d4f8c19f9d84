"""Reads one line of a stack trace, of whatever engine, and as Sentry copies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.position import EXAMPLE, LONGEST_LINE, Position, read_position
from hatch_sentry_artifacts.explain.strange_places import strange_place

_LONGEST_SHOWN = 200
# A function's name may hold some before those around the place.
_MOST_BRACKETS = 8
_EVAL_NOTE = "code that eval or Function made there: the place is that of their call"
# What scripts are called, where there is neither a scheme nor a path before the name.
_ENDING = r"\.(?:[cm]?[jt]sx?|vue|svelte|html?|bundle|jsbundle|hbc)"
_BEGINS = (
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:[\\/]|~?/(?!/)|\.{1,2}/|"
    r"(?:blob|data|javascript|webpack-internal|node|internal|bun|wasm|about|debugger eval code|"
    r"self-hosted|webkit-masked-url)\b|\[native code\]|\[wasm code\]|<anonymous>|"
    rf"[\w$.-][^\s()@:]*{_ENDING}(?:\?[^\s()]*)?:[-+0-9])"
)
# Of these, each place has one: other lines need not be looked at closely.
_MARKS = re.compile(r"[:/<\[]|\((?:native|index|unknown)\b| line ", re.IGNORECASE)
# V8: Chrome, Edge, Node.js, and Hermes, which adds "address at".
_AT = re.compile(r"(?:\A|(?<=[\s>|\"'`]))at\s+(?:async\s+)?")
_ADDRESS = re.compile(r"address at\s+")
_BARE = re.compile(_BEGINS)
_WITHIN = re.compile(rf"(?<=[\s(]){_BEGINS}")
_CALL = re.compile(r"[^(]*?\s?\((?:address at\s+)?")
_EVAL_AT = "eval at "
# Firefox and Safari: name@place; the console of Chrome: name @ place.
_AFTER_AT_SIGN = re.compile(rf"@\s*(?={_BEGINS})")
# Such a line is a bare URL, whose path may have that sign: /static/@scope/app.js.
_URL_BEGINS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|~?/|\.{1,2}/")
_GECKO_EVAL = re.compile(r"(?P<url>\S+) line (?P<line>\d+) > .*")
# Sentry's own wordings: "/static/app.js in render at line 1:48213", and in its Markdown
# "render in /static/app.js [Line 1, column 48213] (In app)".
_AT_LINE = " at line "
_LINE_AND_COLUMN = re.compile(r"\d+(?::\d+)?\Z")
_SENTRY_MARKDOWN = re.compile(
    r".* in (?:file )?(?P<place>\S+)(?: in repo \S+)? \[Line:? (?P<line>\d+)"
    r"(?:, col(?:umn)?:? (?P<column>\d+))?\](?: \((?:Not i|I)n app\))?\Z"
)


@dataclass(frozen=True)
class Frame:
    """A line of a trace with the place that it names.

    `note` says what the place is, or, where there is none, why the line names no uploaded script.
    `foreign`: it is not the page's own code, so that nothing is missing. Of an event, `debug_id` is
    the script's, and `shown` what Sentry made of the frame, None if it is still minified.
    """

    text: str
    position: Position | None
    note: str | None = None
    foreign: bool = False
    debug_id: str | None = None
    shown: str | None = None


def read_frame(line: str) -> Frame | None:
    """Return the frame that a line is; None if it is none, such as an error's message.

    Raises ConfigurationError for a place that cannot be, such as line 0.
    """
    text = line.strip().strip("\"'`,").strip()
    shown = shortened(text)
    place = _place(text[:LONGEST_LINE])
    if place is None:
        return None
    made = _GECKO_EVAL.fullmatch(place.text)
    strange = strange_place(place.text)
    if strange is not None:
        return Frame(shown, None, strange.reason, strange.foreign)
    if len(text) > LONGEST_LINE:
        raise ConfigurationError(
            f"{text[:100]}… has {len(text)} characters, which no URL of a trace has"
        )
    if made is not None:
        # Sentry's SDK drops the place in the code that was made, so that there is no column.
        return Frame(shown, read_position(f"{made['url']}:{made['line']}"), _EVAL_NOTE)
    return Frame(shown, read_position(place.text), _EVAL_NOTE if place.of_eval else None)


def shortened(text: str) -> str:
    """Return a line of a trace as it is shown."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def read_only_frame(text: str) -> Frame:
    """Return the frame that `text` is, or the bare URL. Raises ConfigurationError if it is none."""
    frame = read_frame(text)
    if frame is not None:
        return frame
    raise ConfigurationError(
        f"{text.strip()[:_LONGEST_SHOWN]!r} holds no URL or path of a script: give it as the stack "
        f"trace does, such as {EXAMPLE}, or a line of the trace, or all of it"
    )


@dataclass(frozen=True)
class _Place:
    """The part of a line that names the place."""

    text: str
    of_eval: bool = False


def _place(text: str) -> _Place | None:
    if not _MARKS.search(text):
        return None
    for found in _wordings(text):
        if _BARE.match(found.text) or strange_place(found.text):
            return found
    return None


def _wordings(text: str) -> Iterator[_Place]:
    """Yield the place by each wording that the line may be of, the most telling first."""
    before, at_line, numbers = text.rpartition(_AT_LINE)
    if at_line and _LINE_AND_COLUMN.match(numbers):
        place = before.partition(" in ")[0].rpartition(" ")[2]
        yield _Place(f"{place.lstrip('(')}:{numbers}")
    markdown = _SENTRY_MARKDOWN.match(text)
    if markdown is not None:
        parts = (markdown["place"], markdown["line"], markdown["column"])
        yield _Place(":".join(part for part in parts if part))
    if _EVAL_AT in text:
        inner = text.rpartition(_EVAL_AT)[2].partition("(")[2]
        yield _Place(inner[: _closing_bracket(inner)], of_eval=True)
    at = _AT.search(text)
    if at is not None:
        yield from _after_at(text[at.end() :])
    sign = _AFTER_AT_SIGN.search(text)
    if sign is not None and not _URL_BEGINS.match(text):
        yield _Place(text[sign.end() :])
    bare = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    yield _Place(bare)
    begins = _WITHIN.search(text)
    if begins is not None:
        yield _Place(_to_bracket(text, begins.start()))


def _after_at(text: str) -> Iterator[_Place]:
    """Yield the place behind V8's "at": bare, or in brackets behind a name."""
    if _BARE.match(text) and " (" not in text:
        yield _Place(text)
    start = 0
    for _ in range(_MOST_BRACKETS):
        call = _CALL.match(text, start)
        if call is None:
            break
        start = call.end()
        yield _Place(text[start : start + _closing_bracket(text[start:])])
    yield _Place(_ADDRESS.sub("", text))


def _to_bracket(text: str, start: int) -> str:
    rest = text[start:]
    return rest[: _closing_bracket(rest)] if text[start - 1] == "(" else rest


def _closing_bracket(text: str) -> int:
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return index
    return len(text)
