"""The policy for retries of failed requests."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from hatch_sentry_artifacts.sentry.http.response import Received

# 507 and 524 are sent by proxies in front of a Sentry server.
RETRIED = frozenset({408, 429, 500, 502, 503, 504, 507, 524})
NOT_CARRIED_OUT = frozenset({429, 503})


@dataclass(frozen=True)
class RetryPolicy:
    """The limits for retries, times in seconds; `attempts` includes the first one.

    `longest_wait` limits the wait that a server can request with Retry-After and similar headers,
    `patience` the time that all attempts at one request may take. `advice` ends the message when
    they have failed.
    """

    attempts: int = 6
    first_delay: float = 0.5
    longest_delay: float = 20.0
    longest_wait: float = 300.0
    patience: float = math.inf
    advice: str = "; what is missing is sent when you run this again"

    def backoff(self, failed: int) -> float:
        """Return the seconds to wait after `failed` failures in a row."""
        delay: float = min(self.longest_delay, self.first_delay * 2 ** (failed - 1))
        return delay * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def asked_wait(received: Received) -> float:
    """Return the seconds that the server asks to wait; 0 if it does not ask."""
    after = received.headers.get("Retry-After", "").strip()
    reset = received.headers.get("X-Sentry-Rate-Limit-Reset", "")
    limited = received.status == HTTPStatus.TOO_MANY_REQUESTS
    try:
        if after.isdigit():
            return float(after)
        if after:
            return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
        return max(0.0, float(reset) - time.time()) if limited and reset else 0.0
    except (ValueError, OverflowError):
        return 0.0
