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
