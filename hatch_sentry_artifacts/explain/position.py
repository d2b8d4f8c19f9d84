"""Reads a place in a script as stack traces write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from hatch_sentry_artifacts.errors import ConfigurationError

_URL_BEGINS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"[/?#]")
_PLACE = re.compile(r":([0-9]{1,9})(?::([0-9]{1,9}))?\Z")
# What stands before the URL: "at f (" in Chrome, Edge and Node.js, "f@" in Firefox and Safari.
_BEFORE_URL = "(@ \t"


@dataclass(frozen=True)
class Position:
    """A script's URL, and maybe a line and a column, both counted from 1 as browsers do."""

    url: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.url, self.line, self.column) if part)


def read_position(text: str) -> Position:
    """The place that `URL`, `URL:LINE`, `URL:LINE:COLUMN` or a line of a stack trace names.

    The numbers behind a host are its port. Raises ConfigurationError if there is no URL.
    """
    url = _url(text.strip())
    path = _PATH.search(url, url.index("://") + len("://"))
    place = _PLACE.search(url, path.start() if path else len(url))
    line, column = map(_number, place.groups()) if place else (None, None)
    if line == 0 or column == 0:
        raise ConfigurationError(f"{text.strip()}: lines and columns are counted from 1")
    position = Position(url[: place.start()] if place else url, line, column)
    try:
        _ = urlsplit(position.url).port
    except ValueError as error:
        raise ConfigurationError(f"{position.url} is not a URL: {error}") from None
    return position


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _url(text: str) -> str:
    begins = _URL_BEGINS.search(text)
    if begins is None:
        raise ConfigurationError(
            f"{text!r} holds no URL: give it as the stack trace does, with scheme and host, such "
            "as https://shop.example/static/app.js:1:48213"
        )
    url = text[begins.start() :]
    before = text[: begins.start()]
    if before and before[-1] not in _BEFORE_URL:
        raise ConfigurationError(f"{text!r} is neither a URL nor a line of a stack trace")
    if before.endswith("("):
        url = url[: _closing_bracket(url)]
    if any(character.isspace() for character in url):
        raise ConfigurationError(
            f"{url!r} holds a space, which no browser reports: give one URL as the trace does"
        )
    return url


def _closing_bracket(url: str) -> int:
    depth = 0
    for index, character in enumerate(url):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return index
    return len(url)
