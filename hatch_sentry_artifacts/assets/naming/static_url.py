"""Finds the STATIC_URL of the Django settings that a wheel holds, if it holds any."""

from __future__ import annotations

import re

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents

DEFAULT = "~/static"
_SETTINGS = re.compile(r"(?:^|/)[^/]*(?:settings?|conf|config)[^/]*(?:/[^/]*)?\.py$")
_OTHERS = re.compile(r"(?:^|/)(?:tests?|testing|examples?|demo|docs?|[^/]*template[^/]*)/")
_ASSIGNED = re.compile(rb"^[ \t]*STATIC_URL\b[^=\n]*=(?!=)[ \t]*(.*)$", re.MULTILINE)
_LITERAL = re.compile(r"""(["'])(/?[A-Za-z0-9_./-]*)\1\s*(?:#.*)?""")
_MOST_SOURCE_BYTES = 256 * 1024
_MOST_BYTES = 8 * 1024 * 1024


def static_prefix(contents: Contents) -> str | None:
    """Return the prefix that STATIC_URL means; None if it is computed, or there are several."""
    budget = Budget(_MOST_BYTES)
    found: set[str | None] = set()
    for path in sorted(contents.members):
        if _SETTINGS.search(path) and not _OTHERS.search(path):
            content = contents.read(path, _MOST_SOURCE_BYTES, budget)
            found.update(_read(each) for each in _ASSIGNED.findall(content))
    found = found or {DEFAULT}
    return found.pop() if len(found) == 1 else None


def _read(value: bytes) -> str | None:
    literal = _LITERAL.fullmatch(value.decode("utf-8", "replace").strip())
    return "~/" + literal[2].strip("/") if literal else None
