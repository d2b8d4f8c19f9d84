"""URL:LINE:COLUMN."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.position import Position, read_position


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
        ("/a.js:7:8", Position("~/a.js", 7, 8)),
        ("~/a.js", Position("~/a.js")),
    ],
)
def test_the_numbers_at_the_end_are_line_and_column(text: str, expected: Position) -> None:
    assert read_position(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
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
        ("https://h:port/a.js", "is not a URL"),
        ("https://h:1:2", "is not a URL"),
        ("https://[h/a.js", "is not a URL"),
        ("https://h/a b.js:1:1", "holds a space"),
    ],
)
def test_what_is_no_place_in_a_script_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_position(text)
