"""Guesses the function around a place in a script from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A guess has to cope with TypeScript and JSX too, so this looks at brackets only, outside of
# comments, strings, templates and regular expressions.
_TOKEN = re.compile(
    r"(?P<comment>//[^\n\r\u2028\u2029]*|/\*.*?(?:\*/|\Z))"
    r'|(?P<string>"(?:[^"\\\n\r]|\\.)*"' + r"|'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<arrow>=>)"
    r"|(?P<other>[`/(){}\[\];,])",
    re.DOTALL,
)
_TEMPLATE_TEXT = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{|\Z)", re.DOTALL)
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+/[a-z]*")
_LAST_WORD = re.compile(r"[\w$]+\Z")
_BEFORE_EXPRESSIONS = frozenset(
    ("return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "throw", "await")
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CONTROL = frozenset(("if", "for", "while", "switch", "catch", "with", "await"))

_RETURN_TYPE = re.compile(r"\s*(?::\s*[^\s;={}()][^;={}()]*)?\Z")
_GENERICS = re.compile(r"<[^<>()]*>\Z")
_ONE_PARAMETER = re.compile(r"[\w$]+\Z")
_FUNCTION = re.compile(r"(?<![\w$.])function\s*\*?\s*([\w$]*)\Z")
_METHOD = re.compile(r"[\w$#]+\Z")
_TYPED_VARIABLE = re.compile(r"\b(?:const|let|var)\s+([\w$]+)\s*:[^=;]*=\s*(?:async\s*)?\Z")
_ASSIGNED = re.compile(r"([\w$#]+)['\"]?\s*[:=]\s*(?:async\s*)?\Z")
_NEXT_STATEMENT = re.compile(
    r"[\n\r](?:[\w$]|\s*(?:const|let|var|function|class|export|import|return|if|for|while|switch"
    r"|throw|try|async|type|interface)\b)"
)
# A function's head is looked for in so many characters before its parameters.
_HEAD = 300


@dataclass(frozen=True)
class Function:
    """A function's name, and its offset in the text; `inside`: the place is in one without name."""

    name: str
    at: int
    inside: bool


@dataclass(frozen=True)
class _Open:
    """An open bracket, or an arrow whose function is not at its end.

    `parameters` are where the last "(…)" before it begins and ends.
    """

    kind: str
    at: int
    parameters: tuple[int, int]
    of_arrow: bool = False


def enclosing_function(text: str, offset: int) -> Function | None:
    """Return the innermost function with a name around `offset`; None if none is seen.

    A best effort, without a parser.
    """
    stack = _open_brackets(text, offset)
    inside = False
    for index in range(len(stack) - 1, -1, -1):
        entry = stack[index]
        braced = index + 1 < len(stack) and stack[index + 1].of_arrow
        found = _named(text, entry, offset, braced=braced)
        if found is None:
            continue
        name, at = found
        if name:
            return Function(name, at, inside)
        inside = True
    return None


def _open_brackets(text: str, offset: int) -> list[_Open]:
    """Return the open brackets at `offset`, the outermost first."""
    stack: list[_Open] = []
    parameters = (-1, -1)
    for mark, at in _tokens(text, offset, stack):
        if mark == "=>" or mark in "([{":
            of_arrow = mark == "{" and text[max(0, at - 80) : at].rstrip().endswith("=>")
            stack.append(_Open(mark, at, parameters, of_arrow))
            continue
        while stack and stack[-1].kind == "=>":
            stack.pop()
        wanted = _PAIRS.get(mark)
        if wanted is None or all(entry.kind != wanted for entry in stack):
            continue
        while (entry := stack.pop()).kind != wanted:
            pass
        if mark == ")":
            parameters = (entry.at, at)
        if entry.of_arrow and stack and stack[-1].kind == "=>":
            stack.pop()
    return stack


def _tokens(text: str, offset: int, stack: list[_Open]) -> Iterator[tuple[str, int]]:
    """Return the brackets, commas, semicolons and arrows before `offset`, each with its offset."""
    at = 0
    templates: list[int] = []
    while (found := _TOKEN.search(text, at)) and found.start() < offset:
        mark, start, at = found[0], found.start(), found.end()
        if found["comment"] or found["string"]:
            continue
        if mark == "/":
            literal = None if _divides(text, start) else _EXPRESSION.match(text, start)
            at = literal.end() if literal else at
            continue
        if mark == "`" or (mark == "}" and templates and templates[-1] == _depth(stack)):
            if mark == "}":
                templates.pop()
            template = _TEMPLATE_TEXT.match(text, at)
            at = template.end() if template else at
            if template and template[1] == "${":
                templates.append(_depth(stack))
            continue
        yield mark, start


def _depth(stack: list[_Open]) -> int:
    return sum(entry.kind == "{" for entry in stack)


def _divides(text: str, start: int) -> bool:
    """Return whether the slash at `start` divides or is in a JSX tag: no literal begins there."""
    before = text[max(0, start - 80) : start].rstrip()
    word = _LAST_WORD.search(before)
    if word:
        return word[0] not in _BEFORE_EXPRESSIONS
    return before[-1:] in (")", "]", "}", '"', "'", "`", "<")


def _named(text: str, entry: _Open, offset: int, *, braced: bool) -> tuple[str, int] | None:
    """Return the name, maybe "", of the function that `entry` begins, and its offset."""
    if entry.kind == "=>":
        ended = None if braced else _NEXT_STATEMENT.search(text, entry.at)
        if ended and ended.start() < offset:
            return None
        return _assigned(text, _start_of_parameters(text, entry))
    opened, closed = entry.parameters
    is_body = entry.kind == "{" and not entry.of_arrow and closed >= 0
    if is_body and _RETURN_TYPE.fullmatch(text, closed + 1, entry.at):
        return _name_before_parameters(text, opened)
    return None


def _name_before_parameters(text: str, opened: int) -> tuple[str, int] | None:
    """Return the name as `_named` does, if parameters from `opened` on and a block follow."""
    base, head = _head(text, opened)
    function = _FUNCTION.search(head)
    if function and function[1]:
        return function[1], base + function.start(1)
    if function:
        return _assigned(text, base + function.start())
    method = _METHOD.search(head)
    if method is None:
        return "", -1
    return None if method[0] in _CONTROL else (method[0], base + method.start())


def _start_of_parameters(text: str, entry: _Open) -> int:
    opened, closed = entry.parameters
    if closed >= 0 and _RETURN_TYPE.fullmatch(text, closed + 1, entry.at):
        return opened
    base, head = _head(text, entry.at)
    one = _ONE_PARAMETER.search(head)
    return base + one.start() if one else entry.at


def _assigned(text: str, end: int) -> tuple[str, int]:
    """Return the variable or property to which a function before `end` is assigned."""
    base, head = _head(text, end)
    found = _TYPED_VARIABLE.search(head) or _ASSIGNED.search(head)
    return (found[1], base + found.start(1)) if found else ("", -1)


def _head(text: str, end: int) -> tuple[int, str]:
    base = max(0, end - _HEAD)
    head = text[base:end].rstrip()
    return base, _GENERICS.sub("", head).rstrip()
