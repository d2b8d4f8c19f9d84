"""URL:LINE:COLUMN, and lines of traces."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.position import Position, read_position, read_positions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://h/a.js", Position("https://h/a.js")),
        ("https://h/a.js:7", Position("https://h/a.js", 7)),
        ("https://h/a.js:7:48213", Position("https://h/a.js", 7, 48213)),
        ("https://h/a.js?v=1:7:8", Position("https://h/a.js?v=1", 7, 8)),
        ("https://h/a.js?at=1:2:7:8", Position("https://h/a.js?at=1:2", 7, 8)),
        ("https://h/a.js#x:7:8", Position("https://h/a.js#x", 7, 8)),
        ("https://h?page:7:8", Position("https://h?page", 7, 8)),
        ("https://h:8000/a.js", Position("https://h:8000/a.js")),
        ("https://h:8000/a.js:7:8", Position("https://h:8000/a.js", 7, 8)),
        ("https://h:8000", Position("https://h:8000")),
        ("http://[::1]:8000/a.js:7", Position("http://[::1]:8000/a.js", 7)),
        ("http://[2001:db8::1]/a.js", Position("http://[2001:db8::1]/a.js")),
        ("app:///static/a.js:7:8", Position("app:///static/a.js", 7, 8)),
        ("https://h/@scope/a.js:7:8", Position("https://h/@scope/a.js", 7, 8)),
    ],
)
def test_the_numbers_at_the_end_are_line_and_column(text: str, expected: Position) -> None:
    assert read_position(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "at f (https://h/a.js:7:8)",
        "    at new Basket (https://h/a.js:7:8)",
        "at get total [as total] (https://h/a.js:7:8)",
        "at async Promise.all (https://h/a.js:7:8)",
        "at https://h/a.js:7:8",
        "at async https://h/a.js:7:8",
        "at eval (eval at f (https://h/a.js:7:8), <anonymous>:1:1)",
        "f@https://h/a.js:7:8",
        "@https://h/a.js:7:8",
        "f/<@https://h/a.js:7:8",
        "async*f@https://h/a.js:7:8",
        "module code@https://h/a.js:7:8",
        "(https://h/a.js:7:8)",
        "https://h/a.js:7:8\n",
    ],
)
def test_a_line_of_a_trace_is_taken_from_any_browser(line: str) -> None:
    assert read_position(line) == Position("https://h/a.js", 7, 8)


def test_brackets_may_be_part_of_the_url() -> None:
    assert read_position("at f (https://h/a(1).js:7:8)") == Position("https://h/a(1).js", 7, 8)
    assert read_position("https://h/a(1).js:7:8") == Position("https://h/a(1).js", 7, 8)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("app.js", "holds no URL"),
        ("", "holds no URL"),
        ("https://h/a.js:0:5", "counted from 1"),
        ("https://h/a.js:5:0", "counted from 1"),
        ("https://h/a.js:-1:5", "counted from 1"),
        ("https://h/a.js:5:-1", "counted from 1"),
        ("https://h/a.js:inf:5", "counted from 1"),
        ("https://h/a.js:1:NaN", "counted from 1"),
        ("https://h/a.js:1e999:5", "counted from 1"),
        ("https://h/a.js:1.5:5", "counted from 1"),
        ("https://h/a.js:2147483648:5", "go up to 2147483647"),
        ("https://h/a.js:1:" + "9" * 5000, "go up to 2147483647"),
        ("https://h/" + "a" * 20_000, "characters"),
        ("//h/a.js:1:2", "holds no URL"),
        ("https://h:port/a.js", "is not a URL"),
        ("https://h:1:2", "is not a URL"),
        ("https://[h/a.js", "is not a URL"),
        ("https://h/a.js line 5 > eval:1:1", "holds a space"),
        ("blob:https://h/1234", "neither a URL nor a line of a stack trace"),
    ],
)
def test_what_is_no_place_in_a_script_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_position(text)


@pytest.mark.parametrize(
    "line",
    [
        "/static/app.js:1:48213",
        "~/static/app.js:1:48213",
        "./static/app.js:1:48213",
        "static/app.js:1:48213",
        "at f (/static/app.js:1:48213)",
        "    at async f (/static/app.js:1:48213)",
        "at /static/app.js:1:48213",
        "f@/static/app.js:1:48213",
        "/static/app.js in render at line 1:48213",
        "/static/app.js at line 1:48213",
    ],
)
def test_a_path_without_a_host_is_one_of_any_host(line: str) -> None:
    assert read_position(line) == Position("~/static/app.js", 1, 48213)


TRACE = """TypeError: x is undefined, see https://h/help
    at f (https://h/a.js:1:2)
    at Array.map (<anonymous>)

    at async Promise.all (index 0)
    at g (/b.js:3:4)
"""


def test_a_trace_is_read_frame_by_frame() -> None:
    expected = [Position("https://h/a.js", 1, 2), Position("~/b.js", 3, 4)]
    assert read_positions(TRACE) == expected


def test_a_single_line_may_lack_a_place() -> None:
    assert read_positions("https://h/a.js\n") == [Position("https://h/a.js")]


def test_lines_of_which_none_is_a_frame_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="none of the 2 lines is a frame"):
        read_positions("TypeError: see https://h/help\n    at Array.map (<anonymous>)")
