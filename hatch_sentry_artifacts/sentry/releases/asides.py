"""Names for contents that are out of the way while another takes their place, and leftovers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from uuid import uuid4

from hatch_sentry_artifacts.sentry.api import LONGEST_NEW_NAME, RemoteFile

# The first segment of their names, which is no host and no `~`, so that no frame finds them.
_OLD, _NEW = "replaced", "replacing"
_MARK_LENGTH = 16
_ASIDE = re.compile(rf"(?:{_OLD}|{_NEW})/([0-9a-f]{{{_MARK_LENGTH}}})/[^/]+/.*", re.DOTALL)
# Of earlier versions, which only told the last segment of the name.
_UNMARKED = re.compile(rf"{_OLD}/[0-9]+/([^/]*)", re.DOTALL)


def aside_for_old(file: RemoteFile) -> str:
    """Return the name of an earlier content, once it had to give up its own."""
    return _aside(_OLD, file.name, file.id)


def aside_for_new(name: str) -> str:
    """Return a name for a content that is to become that of `name`; another one each time."""
    return _aside(_NEW, name, uuid4().hex[:8])


class Leftovers:
    """The contents that earlier runs left aside, by the name that each belongs to.

    Of a release and dist; a token that may not delete, or a kill, leaves them.
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
        """Return what was left of the name's contents."""
        base = name.rpartition("/")[2]
        return [*self._by_mark.get(_mark(name), ()), *self._by_base.get(base, ())]

    def new_of(self, name: str) -> Sequence[RemoteFile]:
        """Return those that were to become the content of the name."""
        return [file for file in self.of(name) if file.name.startswith(f"{_NEW}/")]


def _aside(kind: str, name: str, key: str) -> str:
    return f"{kind}/{_mark(name)}/{key}/{name.rpartition('/')[2]}"[:LONGEST_NEW_NAME]


def _mark(name: str) -> str:
    """Return what tells names of one last segment apart."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]
