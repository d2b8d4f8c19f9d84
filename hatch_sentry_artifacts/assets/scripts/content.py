"""Tells JavaScript from other content in files that are named like scripts."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Callable

# How much of a file's beginning is checked.
HEAD_BYTES = 4096

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_FIRST_BYTES = 4
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r"}) + b"\x7f"
_FEW_CONTROLS = 8
_MANY_CONTROLS = 20  # one in so many bytes
# A statement that begins with "{" is a block, in which no string has a colon behind it.
_JSON_OBJECT = re.compile(rb'\s*\{\s*"[^"\\\r\n]{0,256}(?:\\.[^"\\\r\n]{0,256}){0,8}"\s*:')
# A list is a statement, too, but one that does nothing: what holds nothing else is data. Code that
# begins with one is short, or generated data that is used at its end.
_JSON_ARRAY = re.compile(rb"\s*\[")
_MOST_BYTES_OF_JSON = 32 * 1024 * 1024
_MARKUP = re.compile(rb"\s*<(?!!--)")


def other_content(head: bytes, size: int, read: Callable[[], bytes]) -> str | None:
    """Return what a file is instead of JavaScript; None if it may be that.

    It has `size` bytes and begins with `head`; `read` gives all of it, if that does not tell.

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
    if _JSON_ARRAY.match(text) and size <= _MOST_BYTES_OF_JSON and _is_json(read()):
        return "JSON"
    return "markup" if _MARKUP.match(text) else None


def _is_json(content: bytes) -> bool:
    text = content.removeprefix(b"\xef\xbb\xbf")
    if not text.rstrip().endswith(b"]"):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


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
