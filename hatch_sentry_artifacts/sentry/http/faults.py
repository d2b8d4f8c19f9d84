"""The faults that requests can have, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from urllib.parse import urlsplit

from hatch_sentry_artifacts.amounts import seconds_text

# For requests that are likely to fail again: fewer attempts than for others.
_FEW = 2


class FaultKind(Enum):
    """The kind of a fault."""

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
        """The most attempts to make; None if only the policy limits them."""
        return _MOST_ATTEMPTS.get(self)

    @property
    def may_come_of_path(self) -> bool:
        """Whether a server may fail like that at an address that is not its API's."""
        return self in _AT_WRONG_PATHS


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
_AT_WRONG_PATHS = frozenset({FaultKind.STATUS, FaultKind.CLOSED, FaultKind.SILENT})


@dataclass(frozen=True)
class Fault:
    """The reason why an attempt failed; `text` continues a sentence about the request.

    `maybe_applied`: the server may have executed the request. `wait` is the number of seconds that
    the server asks to wait. `timed`: the text is to go on with how long that took.
    """

    kind: FaultKind
    text: str
    maybe_applied: bool = True
    wait: float = 0.0
    timed: bool = False

    def after(self, seconds: float) -> Fault:
        """Return the fault of an attempt that took so long."""
        if not self.timed:
            return self
        return replace(self, text=f"{self.text} in {seconds_text(seconds)}", timed=False)


def cut_off() -> Fault:
    """Return the fault of an incomplete response."""
    return Fault(FaultKind.CUT_OFF, "failed: the response was cut off")


def no_tls() -> Fault:
    """Return the fault of a server that speaks HTTP where HTTPS is expected."""
    text = "failed: the server speaks no TLS there: should the url begin with http://?"
    return Fault(FaultKind.NO_TLS, text, maybe_applied=False)


def about_path(url: str) -> str:
    """Return what to set if the path of the server's `url` is wrong; "" if it has none."""
    parts = urlsplit(url)
    if not parts.path:
        return ""
    return (
        f"its path, {parts.path}, may be no part of the server's address: set the url "
        f"(SENTRY_URL) to {parts.scheme}://{parts.netloc}"
    )
