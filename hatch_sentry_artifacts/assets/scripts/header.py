"""Finds where a statement can be put in before a script's code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.scripts.tokens import (
    BYTE_ORDER_MARK,
    LINE_END,
    TOKEN,
    line_end,
    string_end,
)

LINE_ENDS = (b"\n", b"\r", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_KEY = re.compile(rb"//[#@][ \t]*\w+=")
# Characters that continue an expression on the next line, so that no semicolon is inserted.
_CONTINUATION = re.compile(
    rb"(?!\+\+|--)[(\[`.,*/%<>=&|^?+-]|!=|in(?:stanceof)?(?![\w$\\\x80-\xff])"
)


@dataclass(frozen=True)
class Header:
    """The beginning of a script.

    `line_start` is the offset of a line before which a line can be put in: after byte order mark,
    hashbang and leading comments; `line` is the number of lines before it. `directives` are those
    of the script's prologue, each with its quotes; `body` is the offset after them.
    """

    line_start: int
    line: int
    directives: tuple[bytes, ...]
    body: int


def read_header(script: bytes) -> Header:
    """Return where the code of `script` begins, and with which directives."""
    start = first = len(BYTE_ORDER_MARK) if script.startswith(BYTE_ORDER_MARK) else 0
    hashbang = script.startswith(b"#!", start)
    if hashbang:
        first = line_end(script, start)
        found = LINE_END.match(script, first)
        first = found.end() if found else first
    skipped = _Skipped(script, first, line_begins=True)
    lines = sum(1 for _ in LINE_END.finditer(script, start, skipped.line_start))
    if hashbang and first == len(script) and not lines:
        lines = 1  # what is put in after it begins with a line end
    directives, body = _read_directives(script, skipped.end)
    return Header(skipped.line_start, lines, tuple(directives), body)


def _read_directives(script: bytes, at: int) -> tuple[list[bytes], int]:
    """Read the directives from `at` on, where code begins, and find the offset after them."""
    directives: list[bytes] = []
    while (quote := script[at : at + 1]) in {b'"', b"'"}:
        end, closed = string_end(script, at + 1, quote)
        if not closed:
            break
        behind = _Skipped(script, end, line_begins=False)
        if script.startswith(b";", behind.end):
            behind = _Skipped(script, behind.end + 1, line_begins=False)
        elif behind.end < len(script) and (
            not behind.newline or _CONTINUATION.match(script, behind.end)
        ):
            break
        directives.append(script[at:end])
        at = behind.end
    return directives, at


class _Skipped:
    """White space and comments from an offset on; `end` is the offset after them.

    `line_start` is the start of the last line that begins there outside of comments (or the offset
    itself), and `newline` whether there is a line end, in comments or not. Lines after a
    `//# key=value` comment do not count: such comments stay after all code.
    """

    def __init__(self, script: bytes, at: int, *, line_begins: bool) -> None:
        self.end = self.line_start = at
        self.newline = False
        self._script = script
        self._line_begins = line_begins
        self._keeps_line = False
        while (found := TOKEN.match(script, self.end)) and self._skip(
            found.lastgroup or "", found.start(found.lastgroup or 0), found.end()
        ):
            pass
        blank = TOKEN.match(script, self.end)
        if blank:
            self.end = blank.start(blank.lastgroup or 0)

    def _skip(self, kind: str, start: int, end: int) -> bool:
        """Skip that token; return False if it is code."""
        script = self._script
        if kind == "newline":
            self._begin_lines(end)
        elif kind == "block":
            close = script.find(b"*/", end)
            if close < 0:
                return False
            if LINE_END.search(script, end, close):
                self.newline = self._line_begins = True
            end = close + 2
        elif kind == "line" or (kind == "html" and self._begins_comment(start)):
            self._keeps_line = self._keeps_line or _KEY.match(script, start) is not None
            end = line_end(script, end)
        elif kind != "space":
            return False
        self.end = end
        return True

    def _begin_lines(self, end: int) -> None:
        self.newline = self._line_begins = True
        if not self._keeps_line:
            self.line_start = end

    def _begins_comment(self, start: int) -> bool:
        """Return whether a comment begins; `-->` begins one only at the beginning of a line."""
        return self._script.startswith(b"<", start) or self._line_begins


def newline_of(script: bytes) -> bytes:
    """Return the line end of the script: that of its first line."""
    first = script.find(b"\n")
    return b"\r\n" if first > 0 and script[first - 1 : first] == b"\r" else b"\n"


def trimmed_end(script: bytes, start: int, end: int) -> int:
    """Return where `script[start:end]` ends without its final white space."""
    while end > start and script[end - 1] in b" \t\r\n":
        end -= 1
    return end
