"""Reads places in scripts as stack traces write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from hatch_sentry_artifacts.errors import ConfigurationError

# Longer than any URL that browsers take; the patterns below need not be fast for more.
_LONGEST_LINE = 10_000
# What a 32-bit number holds, as in source maps.
_MOST = 2**31 - 1
_URL_BEGINS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH_BEGINS = re.compile(r"[/?#]")
_NUMBER = r"[-+]?(?:[0-9][0-9_.e+]*|inf(?:inity)?|nan)"
_PLACE = re.compile(rf":({_NUMBER})(?::({_NUMBER}))?\Z", re.IGNORECASE)
# The text before the URL: "at f (" in Chrome, Edge and Node.js, "f@" in Firefox and Safari.
_BEFORE_URL = "(@ \t"
# A path without scheme and host, or a relative one of a script with its line.
_PATH = re.compile(r"(?:\A|[\s(@])((?:~|\.)?/(?!/)\S*|[\w$.-][^\s()@:]*\.[cm]?jsx?:[-+0-9]\S*)\Z")
# Sentry's own wording of a frame: "/static/app.js in render at line 1:48213".
_SENTRY_FRAME = re.compile(r"(\S+)(?: in .*)? at line ([0-9]+(?::[0-9]+)?)\Z")


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


def read_positions(text: str) -> list[Position]:
    """Return the place that `text` names, or that of every frame if it is a trace of several lines.

    Raises ConfigurationError if there is none.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) <= 1:
        return [read_position(text)]
    frames = []
    for line in lines:
        try:
            position = read_position(line)
        except ConfigurationError:
            continue
        if position.line is not None:
            frames.append(position)
    if not frames:
        raise ConfigurationError(
            f"none of the {len(lines)} lines is a frame with a URL and a line, such as "
            "https://shop.example/static/app.js:1:48213"
        )
    return frames


def read_position(text: str) -> Position:
    """Return the place that `URL`, `URL:LINE`, `URL:LINE:COLUMN` or a line of a stack trace names.

    The numbers behind a host are its port. Raises ConfigurationError if there is no URL or path.
    """
    text = text.strip()
    if len(text) > _LONGEST_LINE:
        raise ConfigurationError(
            f"{text[:100]}… has {len(text)} characters, which no URL of a trace has"
        )
    url = _url(text)
    path = _PATH_BEGINS.search(url, url.find("://") + len("://") if "://" in url else 0)
    place = _PLACE.search(url, path.start() if path else len(url))
    line, column = (_number(each, text) for each in place.groups()) if place else (None, None)
    position = Position(url[: place.start()] if place else url, line, column)
    try:
        _ = urlsplit(position.url).port
    except ValueError as error:
        raise ConfigurationError(f"{position.url} is not a URL: {error}") from None
    return position


def _number(digits: str | None, text: str) -> int | None:
    """Return a line or column. Raises ConfigurationError for a number that is none."""
    if digits is None:
        return None
    plain = digits.lstrip("0") if digits.isdecimal() else ""
    if not plain or len(plain) > len(str(_MOST)) or int(plain) > _MOST:
        raise ConfigurationError(
            f"{text}: lines and columns are counted from 1, and go up to {_MOST}"
        )
    return int(plain)


def _url(text: str) -> str:
    """Return the URL of a line, with the place behind it; `~/` and the path if it has no host."""
    begins = _URL_BEGINS.search(text)
    if begins is None:
        return _path(text)
    url = text[begins.start() :]
    before = text[: begins.start()]
    if before and before[-1] not in _BEFORE_URL:
        raise ConfigurationError(f"{text!r} is neither a URL nor a line of a stack trace")
    if before.endswith("("):
        url = url[: _closing_bracket(url)]
    framed = _SENTRY_FRAME.fullmatch(url)
    if framed is not None:
        return f"{framed[1]}:{framed[2]}"
    if any(character.isspace() for character in url):
        raise ConfigurationError(
            f"{url!r} holds a space, which no browser reports: give one URL as the trace does"
        )
    return url


def _path(text: str) -> str:
    framed = _SENTRY_FRAME.fullmatch(text)
    if framed is not None:
        text = f"{framed[1]}:{framed[2]}"
    elif "(" in text:
        text = text.removesuffix(")")
    found = _PATH.search(text)
    if found is None:
        raise ConfigurationError(
            f"{text!r} holds no URL: give it as the stack trace does, with scheme and host, such "
            "as https://shop.example/static/app.js:1:48213"
        )
    return "~/" + found[1].lstrip("~.").lstrip("/")


def _closing_bracket(url: str) -> int:
    depth = 0
    for index, character in enumerate(url):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return index
    return len(url)
