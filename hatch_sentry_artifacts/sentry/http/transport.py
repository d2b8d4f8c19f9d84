"""HTTP to one server: a pool of connections, retries, rate limits; never shows the token."""

from __future__ import annotations

import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import IncompleteRead
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError, ProxyError, SSLError

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.errors import ServerUnreachable
from hatch_sentry_artifacts.redaction import redact
from hatch_sentry_artifacts.sentry.http.multipart import Body
from hatch_sentry_artifacts.sentry.http.network import BUNDLE_VARIABLES
from hatch_sentry_artifacts.sentry.http.response import Response

# 507 and 524 come from proxies in front of a Sentry server.
RETRIED = frozenset({408, 429, 500, 502, 503, 504, 507, 524})
_NOT_CARRIED_OUT = frozenset({429, 503})
_CLOSED = "closed the connection"
# A bare Sentry closes each connection after a response and does not say so: where more than one
# in so many requests meets that, no connection is kept any more.
_KEPT_OF_REQUESTS = 10
_MOST_CLOSED = 2
_CUT_OFF = "failed: the response was cut off"
# OpenSSL's reasons that no other attempt changes; others are broken connections.
_NEVER_TRUSTED = frozenset({"CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER"})
# The first kind that fits counts.
_FAULTS: Sequence[tuple[type[Exception], str]] = (
    (urllib3.exceptions.ConnectTimeoutError, "could not be connected in time"),
    (urllib3.exceptions.ReadTimeoutError, "did not answer in time"),
    (TimeoutError, "did not answer in time"),
    (urllib3.exceptions.IncompleteRead, _CUT_OFF),
    (IncompleteRead, _CUT_OFF),
    (ConnectionError, f"{_CLOSED} without an response"),  # also RemoteDisconnected
    (ssl.SSLEOFError, f"{_CLOSED} without an response"),
    (ssl.SSLZeroReturnError, f"{_CLOSED} without an response"),
)


@dataclass(frozen=True)
class RetryPolicy:
    """How long to go on. Seconds; `attempts` includes the first one.

    `longest_wait` bounds what a server may ask for with Retry-After and the like.
    """

    attempts: int = 6
    first_delay: float = 0.5
    longest_delay: float = 20.0
    longest_wait: float = 300.0


class Transport:
    """Sends requests to the server at `url`. Safe to use from many threads."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        pool: urllib3.PoolManager,
        policy: RetryPolicy | None = None,
        notice: Callable[[str], None] = lambda _: None,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self.url = url
        self.requests = 0
        self.bytes_sent = 0
        self._token = token
        self._pool = pool
        self._policy = policy or RetryPolicy()
        self._notice = notice
        self._trace = trace
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._not_before = 0.0
        self._closed_early = 0
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": f"hatch-sentry-artifacts/{__version__}",
        }

    def stop(self) -> None:
        """Let every request that is waiting for another attempt fail at once."""
        self._stopped.set()

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def request(
        self,
        method: str,
        path: str,
        body: Body | Mapping[str, Any] | None = None,
        *,
        even_stopped: bool = False,
    ) -> Response:
        """The server's response, whatever its status, once it is none that is worth a retry.

        `path` is relative to the server's url, or a URL that the token may go to. Raises
        ServerUnreachable when all attempts failed, or after `stop`; with `even_stopped`, attempts
        then follow each other without a wait.
        """
        doubtful = False
        failed = reused = 0
        while True:
            self._wait_until(self._not_before, even_stopped=even_stopped)
            started = time.monotonic()
            fault, response = self._attempt(method, path, body, doubtful=doubtful)
            if self._trace:
                milliseconds = (time.monotonic() - started) * 1000
                self._trace(
                    self.clean(f"{method} {self._url(path)} {fault} [{milliseconds:.0f} ms]")
                )
            if response is not None and response.status not in RETRIED:
                return response
            if (
                response is None
                and failed == 0
                and reused < _MOST_CLOSED
                and fault.startswith(_CLOSED)
            ):
                # A server may close a kept connection at any time: that is no fault of its own.
                # The others may be closed too, so the next attempt gets a new one, or one that
                # another thread has just given back.
                self._pool.clear()
                with self._lock:
                    self._closed_early += 1
                doubtful = True
                reused += 1
                continue
            failed += 1
            doubtful = doubtful or response is None or response.status not in _NOT_CARRIED_OUT
            asked = _asked_wait(response)
            if failed >= self._policy.attempts or asked > self._policy.longest_wait:
                raise ServerUnreachable(self._gave_up(method, path, fault, failed, asked))
            self._delay(asked, failed, even_stopped=even_stopped)

    def _attempt(
        self, method: str, path: str, body: Body | Mapping[str, Any] | None, *, doubtful: bool
    ) -> tuple[str, Response | None]:
        headers = self._headers
        content: Any = None
        length = 0
        if isinstance(body, Mapping):
            content = json.dumps(body).encode()
            length = len(content)
            headers = {**headers, "Content-Type": "application/json"}
        elif body is not None:
            content, length = body.body(), body.length
            headers = {**headers, "Content-Type": body.content_type, "Content-Length": str(length)}
        with self._lock:
            self.requests += 1
            self.bytes_sent += length
            keeps_none = self._closed_early > max(2, self.requests // _KEPT_OF_REQUESTS)
        if keeps_none:
            self._pool.clear()
        try:
            received = self._pool.urlopen(
                method, self._url(path), body=content, headers=headers, redirect=False
            )
        except HTTPError as error:
            if isinstance(cause := _cause(error), ssl.SSLError) and cause.reason in _NEVER_TRUSTED:
                raise ServerUnreachable(self._untrusted(cause)) from None
            return _describe(error), None
        finally:
            if isinstance(content, Generator):
                content.close()
        if _lacks_an_end(received):
            return _CUT_OFF, None
        response = Response(received.status, received.headers, received.data, doubtful)
        detail = response.detail() if response.status in RETRIED else ""
        return f"answered {response.status}" + (f" ({detail})" if detail else ""), response

    def _url(self, path: str) -> str:
        return self.url + path if path.startswith("/") else path

    def _delay(self, asked: float, failed: int, *, even_stopped: bool) -> None:
        policy = self._policy
        backoff = min(policy.longest_delay, policy.first_delay * 2 ** (failed - 1))
        backoff *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        if not asked:
            self._wait_until(time.monotonic() + backoff, even_stopped=even_stopped)
            return
        # What one request is told holds for all of them. The jitter keeps them apart afterwards.
        until = time.monotonic() + asked
        with self._lock:
            news = until > self._not_before + 1
            self._not_before = max(self._not_before, until)
        if news and asked > policy.first_delay * 4:
            self._notice(f"the server asks to wait {asked:.0f} s")
        self._wait_until(until + backoff / 4, even_stopped=even_stopped)

    def _wait_until(self, moment: float, *, even_stopped: bool) -> None:
        seconds = moment - time.monotonic()
        stopped = self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set()
        if stopped and not even_stopped:
            raise ServerUnreachable("not sent, since the upload was stopped")

    def _gave_up(self, method: str, path: str, fault: str, failed: int, asked: float) -> str:
        tries = "" if failed == 1 else f", {failed} times"
        waits = f" and asks to wait {asked:.0f} s" if asked > self._policy.longest_wait else ""
        return self.clean(
            f"{self.url}: {method} {path.partition('?')[0]} {fault}{waits}{tries}; "
            "what is missing is sent when you run this again"
        )

    def _untrusted(self, error: ssl.SSLError) -> str:
        if not isinstance(error, ssl.SSLCertVerificationError):
            return f"{self.url}: the server speaks no TLS there: should the url begin with http://?"
        return self.clean(
            f"{self.url}: no trusted connection: {error}; if the server has a certificate of your "
            f"own authority, name it in {BUNDLE_VARIABLES[0]} or {BUNDLE_VARIABLES[-1]}"
        )

    def clean(self, message: str) -> str:
        """`message` without the token, should a server or proxy have sent it back."""
        return redact(message, self._token)


def _asked_wait(response: Response | None) -> float:
    """Seconds that the server asks to wait; 0 if it does not say."""
    if response is None:
        return 0.0
    after = response.headers.get("Retry-After", "").strip()
    reset = response.headers.get("X-Sentry-Rate-Limit-Reset", "")
    try:
        if after.isdigit():
            return float(after)
        if after:
            return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
        if response.status == HTTPStatus.TOO_MANY_REQUESTS and reset:
            return max(0.0, float(reset) - time.time())
    except ValueError:
        pass
    return 0.0


def _lacks_an_end(response: urllib3.BaseHTTPResponse) -> bool:
    """Whether the connection closed within the headers, which Python takes for their end."""
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    return response.status != HTTPStatus.NO_CONTENT and not framed and not response.data


def _cause(error: BaseException) -> BaseException:
    """What went wrong, out of what urllib3 wraps it in."""
    while isinstance(error, (ProtocolError, SSLError)) and isinstance(
        error.args[-1], BaseException
    ):
        error = error.args[-1]
    return error


def _describe(error: HTTPError) -> str:
    cause = _cause(error)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return f"failed: no connection ({_last_words(cause)})"
    if isinstance(cause, ProxyError):
        return f"failed: no way through the proxy that is set here ({_last_words(cause.args[-1])})"
    for kind, text in _FAULTS:
        if isinstance(cause, kind):
            return text
    return f"failed: {type(cause).__name__}: {cause}"


def _last_words(error: object) -> str:
    return str(error).rpartition(": ")[2]
