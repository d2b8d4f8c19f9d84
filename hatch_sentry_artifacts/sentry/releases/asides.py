"""Temporary names for contents during a replacement, and the leftovers of stopped runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from uuid import uuid4

from hatch_sentry_artifacts.sentry.api import LONGEST_NEW_NAME
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

# The first segment of temporary names: no host and no `~`, so that no frame finds them.
_OLD, _NEW = "replaced", "replacing"
_MARK_LENGTH = 16
_ASIDE = re.compile(rf"(?:{_OLD}|{_NEW})/([0-9a-f]{{{_MARK_LENGTH}}})/[^/]+/.*", re.DOTALL)
# Of earlier versions, which kept only the last segment of the name.
_UNMARKED = re.compile(rf"{_OLD}/[0-9]+/([^/]*)", re.DOTALL)


def aside_for_old(file: RemoteFile) -> str:
    """Return the temporary name of the old content of `name`."""
    return _aside(_OLD, file.name, file.id)


def aside_for_new(name: str) -> str:
    """Return a temporary name for the new content of `name`: another one at each call."""
    return _aside(_NEW, name, uuid4().hex[:8])


def is_aside(name: str) -> bool:
    """Return whether it is a temporary name, under which no frame finds a content."""
    return bool(_ASIDE.fullmatch(name) or _UNMARKED.fullmatch(name))


class Leftovers:
    """The contents of a release and dist under temporary names, by their real names.

    They are left by runs that were killed or whose token may not delete.
    """

    def __init__(self, files: Iterable[RemoteFile], dist: str | None) -> None:
        self._by_mark: dict[str, list[RemoteFile]] = {}
        self._by_base: dict[str, list[RemoteFile]] = {}
        for file in files:
            if file.dist != dist:
                continue
            if marked := _ASIDE.fullmatch(file.name):
                self._by_mark.setdefault(marked[1], []).append(file)
            elif unmarked := _UNMARKED.fullmatch(file.name):
                self._by_base.setdefault(unmarked[1], []).append(file)

    def of(self, name: str) -> Sequence[RemoteFile]:
        """Return the leftovers of the name."""
        base = name.rpartition("/")[2]
        return [*self._by_mark.get(_mark(name), ()), *self._by_base.get(base, ())]

    def new_of(self, name: str) -> Sequence[RemoteFile]:
        """Return the leftovers that were to be the name's new content."""
        return [file for file in self.of(name) if file.name.startswith(f"{_NEW}/")]


def _aside(kind: str, name: str, key: str) -> str:
    return f"{kind}/{_mark(name)}/{key}/{name.rpartition('/')[2]}"[:LONGEST_NEW_NAME]


def _mark(name: str) -> str:
    """Return a mark that differs between names with the same last segment."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]
