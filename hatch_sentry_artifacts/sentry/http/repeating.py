"""Tells people that requests are repeated, and why."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable

from hatch_sentry_artifacts.amounts import seconds_text
from hatch_sentry_artifacts.sentry.http.faults import Fault, FaultKind

# Seconds in which what many requests have in common is told once.
_TOLD_AGAIN_AFTER = 15.0
# How long an attempt took, at the end of its text.
_TIME = re.compile(r" in [\d.]+ s$")


class Repetitions:
    """Tells of attempts after the first one, by `notice`; thread-safe."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        self._notice = notice
        self._lock = threading.Lock()
        self._told: dict[tuple[FaultKind, int], float] = {}
        self._last = ""

    def tell(self, what: str, fault: Fault, *, attempt: int, most: int, backoff: float) -> None:
        """Say that attempt number `attempt` of `most` follows in `backoff` seconds, and why.

        `what` is the failed request. Nothing is said if another one has just failed alike.
        """
        if not self._is_news((fault.kind, attempt)):
            return
        again = f"attempt {attempt} of {most} follows in {seconds_text(backoff)}"
        if fault.wait:
            asked = f"the server asks to wait {seconds_text(fault.wait)}"
            again = f"{asked} before attempt {attempt} of {most}"
        known = self._is_known(f"{what} {_TIME.sub('', fault.text)}")
        self._notice(f"{'the same again' if known else f'{what} {fault.text}'}; {again}")

    def _is_news(self, what: tuple[FaultKind, int]) -> bool:
        now = time.monotonic()
        with self._lock:
            news = now - self._told.get(what, -math.inf) > _TOLD_AGAIN_AFTER
            if news:
                self._told[what] = now
        return news

    def _is_known(self, what: str) -> bool:
        """Return whether the line before this one has told it."""
        with self._lock:
            known, self._last = self._last == what, what
        return known
