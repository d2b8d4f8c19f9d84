"""Tells the `//` comments of a script from strings and other literals that hold "//"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

LINE_END = re.compile(rb"\r\n|[\n\r]|\xe2\x80[\xa8\xa9]")

_NEXT = re.compile(rb"""["'`/(){}]""")
_STRINGS = {
    b'"': re.compile(rb'"[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*"'),
    b"'": re.compile(rb"'[^'\\\r\n]*(?:\\(?:\r\n|[\s\S])[^'\\\r\n]*)*'"),
}
_TEMPLATE_TEXT = re.compile(rb"[^`\\$]*(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*)*(`|\$\{)")
_EXPRESSION = re.compile(
    rb"/(?![*/])[^\\/\[\r\n]*"
    rb"(?:(?:\\[^\r\n]|\[[^\]\\\r\n]*(?:\\[^\r\n][^\]\\\r\n]*)*\])[^\\/\[\r\n]*)*"
    rb"/[A-Za-z]*"
)
_LAST_WORD = re.compile(rb"[\w$#\x80-\xff]+\Z")
_LONGEST_KEYWORD = len(b"instanceof")
_CONDITIONS = frozenset((b"if", b"while", b"for", b"with"))
# After these words an expression begins, and so may a regular expression.
_OPERATORS = frozenset(
    b"await case default delete extends in instanceof new of return throw typeof void yield".split()
)
_BEFORE_EXPRESSIONS = _OPERATORS | {b"do", b"else"}
_ENDS_OF_VALUES = frozenset((b")", b"}", b'"', b"'", b"`", b"/", b"]", b".", b"++", b"--"))


class _Brace(Enum):
    """What an open "{" begins: "/" divides after an object, but not after a block."""

    BLOCK = 0
    OBJECT = 1
    TEMPLATE = 2


class _Scanner:
    """Walks over a script, and knows the last token before "/", "(" and "{".

    ECMAScript leaves it to the grammar whether a "/" divides or begins a regular expression
    (https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar). The token before it tells,
    but for ")" and "}", where the one before their opening bracket does.
    """

    def __init__(self, script: bytes) -> None:
        self._script = script
        self._position = 0
        self._last = b";"
        self._conditions: list[bool] = []
        self._braces: list[_Brace] = []

    def line_comments(self) -> Iterator[tuple[int, int]]:
        """Where each `//` comment starts and ends, in bytes."""
        script = self._script
        if script.startswith(b"#!"):
            self._position = self._line_end(0)
        while found := _NEXT.search(script, self._position):
            start, token = found.start(), found[0]
            if token in _STRINGS:
                string = _STRINGS[token].match(script, start)
                self._go_on(string.end() if string else start + 1, token)
            elif token == b"`":
                self._template(start + 1)
            elif not script.startswith(b"//", start):
                self._take_text(start)
                self._slash(start) if token == b"/" else self._bracket(start + 1, token)
            else:
                self._take_text(start)
                self._position = self._line_end(start)
                yield start, self._position

    def _take_text(self, end: int) -> None:
        """Find the last token of the text between the last one and `end`, if there is text."""
        text = self._script[self._position : end].rstrip()
        if not text:
            return
        word = _LAST_WORD.search(text[-_LONGEST_KEYWORD - 1 :])
        if word is None:
            self._last = text[-2:] if text.endswith((b"=>", b"++", b"--")) else text[-1:]
        elif text[: -len(word[0])].endswith(b"."):
            self._last = b"."
        else:
            self._last = word[0]

    def _slash(self, start: int) -> None:
        if self._script.startswith(b"/*", start):
            end = self._script.find(b"*/", start + 2)
            self._position = len(self._script) if end < 0 else end + 2
            return
        names_value = _LAST_WORD.match(self._last) and self._last not in _BEFORE_EXPRESSIONS
        divides = names_value or self._last in _ENDS_OF_VALUES
        literal = None if divides else _EXPRESSION.match(self._script, start)
        self._go_on(literal.end() if literal else start + 1, b"/" if literal else b"%")

    def _bracket(self, after: int, token: bytes) -> None:
        if token == b"(":
            self._conditions.append(self._last in _CONDITIONS)
        elif token == b")":
            if self._conditions and self._conditions.pop():
                token = b";"  # a statement begins
        elif token == b"{":
            begins_value = self._last[-1:] in b"=(,[?&|!~+-*%<>^" and self._last != b"=>"
            is_object = begins_value or self._last in _OPERATORS
            self._braces.append(_Brace.OBJECT if is_object else _Brace.BLOCK)
        else:
            brace = self._braces.pop() if self._braces else _Brace.BLOCK
            if brace is _Brace.TEMPLATE:
                self._template(after)
                return
            token = b"}" if brace is _Brace.OBJECT else b";"
        self._go_on(after, token)

    def _template(self, start: int) -> None:
        text = _TEMPLATE_TEXT.match(self._script, start)
        if text is None:
            self._position = len(self._script)
        elif text[1] == b"`":
            self._go_on(text.end(), b"`")
        else:
            self._braces.append(_Brace.TEMPLATE)
            self._go_on(text.end(), b"(")

    def _go_on(self, position: int, last: bytes) -> None:
        self._position, self._last = position, last

    def _line_end(self, start: int) -> int:
        end = LINE_END.search(self._script, start)
        return end.start() if end else len(self._script)


def line_comments(script: bytes) -> Iterator[tuple[int, int]]:
    """Where each `//` comment of the script starts and ends, in bytes, its line end left out.

    `script` is JavaScript in UTF-8; of anything else the result is a guess.
    """
    return _Scanner(script).line_comments()
