"""Joins the words of a command line to one text, or reads it from standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.position import EXAMPLE

_FROM_INPUT = "-"
_MOST_BYTES = 1_000_000
_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # as older PowerShells pipe


def given_text(words: Sequence[str]) -> str:
    """Return the text that the words are, or, for none or "-", what standard input holds.

    Raises ConfigurationError if there is none.
    """
    if words and list(words) != [_FROM_INPUT]:
        return _joined(words)
    stream = sys.stdin
    if stream is None or (not words and stream.isatty()):
        raise ConfigurationError(
            f"give a place, such as {EXAMPLE}, or a trace in quotes, or pipe it in"
        )
    content = stream.buffer.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ConfigurationError(
            f"standard input holds more than {_MOST_BYTES // 1_000_000} MB: give the trace alone"
        )
    text = content.decode(_ENCODINGS.get(content[:2], "utf-8-sig"), "replace")
    if not text.strip():
        raise ConfigurationError(
            f"standard input is empty: give a place, such as {EXAMPLE}, or pipe a trace in"
        )
    return text


def _joined(words: Sequence[str]) -> str:
    """Return the words as lines if each is a place, else as the one line that a shell took apart.

    Such as /static/app.js in render at line 1:48213.
    """
    places = all("/" in word or word.rpartition(":")[2].isdecimal() for word in words)
    return ("\n" if places else " ").join(words)
