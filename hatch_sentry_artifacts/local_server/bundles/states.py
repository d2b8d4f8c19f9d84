"""The states of assembled bundles, as long as a poll may ask for them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

_SECONDS = 600  # as the real server
_MOST = 10_000


@dataclass
class _Entry:
    state: str
    detail: str | None
    until: float  # of time.monotonic()
    polls_to_wait: int = 0


class States:
    """The state of each checksum for ten minutes, and nothing else about it.

    As on the real server it is not known for which projects or release it was; it is in memory
    only. Safe to use from many threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def poll(self, checksum: str) -> tuple[str, str | None] | None:
        """Return state and detail, or None for what was not begun or is long over."""
        with self._lock:
            entry = self._entries.get(checksum)
            if entry is None or entry.until < time.monotonic():
                return None
            if entry.polls_to_wait > 0:
                entry.polls_to_wait -= 1
                return "assembling", None
            return entry.state, entry.detail

    def begin(self, checksum: str) -> bool:
        """Set the state `created`; False if another request was faster."""
        with self._lock:
            now = time.monotonic()
            entry = self._entries.get(checksum)
            if entry is not None and entry.until >= now:
                return False
            if len(self._entries) >= _MOST:
                self._entries = {key: old for key, old in self._entries.items() if old.until >= now}
            self._entries[checksum] = _Entry("created", None, now + _SECONDS)
            return True

    def end(self, checksum: str, state: str, detail: str | None, polls_to_wait: int) -> None:
        """Set the outcome, which is returned after that many polls."""
        with self._lock:
            until = time.monotonic() + _SECONDS
            self._entries[checksum] = _Entry(state, detail, until, polls_to_wait)
