"""Keeps contents that were read, since frames of a trace are often of one script."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_MOST_BYTES = 256 * 1024 * 1024


class Contents:
    """The contents that were read last, of bounded size together."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[object, bytes] = OrderedDict()

    def keeping(self, read: Callable[[], bytes]) -> Callable[[], bytes]:
        """Return what reads the same, but not again while the content is kept."""
        key = object()

        def read_once() -> bytes:
            if key not in self._kept:
                self._kept[key] = read()
                self._shrink()
            self._kept.move_to_end(key)
            return self._kept[key]

        return read_once

    def _shrink(self) -> None:
        """Let the oldest go; the newest stays, however large."""
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._most:
            self._kept.popitem(last=False)
