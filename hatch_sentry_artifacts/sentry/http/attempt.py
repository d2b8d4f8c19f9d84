"""The time limits of one attempt at a request, and the count of bytes sent."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from math import inf

# Below this rate in bytes a second a body counts as too slow, once the time below has passed.
SLOWEST_RATE = 16 * 1024
# Times `timeout`, the longest silence: one for connecting, and one for the server's work.
_SILENCES = 2


@dataclass
class Attempt:
    """One attempt at a request.

    `silence` is how many seconds the server may send nothing, `began` and `deadline` are the begin
    and the end of the attempt in `time.monotonic()`, which goes on with what is received, but not
    beyond `latest`; `length` is that of the body, `sent` the number of its bytes sent so far.
    """

    silence: float
    began: float
    deadline: float
    length: int
    sent: int = 0
    latest: float = inf

    @staticmethod
    def begin(silence: float, length: int, *, latest: float = inf) -> Attempt:
        """Return an attempt that begins now, with a body of `length` bytes."""
        allowed = _SILENCES * silence + length / SLOWEST_RATE
        began = time.monotonic()
        return Attempt(silence, began, min(began + allowed, latest), length, latest=latest)

    @property
    def seconds(self) -> float:
        """How long it takes already."""
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() >= self.deadline

    def received(self, count: int) -> None:
        """Extend the deadline by the time that `count` more bytes of the response may take."""
        self.deadline = min(self.deadline + count / SLOWEST_RATE, self.latest)

    def limit(self, sock: socket.socket) -> None:
        """Set the timeout of the next call on `sock`. Raises TimeoutError if the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        wanted = min(left, self.silence)
        if sock.gettimeout() != wanted:
            sock.settimeout(wanted)
