"""What others wrote is shown so that no terminal, log or page acts upon it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.escaping import json_text, markdown_code, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("app.js", "app.js"),
        ("grün\u00a0日本 😀.js", "grün\u00a0日本 😀.js"),
        ("\x1b[2J\x9b1m\x07\x7f", r"\x1b[2J\x9b1m\x07\x7f"),
        ("a\nb\r\tc\x85d\u2028e\u2029f", r"a\nb\r\tc\x85d\u2028e\u2029f"),
        ("\u202egpj.\u2066\u200f\u200b\ufeff", r"\u202egpj.\u2066\u200f\u200b\ufeff"),
        ("\udc80", r"\udc80"),
        ("::error::x", r"\::error::x"),
        ("  ::stop-commands::x", r"  \::stop-commands::x"),
        ("a::b", "a::b"),
        (
            "x ##[error]y ##vso[task.z] ##teamcity[q]",
            r"x #\#[error]y #\#vso[task.z] #\#teamcity[q]",
        ),
    ],
)
def test_text_is_one_line_that_nothing_acts_upon(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_no_text_breaks_a_line_or_begins_a_command(text: str) -> None:
    shown = visible(text)
    assert len(f"x{shown}x".splitlines()) == 1
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    shown.encode("utf-8")


@given(st.text(st.characters()))
def test_json_is_ascii_and_says_the_same(text: str) -> None:
    written = json_text({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert written.isascii()
    assert written.isprintable()
    assert "##[" not in written


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        (
            "[a](https://e.example) ![b](c) <img src=x>",
            "`[a](https://e.example) ![b](c) <img src=x>`",
        ),
        ("a|b\nc", r"`a\|b\nc`"),
        ("a``b`", "``` a``b` ```"),
    ],
)
def test_markdown_shows_foreign_text_as_code(text: str, code: str) -> None:
    assert markdown_code(text) == code
