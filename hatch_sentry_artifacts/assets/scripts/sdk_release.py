"""Finds the release that a page tells Sentry: in `Sentry.init`, or as bundler plugins write it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

_DSN = re.compile(r"\bdsn\s*:")
_RELEASE = re.compile(r"""\brelease\s*:\s*(["'`])([^"'`\\${}\n]{1,200})\1""")
# How far from each other the two are, in characters.
_NEAR = 1500
# What Sentry's bundler plugins inject; the SDK takes it where `Sentry.init` says no release.
_GLOBAL = re.compile(
    r"""\bSENTRY_RELEASE\s*=\s*\{\s*["']?id["']?\s*:\s*(["'])([^"'\\\n]{1,200})\1"""
)


def releases_said(text: str) -> Iterator[str]:
    """Yield the releases that stand as literals in a script or page."""
    places = [dsn.start() for dsn in _DSN.finditer(text)]
    for found in _RELEASE.finditer(text) if places else ():
        at = bisect_left(places, found.start())
        if any(abs(place - found.start()) <= _NEAR for place in places[max(0, at - 1) : at + 1]):
            yield found[2]
    yield from (found[2] for found in _GLOBAL.finditer(text))
