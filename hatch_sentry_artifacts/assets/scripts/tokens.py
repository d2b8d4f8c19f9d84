"""Tokens of scripts in UTF-8: what white space, line ends, literals and comments are.

They are those of ECMA-262 (https://tc39.es/ecma262/#sec-white-space and the sections after it).
No pattern repeats a group without a limit: each repetition would take 240 bytes of memory.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SPACE = (
    rb"(?:[\t\x0b\x0c ]|\xc2\xa0|\xef\xbb\xbf|\xe1\x9a\x80"
    rb"|\xe2\x80[\x80-\x8a\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
)
NEWLINE = rb"(?:\r\n|[\n\r]|\xe2\x80[\xa8\xa9])"
LINE_END = re.compile(NEWLINE)

TOKEN = re.compile(
    rb"[\t ]*(?:(?P<space>%(space)s{1,64})|(?P<newline>%(newline)s[\r\n]*)"
    # Most of a script: operands followed by operators, of which only the last one matters.
    rb"|(?P<chain>(?:(?:(?!(?:async|export|function|import)\b)[A-Za-z_$][\w$]*|[0-9]+(?!\.))"
    rb"(?:\.(?![.0-9])|=(?!>)|\+(?!\+)|-(?!-)|<(?!!)|[,*&|^%%!>]){1,8}){1,32})"
    rb"|(?P<number>0[xXoObB]\w*|\.?[0-9](?:[eE][+-]|[\w.]){0,64})"
    rb"|(?P<word>\#?(?:[\w$]+|\\u(?:\{\w{1,16}\})?|(?!%(space)s|%(newline)s)[\x80-\xff]){1,64})"
    rb"|(?P<quote>[\"'])|(?P<line>//)|(?P<block>/\*)|(?P<html><!--|-->)"
    rb"|(?P<sign>=>|\?\.(?![0-9])|\?\?|\+\+|--|\.\.\.|[\s\S]))"
    % {b"space": SPACE, b"newline": NEWLINE}
)
_PARTS_OF_STRINGS = {
    quote: re.compile(
        rb"[^%(quote)s\\\r\n]*(?:\\(?:\r\n|[\s\S])[^%(quote)s\\\r\n]*){0,64}" % {b"quote": quote}
    )
    for quote in (b'"', b"'")
}
_PART_OF_TEMPLATE = re.compile(rb"[^`\\$]*(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*){0,64}")
_PART_OF_EXPRESSION = re.compile(rb"[^\\/\[\r\n]*(?:\\[^\r\n][^\\/\[\r\n]*){0,64}")
_PART_OF_CLASS = re.compile(rb"[^\]\\\r\n]*(?:\\[^\r\n][^\]\\\r\n]*){0,64}")
_FLAGS = re.compile(rb"[\w$]*")


class Comment(NamedTuple):
    """A comment at `script[start:end]`, without the line's end.

    `mark` is its beginning: `//`, `/*`, or, in scripts that are no modules, `<!--` or `-->`.
    """

    start: int
    end: int
    mark: bytes


def line_end(script: bytes, at: int) -> int:
    """Return where the line ends that holds the offset `at`."""
    end = LINE_END.search(script, at)
    return end.start() if end else len(script)


def string_end(script: bytes, at: int, quote: bytes) -> tuple[int, bool]:
    """Return the end of the string whose text begins at `at`, and whether it is closed.

    A string that is not closed in its line is none, but is taken for one up to the line's end, so
    that nothing is read twice.
    """
    end = _end_of_parts(_PARTS_OF_STRINGS[quote], script, at)
    closed = script.startswith(quote, end)
    return end + closed, closed


def template_text_end(script: bytes, at: int) -> int:
    """Return the offset of the "`" or "${" that ends the text of a template from `at` on."""
    return _end_of_parts(_PART_OF_TEMPLATE, script, at)


def expression_end(script: bytes, at: int) -> tuple[int, bool]:
    """Read a regular expression whose text begins at `at`.

    Return its end with flags, or how far was read, and whether it is one: it ends in its line.
    """
    while True:
        at = _end_of_parts(_PART_OF_EXPRESSION, script, at)
        if script.startswith(b"/", at):
            flags = _FLAGS.match(script, at + 1)
            return (flags.end() if flags else at + 1), True
        if not script.startswith(b"[", at):
            return at, False
        at = _end_of_parts(_PART_OF_CLASS, script, at + 1)
        if not script.startswith(b"]", at):
            return at, False
        at += 1


def _end_of_parts(part: re.Pattern[bytes], script: bytes, at: int) -> int:
    """Return the end of the text from `at` on that consists of matches of `part`."""
    while (found := part.match(script, at)) and found.end() > at:
        at = found.end()
        if script[at : at + 1] not in {b"\\", b"$"}:
            break
    return at
