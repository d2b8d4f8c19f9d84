"""Whole traces: every line of those of real engines, and as they are copied."""

from __future__ import annotations

import time

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.frame import Frame
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.explain.trace import MOST_FRAMES, read_trace
from tests.explain import traces

A, B = Position("https://h/a.js", 1, 2), Position("~/b.js", 3, 4)
TRACE = """TypeError: x is undefined, see https://h/help
    at f (https://h/a.js:1:2)
    at Array.map (<anonymous>)

    at async Promise.all (index 0)
    at g (/b.js:3:4)
"""


def positions(text: str) -> list[Position | None]:
    return [frame.position for frame in read_trace(text).frames]


@pytest.mark.parametrize("engine", traces.ENGINES)
def test_every_frame_of_a_real_trace_is_read(engine: str) -> None:
    for kind, text in traces.traces(engine).items():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        message = 0 if engine == "firefox" else 1
        frames = read_trace(text).frames
        assert [frame.text for frame in frames] == lines[message:], kind


@pytest.mark.parametrize("engine", traces.ENGINES)
def test_the_places_of_a_real_trace_are_where_something_is_called(engine: str) -> None:
    script = traces.script()
    placed = [
        frame
        for text in traces.traces(engine).values()
        for frame in read_trace(text).frames
        if frame.position is not None
    ]
    assert len(placed) > 80
    for frame in placed:
        assert frame.position is not None
        assert "/static/throws." in frame.position.url, frame
        line = script[(frame.position.line or 0) - 1]
        there = line[(frame.position.column or 1) - 1 :]
        assert there in line
        # Of what eval made, Firefox has the line of its call alone.
        assert _is_call(there) or "> eval" in frame.text or "> Function" in frame.text, frame


def _is_call(there: str) -> bool:
    """Return whether a text begins as what engines point to: a call, or what is read or awaited."""
    begins = ("new ", "await ", '"odd name"', "import(", "total;", "x;", "(", "[")
    name = there.lstrip("#").split("(")[0]
    return there.startswith(begins) or name.replace(".bind", "").isidentifier() or "g()" in there


@pytest.mark.parametrize("engine", traces.ENGINES)
def test_what_a_real_trace_names_no_script_for_is_told(engine: str) -> None:
    found: dict[str, list[Frame]] = {}
    for text in traces.traces(engine).values():
        for frame in read_trace(text).frames:
            if frame.position is None:
                found.setdefault(frame.note or "", []).append(frame)
    missing = [note for note, frames in found.items() if not frames[0].foreign]
    assert sum("webpack" in note for note in missing) == 1
    assert sum("WebAssembly" in note for note in missing) == 1
    assert sum("made in the page" in note for note in missing) == 1
    assert len(missing) == 3


def test_a_trace_is_read_frame_by_frame() -> None:
    assert positions(TRACE) == [A, None, None, B]


@pytest.mark.parametrize(
    "text",
    [
        TRACE.replace("\n", "\\n"),
        TRACE.replace("\n", "\r\n"),
        '{"stack": "' + TRACE.replace("\n", "\\n") + '"}',
        " ".join(TRACE.split()),
        "```\n" + TRACE + "```",
    ],
)
def test_line_ends_may_be_lost_on_the_way(text: str) -> None:
    assert positions(text) == [A, None, None, B]


def test_a_trace_of_firefox_may_have_escaped_line_ends() -> None:
    assert positions("f@https://h/a.js:1:2\\ng@/b.js:3:4\\n") == [A, B]


def test_a_trace_that_sentry_copied_has_a_line_of_code_below_each_frame() -> None:
    text = """TypeError: x is undefined
    at f (https://h/a.js:1:2)
    return total * (1 - discount.share);
    at ? (/b.js:3:4)
    fetch("https://h/api").then((found) => found)"""
    assert positions(text) == [A, B]


def test_a_trace_that_sentry_copied_as_markdown_is_read() -> None:
    text = """#### Stacktrace

```
 f in https://h/a.js [Line 1, column 2] (In app)
return total  <-- SUSPECT LINE
 Unknown function in /b.js [Line: 3, column 4] (Not in app)
```"""
    assert positions(text) == [A, B]


def test_a_place_that_cannot_be_is_told_beside_the_others() -> None:
    frames = read_trace("at f (https://h/a.js:1:2)\nat g (https://h/a.js:0:0)").frames
    assert [frame.position for frame in frames] == [A, None]
    assert "counted from 1" in (frames[1].note or "")


def test_a_single_line_may_lack_a_place() -> None:
    assert positions("https://h/a.js\n") == [Position("https://h/a.js")]


def test_lines_of_which_none_is_a_frame_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="none of the 2 lines is a frame"):
        read_trace("TypeError: see https://h/help\n    at Array.map (<anonymous>)")


def test_of_an_endless_recursion_the_first_frames_are_read() -> None:
    trace = read_trace("at f (https://h/a.js:1:2)\n" * (MOST_FRAMES + 7))
    assert (len(trace.frames), trace.left_out) == (MOST_FRAMES, 7)


def test_a_huge_text_is_no_trace() -> None:
    with pytest.raises(ConfigurationError, match="give the trace alone"):
        read_trace("at f (https://h/a.js:1:2)\n" * 10_000)


@pytest.mark.parametrize(
    "unit", ["\n", "at f (:\n", ":) at 1", ")\tat ", "\\n", "\\nat ", "a@", " \t"]
)
def test_a_text_is_read_in_time_whatever_it_holds(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    with pytest.raises(ConfigurationError):
        read_trace(text)
    assert time.process_time() - start < 3
