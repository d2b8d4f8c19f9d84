"""Turns a server's JSON into typed values, and refuses everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hatch_sentry_artifacts.errors import UnexpectedResponse

Value = TypeVar("Value")
_MOST_INTEGER = 2**63 - 1
_KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number with a point",
    str: "a text",
    list: "a list",
    dict: "an object",
}


def parse(body: bytes) -> object:
    """Return the JSON value in `body`. Raises ValueError, also if it nests too deeply."""
    try:
        value: object = json.loads(body)
    except RecursionError:
        raise ValueError("too deep") from None
    return value


def mapping(value: object, what: str) -> Mapping[str, object]:
    """Return `value`, an object. Raises UnexpectedResponse, whose message calls it `what`."""
    if not isinstance(value, dict):
        raise _strange(what, value, "an object")
    return value


def sequence(value: object, what: str) -> Sequence[object]:
    """Return `value`, a list. Raises UnexpectedResponse."""
    if not isinstance(value, list):
        raise _strange(what, value, "a list")
    return value


def text(value: object, what: str) -> str:
    """Return `value`, a text that can be written as UTF-8. Raises UnexpectedResponse."""
    if not isinstance(value, str):
        raise _strange(what, value, "a text")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise _strange(what, value, "a text without half characters", right_type=True)
    return value


def integer(value: object, what: str, *, least: int = 0, most: int = _MOST_INTEGER) -> int:
    """Return `value`, a whole number from `least` to `most`. Raises UnexpectedResponse."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _strange(what, value, "a whole number")
    if not least <= value <= most:
        raise _strange(what, value, f"a whole number from {least} to {most}", right_type=True)
    return value


def identifier(value: object, what: str) -> str:
    """Return `value`, an id, which may be a text or a number. Raises UnexpectedResponse."""
    return str(integer(value, what)) if isinstance(value, int) else text(value, what)


def optional(read: Callable[[object, str], Value], value: object, what: str) -> Value | None:
    """Return `value` read by `read`, a function of this module; None for null."""
    return None if value is None else read(value, what)


def texts(value: object, what: str) -> Mapping[str, str]:
    """Return `value`, an object of texts; an empty one for null. Raises UnexpectedResponse."""
    said = mapping({} if value is None else value, what)
    return {text(key, what): text(each, f"{what}, {key}") for key, each in said.items()}


def _strange(
    what: str, value: object, wanted: str, *, right_type: bool = False
) -> UnexpectedResponse:
    kind = "another one" if right_type else _KINDS.get(type(value), "something else")
    return UnexpectedResponse(
        f"the server's JSON is none that a Sentry server gives here ({what} should be {wanted} "
        f"and is {kind}): is the url that of a Sentry server?",
        status=200,
    )
