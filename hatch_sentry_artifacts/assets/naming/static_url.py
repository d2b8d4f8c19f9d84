"""Finds the STATIC_URL of the Django settings that a wheel holds, if it holds any."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents

DEFAULT = "~/static"
_SETTINGS = re.compile(r"(?:^|/)[^/]*(?:settings?|conf|config)[^/]*(?:/[^/]*)?\.py$")
_OTHERS = re.compile(r"(?:^|/)(?:tests?|testing|examples?|demo|docs?|[^/]*template[^/]*)/")
_ASSIGNED = re.compile(rb"^[ \t]*STATIC_URL\b[^=\n]*=(?!=)[ \t]*(.*)$", re.MULTILINE)
_LITERAL = re.compile(r"""(["'])(/?[A-Za-z0-9_./-]*)\1\s*(?:#.*)?""")
_MOST_SOURCE_BYTES = 256 * 1024
_MOST_BYTES = 8 * 1024 * 1024
_FOLDERS = "STATICFILES_DIRS"


def static_prefix(contents: Contents) -> str | None:
    """Return the prefix that STATIC_URL means; None if it is computed, or there are several."""
    budget = Budget(_MOST_BYTES)
    found: set[str | None] = set()
    for _path, content in _settings(contents, budget):
        found.update(_read(each) for each in _ASSIGNED.findall(content))
    found = found or {DEFAULT}
    return found.pop() if len(found) == 1 else None


def further_folders(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the folders that STATICFILES_DIRS says, each with its prefix below STATIC_URL."""
    for path, content in _settings(contents, Budget(_MOST_BYTES)):
        if _FOLDERS.encode() not in content:
            continue
        # Imported late, since it imports Python's parser.
        from hatch_sentry_artifacts.assets.naming.expressions import Scope, listed_folders
        from hatch_sentry_artifacts.assets.naming.python_sources import Source, module_name, parse

        tree = parse(content)
        if tree is not None:
            yield from listed_folders(Scope(Source(path, module_name(path), tree)), _FOLDERS)


def _settings(contents: Contents, budget: Budget) -> Iterator[tuple[str, bytes]]:
    for path in sorted(contents.members):
        if _SETTINGS.search(path) and not _OTHERS.search(path):
            yield path, contents.read(path, _MOST_SOURCE_BYTES, budget)


def _read(value: bytes) -> str | None:
    literal = _LITERAL.fullmatch(value.decode("utf-8", "replace").strip())
    return "~/" + literal[2].strip("/") if literal else None
