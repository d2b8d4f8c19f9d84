"""No token is shown, nor a part of one."""

from __future__ import annotations

from http.client import BadStatusLine

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.redaction import cut, redact
from hatch_sentry_artifacts.sentry.http.reasons import fault_of

TOKEN = "5ec0de" * 10 + "beef"  # 64 digits, as the classic ones have


@given(st.integers(0, 300), st.sampled_from([" ", "", ": ", "{", '"']))
def test_a_text_that_is_cut_holds_no_part_of_a_token(before: int, between: str) -> None:
    text = "x " * (before // 2) + "x" * (before % 2) + between + TOKEN + " and more" * 9
    shown = redact(cut(text, 200), TOKEN)
    assert len(shown) < 230
    assert TOKEN[:6] not in shown


@pytest.mark.parametrize("before", [0, 120, 150, 181, 190])
def test_a_line_that_is_no_http_gives_no_part_of_a_token_away(before: int) -> None:
    fault = fault_of(BadStatusLine("-" * before + " " + TOKEN), too_late=False)
    assert "not HTTP" in fault.text
    assert TOKEN[:6] not in redact(fault.text, TOKEN)


def test_short_texts_stay_whole() -> None:
    assert cut("as it is", 8) == "as it is"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@127.0.0.1:9/a", "http://[hidden]@127.0.0.1:9/a"),
        ("see http://me@a and https://b@c@d/", "see http://[hidden]@a and https://[hidden]@d/"),
        ("https://sentry.example/~/@scope/a.js", "https://sentry.example/~/@scope/a.js"),
    ],
)
def test_passwords_in_urls_are_hidden(url: str, shown: str) -> None:
    assert redact(url) == shown
