"""Finds the places of a script where a statement or a comment may be put in."""

from __future__ import annotations

import re
from dataclasses import dataclass

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LINE_ENDS = (b"\n", b"\r", b"\xe2\x80\xa8", b"\xe2\x80\xa9")

# White space, line ends and comments are those of ECMA-262 (https://tc39.es/ecma262/#sec-white-space
# and the sections behind it), in UTF-8.
_SPACE = (
    rb"(?:[\t\x0b\x0c ]|\xc2\xa0|\xef\xbb\xbf|\xe1\x9a\x80"
    rb"|\xe2\x80[\x80-\x8a\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
)
_NEWLINE = rb"(?:\r\n|[\n\r]|\xe2\x80[\xa8\xa9])"
_REST_OF_LINE = rb"(?:[^\r\n\xe2]+|\xe2(?!\x80[\xa8\xa9]))*"
_NEWLINES = re.compile(_NEWLINE)
_HASHBANG = re.compile(rb"#!" + _REST_OF_LINE + _NEWLINE + rb"?")
_SKIPPED = re.compile(
    rb"(?P<space>%(space)s+)|(?P<newline>%(newline)s)|(?P<reference>//[#@][ \t]*\w+=%(rest)s)"
    rb"|(?P<line>(?://|<!--)%(rest)s)|(?P<block>/\*.*?\*/)|(?P<closing>-->%(rest)s)"
    % {b"space": _SPACE, b"newline": _NEWLINE, b"rest": _REST_OF_LINE},
    re.DOTALL,
)
_STRING = re.compile(
    rb'"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"'
    rb"|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'",
    re.DOTALL,
)
# What goes on with an expression after a line's end, so that no semicolon is put in there.
_CONTINUATION = re.compile(
    rb"(?!\+\+|--)[(\[`.,*/%<>=&|^?+-]|!=|in(?:stanceof)?(?![\w$\\\x80-\xff])"
)
_TAIL_COMMENT = re.compile(rb"//[#@][ \t]*(sourceMappingURL|debugId)=(\S*)[ \t\r]*")
_TAIL_COMMENT_BEHIND_CODE = re.compile(
    rb"//[#@][ \t]*(sourceMappingURL|debugId)=([^\s'\"`]*)[ \t\r]*"
)
_UNBROKEN = re.compile(rb"[^\s'\"`]*")
_LONGEST_REFERENCE = 4096
_LONGEST_COMMENT = 2048  # behind one of the line ends that hardly anybody writes
_BLANK = re.compile(rb"\s*")


@dataclass(frozen=True)
class Header:
    """How a script begins.

    `line_start` is the offset of a line before which a line may be put in: behind byte order mark,
    hashbang and leading comments; `line` is how many lines stand before it. `directives` are those
    of the script's prologue, each with its quotes; `body` is the offset of what follows them.
    """

    line_start: int
    line: int
    directives: tuple[bytes, ...]
    body: int


@dataclass(frozen=True)
class TailComment:
    """A `//# key=value` comment with no code behind it: `script[start:end]`, without line end."""

    key: str
    value: bytes
    value_start: int
    start: int
    end: int


def read_header(script: bytes) -> Header:
    """Where the code of `script` begins, and with which directives."""
    start = len(BYTE_ORDER_MARK) if script.startswith(BYTE_ORDER_MARK) else 0
    hashbang = _HASHBANG.match(script, start)
    first = hashbang.end() if hashbang else start
    at, line_start, _ = _skip(script, first, line_begins=True)
    lines = sum(1 for _ in _NEWLINES.finditer(script, start, line_start))
    if hashbang and not _NEWLINES.search(hashbang[0]):
        lines = 1  # what is put in behind it begins with a line end
    directives: list[bytes] = []
    while string := _STRING.match(script, at):
        behind, _, newline = _skip(script, string.end(), line_begins=False)
        if script[behind : behind + 1] == b";":
            behind, _, _ = _skip(script, behind + 1, line_begins=False)
        elif behind < len(script) and (not newline or _CONTINUATION.match(script, behind)):
            break
        directives.append(string[0])
        at = behind
    return Header(line_start, lines, tuple(directives), at)


def _skip(script: bytes, at: int, *, line_begins: bool) -> tuple[int, int, bool]:
    """Find the end of white space and comments.

    Gives the offset behind them, that of the last line begun there outside of comments (`at` if
    none), and whether there is a line end, in comments or not. Lines behind a `//# key=value`
    comment do not count: such comments stay behind all code.
    """
    line_start, newline, referred = at, False, False
    while found := _SKIPPED.match(script, at):
        kind = found.lastgroup
        # `-->` is a comment at the beginning of a line alone, `<!--` everywhere.
        if kind == "closing" and not line_begins:
            break
        at = found.end()
        referred = referred or kind == "reference"
        if kind == "newline":
            line_start, newline, line_begins = line_start if referred else at, True, True
        elif kind == "block" and _NEWLINES.search(found[0]):
            newline = line_begins = True
    return at, line_start, newline


def newline_of(script: bytes) -> bytes:
    """How the script ends its lines: as it ends the first."""
    first = script.find(b"\n")
    return b"\r\n" if first > 0 and script[first - 1 : first] == b"\r" else b"\n"


def tail_comments(script: bytes) -> list[TailComment]:
    """The `//# sourceMappingURL=` and `debugId=` comments behind all code, the last one first.

    Such text in strings, templates or block comments is not seen, since code or the end of the
    comment follows it.
    """
    found: list[TailComment] = []
    end = len(script)
    while end > 0:
        start = _line_start(script, end)
        first = _behind_blank(script, start, end)
        if script.startswith(b"//", first, end):
            comment = _TAIL_COMMENT.fullmatch(script, first, end)
            if comment:
                found.append(_tail_comment(comment))
        elif (block := _block_start(script, start, end)) is not None:
            end = block
            continue
        elif first < end:
            found += _behind_code(script, start, end)
            break
        end = start - (3 if script[start - 1 : start] in {b"\xa8", b"\xa9"} else 1)
    return found


def _block_start(script: bytes, start: int, end: int) -> int | None:
    """Where the block comment begins with which the line `script[start:end]` ends."""
    close = without_space(script, start, end) - 2
    if close < start or not script.startswith(b"*/", close):
        return None
    block = script.rfind(b"/*", 0, close)
    return block if block >= 0 and script.find(b"*/", block + 2) == close else None


def _behind_code(script: bytes, start: int, end: int) -> list[TailComment]:
    # A minified script is one long line; most of it is looked at only if its end may be a map.
    near = max(start, end - _LONGEST_REFERENCE)
    if _UNBROKEN.fullmatch(script, near, end):
        near = start
    at = max(script.rfind(b"//#", near, end), script.rfind(b"//@", near, end))
    comment = _TAIL_COMMENT_BEHIND_CODE.fullmatch(script, at, end) if at >= 0 else None
    return [_tail_comment(comment)] if comment else []


def _tail_comment(found: re.Match[bytes]) -> TailComment:
    end = found.start() + len(found[0].rstrip())
    return TailComment(found[1].decode(), found[2], found.start(2), found.start(), end)


def _line_start(script: bytes, end: int) -> int:
    start = max(script.rfind(b"\n", 0, end), script.rfind(b"\r", 0, end)) + 1
    for separator in LINE_ENDS[2:]:
        found = script.rfind(separator, max(start, end - _LONGEST_COMMENT), end)
        start = found + len(separator) if found >= 0 else start
    return start


def without_space(script: bytes, start: int, end: int) -> int:
    """Where `script[start:end]` ends without its final white space."""
    while end > start and script[end - 1] in b" \t\r\n":
        end -= 1
    return end


def _behind_blank(script: bytes, start: int, end: int) -> int:
    blank = _BLANK.match(script, start, end)
    return blank.end() if blank else start
