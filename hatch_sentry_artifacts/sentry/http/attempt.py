"""How long one attempt at a request may take, and what it has sent."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

# Below this rate in bytes a second a body counts as too slow, once the time below has passed.
SLOWEST_RATE = 16 * 1024
# Times `timeout`, which bounds each silence: connecting may take one, and the server's work one.
_SILENCES = 2


@dataclass
class Attempt:
    """One attempt at a request.

    `silence` is how many seconds the server may say nothing, `deadline` when all has to be over,
    in `time.monotonic()`; `length` is that of the body, and `sent` how much of it has gone out.
    """

    silence: float
    deadline: float
    length: int
    sent: int = 0

    @staticmethod
    def begin(silence: float, length: int) -> Attempt:
        """Return an attempt that begins now, at a request whose body has `length` bytes."""
        allowed = _SILENCES * silence + length / SLOWEST_RATE
        return Attempt(silence, time.monotonic() + allowed, length)

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() >= self.deadline

    def received(self, count: int) -> None:
        """Give the response the time that `count` more bytes of its body may take."""
        self.deadline += count / SLOWEST_RATE

    def limit(self, sock: socket.socket) -> None:
        """Let the next call on `sock` end in time. Raises TimeoutError if the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        wanted = min(left, self.silence)
        if sock.gettimeout() != wanted:
            sock.settimeout(wanted)
