"""Reads the debug ids of a script: those that it registers, and the one that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID, dashed
from hatch_sentry_artifacts.assets.scripts.comments import MarkedComment

_UUID = re.compile(UUID.encode())
# The snippets of bundler plugins, in the forms that minifiers leave.
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

    `named` is the id in a script's last comment, or in a map's own key. `registered` are the ids
    that a script registers when it runs, each once, in order of their last registration.
    """

    named: str | None = None
    registered: tuple[str, ...] = ()

    @property
    def own(self) -> str | None:
        """The id in the events of the file's errors; without one, the id that it names.

        Of several that a script registers, it is the last: the SDK (`getFilenameToDebugIdMap` in
        @sentry/core) goes through all registrations in their order, and each replaces what another
        said of the same file. A comment or the map does not change that.
        """
        return self.registered[-1] if self.registered else self.named


class IdReader:
    """Reads a script block by block, holding only its end."""

    def __init__(self) -> None:
        self._end = b""
        self._registered: dict[str, None] = {}

    def feed(self, block: bytes) -> bool:
        """Take the next block of the script; return whether ids may be in it, or over its start."""
        text = self._end + block
        at = text.find(_MARK)
        may_have_ids = at >= 0
        while at >= 0:
            start, end = max(0, at - _BEFORE), at + _BEHIND
            # Marks that stand close together are looked at once, or this would take minutes.
            at = text.find(_MARK, at + 1)
            while 0 <= at - _BEFORE <= end:
                end = at + _BEHIND
                at = text.find(_MARK, at + 1)
            for found in _REGISTERED.finditer(text, start, end):
                debug_id = dashed(found[1] or found[2])
                if debug_id != next(reversed(self._registered), None):
                    self._registered.pop(debug_id, None)
                    self._registered[debug_id] = None
        self._end = text[-_BEFORE - _BEHIND :]
        return may_have_ids

    @property
    def registered(self) -> tuple[str, ...]:
        """The ids that the script registers, in its order."""
        return tuple(self._registered)


def comment_id(comment: MarkedComment | None) -> str | None:
    """Return the id that a `//# debugId=` comment names; None if that is no UUID."""
    if comment is None or not _UUID.fullmatch(comment.value):
        return None
    return dashed(comment.value)
