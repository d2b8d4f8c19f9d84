"""What can keep a request from being answered, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

# Lets requests be sent again that are likely to fail again, but not as often as others.
_FEW = 2


class FaultKind(Enum):
    """What went wrong."""

    STATUS = auto()
    CLOSED = auto()
    CUT_OFF = auto()
    SILENT = auto()
    TOO_SLOW = auto()
    NO_CONNECTION = auto()
    UNKNOWN_HOST = auto()
    BAD_ADDRESS = auto()
    PROXY = auto()
    NO_TLS = auto()
    ONLY_TLS = auto()
    TLS_ALERT = auto()
    UNTRUSTED = auto()
    NO_HTTP = auto()
    OTHER = auto()

    @property
    def most_attempts(self) -> int | None:
        """How often to try at most; None for what another attempt may well change."""
        return _MOST_ATTEMPTS.get(self)


_MOST_ATTEMPTS = {
    FaultKind.BAD_ADDRESS: 1,
    FaultKind.NO_TLS: 1,
    FaultKind.ONLY_TLS: 1,
    FaultKind.TLS_ALERT: 1,
    FaultKind.UNTRUSTED: 1,
    FaultKind.UNKNOWN_HOST: _FEW,
    FaultKind.NO_HTTP: _FEW,
    FaultKind.TOO_SLOW: _FEW,
}


@dataclass(frozen=True)
class Fault:
    """Why an attempt failed, as words that follow the request's.

    `maybe_applied`: the server may have carried the request out. `wait` is how many seconds it
    asks to wait.
    """

    kind: FaultKind
    text: str
    maybe_applied: bool = True
    wait: float = 0.0


def cut_off() -> Fault:
    """Return the fault of a response that did not come whole."""
    return Fault(FaultKind.CUT_OFF, "failed: the response was cut off")


def no_tls() -> Fault:
    """Return the fault of a server that is asked for HTTPS and speaks HTTP."""
    text = "failed: the server speaks no TLS there: should the url begin with http://?"
    return Fault(FaultKind.NO_TLS, text, maybe_applied=False)
