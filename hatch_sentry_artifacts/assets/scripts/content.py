"""Tells JavaScript from other content in files that are named like scripts."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

# How much of a file's beginning is checked.
HEAD_BYTES = 4096

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_FIRST_BYTES = 4
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r"}) + b"\x7f"
_FEW_CONTROLS = 8
_MANY_CONTROLS = 20  # one in so many bytes
# A statement that begins with "{" is a block, in which no string has a colon behind it.
_JSON_OBJECT = re.compile(rb'\s*\{\s*"[^"\\\r\n]{0,256}(?:\\.[^"\\\r\n]{0,256}){0,8}"\s*:')
_MARKUP = re.compile(rb"\s*<(?!!--)")


def other_content(head: bytes) -> str | None:
    """Return what a file that begins with `head` is instead of JavaScript; None if it may be that.

    Examples are data in JSON, error pages in HTML, and bytecode such as that of Hermes, which React
    Native names `main.jsbundle`. UTF-16 is text.
    """
    if head.startswith(_WIDE):
        return None
    if _is_binary(head[:HEAD_BYTES]):
        return "binary"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _JSON_OBJECT.match(text):
        return "JSON"
    return "markup" if _MARKUP.match(text) else None


def _is_binary(head: bytes) -> bool:
    first = head[:_FIRST_BYTES]
    if len(first) != len(first.translate(None, _CONTROLS)):
        return True
    try:
        getincrementaldecoder("utf-8")().decode(first[:2])
    except UnicodeDecodeError:
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > _FEW_CONTROLS and controls * _MANY_CONTROLS > len(head)
