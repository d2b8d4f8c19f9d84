"""Reads the debug ids that a script has: those that it registers, and the one that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID, dashed
from hatch_sentry_artifacts.assets.scripts.comments import MarkedComment

_UUID = re.compile(UUID.encode())
# What the plugins of bundlers put in, in the forms that minifiers leave of it.
_REGISTERED = re.compile(
    rb"sentry(?:-dbid-(%(id)s)|(?<=_sentry)DebugIds[^\n]{0,200}?[\"'`](%(id)s)[\"'`])"
    % {b"id": UUID.encode()}
)
# Substring of every injected snippet; cheap pre-filter before the regular expression.
_MARK = b"ebugId"
_BEFORE, _BEHIND = 20, 280


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The debug ids of a file, in lower case with dashes.

    `named` is the one of a script's last comment, or of a map's own key. `registered` are those
    that a script registers when it runs, so that events of its errors have them: one is its own,
    others those of scripts that were bundled into it.
    """

    named: str | None = None
    registered: tuple[str, ...] = ()

    def own(self, of_map: str | None = None) -> str | None:
        """The script's own id; `of_map` is that of its map, which knows which of several it is."""
        if of_map is not None and of_map in self.registered:
            return of_map
        if self.named in self.registered or not self.registered:
            return self.named
        return self.registered[0]


class IdReader:
    """Reads a script block by block, holding only its end."""

    def __init__(self) -> None:
        self._end = b""
        self._registered: dict[str, None] = {}

    def feed(self, block: bytes) -> None:
        """Take the next block of the script."""
        text = self._end + block
        at = text.find(_MARK)
        while at >= 0:
            start, end = max(0, at - _BEFORE), at + _BEHIND
            for found in _REGISTERED.finditer(text, start, end):
                self._registered[dashed(found[1] or found[2])] = None
            at = text.find(_MARK, at + 1)
        self._end = text[-_BEFORE - _BEHIND :]

    @property
    def registered(self) -> tuple[str, ...]:
        """The ids that the script registers, in its order."""
        return tuple(self._registered)


def comment_id(comment: MarkedComment | None) -> str | None:
    """Return the id that a `//# debugId=` comment names; None if that is no UUID."""
    if comment is None or not _UUID.fullmatch(comment.value):
        return None
    return dashed(comment.value)
