"""What a lexer of scripts has to know that is open: brackets, and what waits for its "{"."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, auto


class Open(IntEnum):
    """An open construct: a bracket of some kind, or a function or class before its "{"."""

    PROGRAM = auto()
    PAREN = auto()
    CONDITION = auto()
    FOR = auto()
    BRACKET = auto()
    OBJECT = auto()
    TEMPLATE = auto()
    BLOCK = auto()
    METHOD = auto()
    FUNCTION_VALUE = auto()
    CLASS = auto()
    CLASS_VALUE = auto()
    AWAITED_FUNCTION = auto()
    AWAITED_FUNCTION_VALUE = auto()
    AWAITED_CLASS = auto()
    AWAITED_CLASS_VALUE = auto()


BODY_OF: Mapping[int, Open] = {
    Open.AWAITED_FUNCTION: Open.BLOCK,
    Open.AWAITED_FUNCTION_VALUE: Open.FUNCTION_VALUE,
    Open.AWAITED_CLASS: Open.CLASS,
    Open.AWAITED_CLASS_VALUE: Open.CLASS_VALUE,
}
AWAITED_FUNCTIONS = frozenset((Open.AWAITED_FUNCTION, Open.AWAITED_FUNCTION_VALUE))
WITH_STATEMENTS = frozenset((Open.PROGRAM, Open.BLOCK, Open.METHOD, Open.FUNCTION_VALUE))
WITH_METHODS = frozenset((Open.OBJECT, Open.CLASS, Open.CLASS_VALUE))
VALUES = frozenset((Open.OBJECT, Open.FUNCTION_VALUE, Open.CLASS_VALUE))
_MOST_QUESTIONS = 255


class OpenConstructs:
    """The stack of what is open.

    For each, how many questions wait for their colon, and whether a declaration began in it.
    """

    def __init__(self) -> None:
        self._open = bytearray([Open.PROGRAM])
        self._questions = bytearray(1)
        self._declaring = bytearray(1)

    def _push(self, kind: int) -> None:
        self._open.append(kind)
        self._questions.append(0)
        self._declaring.append(0)

    def _drop(self) -> int:
        """Take the last open construct from the stack, and return it."""
        self._questions.pop()
        self._declaring.pop()
        return self._open.pop()

    def _pop(self) -> int:
        """Close and return the last open construct, except for the program."""
        self._await_no_body()
        if len(self._open) == 1:
            return Open.PROGRAM
        return self._drop()

    def _ask(self) -> None:
        if self._questions[-1] < _MOST_QUESTIONS:
            self._questions[-1] += 1

    def _answer(self) -> bool:
        """Take a colon; return whether a question waited for it."""
        waits = self._questions[-1] > 0
        self._questions[-1] -= waits
        return waits

    def _await_no_body(self) -> None:
        """Drop the words `function` and `class` that turned out to be names of properties."""
        while self._open[-1] in BODY_OF:
            self._drop()
