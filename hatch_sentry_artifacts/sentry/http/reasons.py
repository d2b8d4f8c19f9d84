"""Turns the errors of requests, urllib3 and the standard library into faults."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPException, IncompleteRead

from requests.exceptions import InvalidURL, RequestException
from urllib3 import exceptions as urllib3

from hatch_sentry_artifacts.redaction import cut
from hatch_sentry_artifacts.sentry.http.faults import Fault, FaultKind, cut_off, no_tls

# OpenSSL's reason if the server responds in plain HTTP.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"})
# A TLS record with an alert, in the place of HTTP's status line.
_ALERT_RECORD = "\x15\x03"
# What a status line can be cut to.
_CUT_STATUS_LINE = re.compile(r"H|HT|HTT|HTTP|HTTP/(\d(\.(\d( \d?\d?)?)?)?)?")


def fault_of(error: BaseException, *, too_late: bool) -> Fault:
    """Return the fault for an error of requests, urllib3 or below; `too_late`: its time was up."""
    causes = list(_causes(error))
    for classes, read in _READERS:
        for cause in causes:
            if isinstance(cause, classes):
                fault = read(cause)
                if fault is not None:
                    return _too_slow() if too_late and fault.kind is FaultKind.SILENT else fault
    last = causes[-1] if causes else error
    return Fault(FaultKind.OTHER, f"failed: {type(last).__name__}: {last}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the causes of an error, from outside in, without the wrappers of requests."""
    if not isinstance(error, RequestException) or isinstance(error, InvalidURL):
        yield error
    inner = [error.__cause__, getattr(error, "reason", None), *error.args]
    for each in {id(each): each for each in inner if isinstance(each, BaseException)}.values():
        yield from _causes(each)


def _too_slow() -> Fault:
    return Fault(FaultKind.TOO_SLOW, "was too slow to come to its end")


def _silent(_: BaseException) -> Fault:
    return Fault(FaultKind.SILENT, "did not answer", timed=True)


def _closed(_: BaseException) -> Fault:
    return Fault(FaultKind.CLOSED, "closed the connection without a response")


def _proxy(error: BaseException) -> Fault:
    reason = _last_words(error.args[-1])
    text = f"failed: no way through the proxy that is set here ({reason})"
    return Fault(FaultKind.PROXY, text)


def _no_connection(error: BaseException) -> Fault:
    reason = error.__cause__
    unknown = isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_NONAME
    kind = FaultKind.UNKNOWN_HOST if unknown else FaultKind.NO_CONNECTION
    return Fault(kind, f"failed: no connection ({_last_words(error)})", maybe_applied=False)


def _not_connected_in_time(_: BaseException) -> Fault:
    text = "could not be connected"
    return Fault(FaultKind.NO_CONNECTION, text, maybe_applied=False, timed=True)


def _bad_address(error: BaseException) -> Fault:
    text = f"failed: that is no address of a server ({error}): fix the url"
    return Fault(FaultKind.BAD_ADDRESS, text, maybe_applied=False)


def _tls(error: BaseException) -> Fault | None:
    reason = str(getattr(error, "reason", None) or "")
    if isinstance(error, ssl.SSLCertVerificationError):
        text = (
            f"failed: no trusted connection: {error}; if the server has a certificate of your "
            "own authority, name it in REQUESTS_CA_BUNDLE or SSL_CERT_FILE"
        )
        return Fault(FaultKind.UNTRUSTED, text, maybe_applied=False)
    if reason in _NO_TLS:
        return no_tls()
    if "_ALERT_" in reason:
        words = reason.partition("_ALERT_")[2].replace("_", " ").lower()
        text = (
            f"failed: the server refuses the secure connection (TLS alert: {words}): does it "
            "want a client's certificate, or a newer TLS, or is it not meant for this host name?"
        )
        return Fault(FaultKind.TLS_ALERT, text)
    return None


def _no_http(error: BaseException) -> Fault:
    if _CUT_STATUS_LINE.fullmatch(str(error)):
        return cut_off()
    if str(error).startswith(_ALERT_RECORD):
        text = "failed: the server speaks TLS there: should the url begin with https://?"
        return Fault(FaultKind.ONLY_TLS, text, maybe_applied=False)
    reason = cut(f"{type(error).__name__}: {error}", 200)
    text = (
        f"was answered with something that is not HTTP ({reason}): is the url that of the server?"
    )
    return Fault(FaultKind.NO_HTTP, text)


# The first entry that matches one of the causes counts.
_READERS: Sequence[
    tuple[tuple[type[BaseException], ...], Callable[[BaseException], Fault | None]]
] = (
    ((urllib3.LocationValueError, InvalidURL), _bad_address),
    ((urllib3.ProxyError,), _proxy),
    ((urllib3.NewConnectionError,), _no_connection),
    ((urllib3.ConnectTimeoutError,), _not_connected_in_time),
    ((ssl.SSLError,), _tls),
    ((urllib3.ReadTimeoutError, TimeoutError), _silent),
    ((urllib3.IncompleteRead, IncompleteRead), lambda _: cut_off()),
    (
        (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, urllib3.ClosedPoolError),
        _closed,
    ),
    ((HTTPException, urllib3.InvalidHeader), _no_http),
)


def _last_words(error: object) -> str:
    return str(error).rpartition(": ")[2]
