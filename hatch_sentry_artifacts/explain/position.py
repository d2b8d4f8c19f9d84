"""Reads a place in a script: a URL or path, and maybe a line and a column behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from hatch_sentry_artifacts.errors import ConfigurationError

EXAMPLE = "https://shop.example/static/app.js:1:48213"
# Longer than any URL that browsers take; the patterns below need not be fast for more.
LONGEST_LINE = 10_000
# What a 32-bit number holds, as in source maps.
_MOST = 2**31 - 1
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH_BEGINS = re.compile(r"[/?#]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_NUMBER = r"[-+]?(?:[0-9][0-9_.e+]*|inf(?:inity)?|nan)"
_PLACE = re.compile(rf":({_NUMBER})(?::({_NUMBER}))?\Z", re.IGNORECASE)


class NoSuchPlace(ConfigurationError):
    """A line or column that no script has."""


@dataclass(frozen=True)
class Position:
    """A script's URL, and maybe a line and a column, both counted from 1 as browsers do.

    The URL is `~/` and a path where the host is not known.
    """

    url: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.url, self.line, self.column) if part)


def read_position(text: str) -> Position:
    """Return the place that `URL`, `URL:LINE` or `URL:LINE:COLUMN` names; a path serves as well.

    The numbers behind a host are its port. Raises ConfigurationError if it is none,
    NoSuchPlace if no script has such a line or column.
    """
    scheme = _SCHEME.match(text)
    if scheme is not None:
        if any(character.isspace() for character in text):
            raise ConfigurationError(
                f"{text!r} holds a space, which no browser reports: give one URL as the trace does"
            )
        path = _PATH_BEGINS.search(text, scheme.end())
        place = _PLACE.search(text, path.start() if path else len(text))
    else:
        place = _PLACE.search(text)
    line, column = (_number(each, text) for each in place.groups()) if place else (None, None)
    url = text[: place.start()] if place else text
    position = Position(url if scheme else _of_any_host(url), line, column)
    try:
        _ = urlsplit(position.url).port
    except ValueError as error:
        raise ConfigurationError(f"{position.url} is not a URL: {error}") from None
    return position


def _number(digits: str | None, text: str) -> int | None:
    """Return a line or column. Raises NoSuchPlace for a number that is none."""
    if digits is None:
        return None
    plain = digits.lstrip("0") if digits.isdecimal() else ""
    if not plain or len(plain) > len(str(_MOST)) or int(plain) > _MOST:
        raise NoSuchPlace(f"{text}: lines and columns are counted from 1, and go up to {_MOST}")
    return int(plain)


def _of_any_host(path: str) -> str:
    """Return the name of a path under any host; a disk's path is one too, as near names show."""
    path = _DRIVE.sub("/", path, count=1) if _DRIVE.match(path) else path
    path = path.removeprefix("~").replace("\\", "/").replace(" ", "%20").removeprefix("./")
    return "~/" + path.lstrip("/")
