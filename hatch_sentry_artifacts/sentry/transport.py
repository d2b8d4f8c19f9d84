"""HTTP to one server: a pool of connections, retries, rate limits; never shows the token."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import IncompleteRead
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError, SSLError

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.errors import ServerUnreachable, UnexpectedAnswer
from hatch_sentry_artifacts.redaction import redact
from hatch_sentry_artifacts.sentry.multipart import Form
from hatch_sentry_artifacts.sentry.network import BUNDLE_VARIABLES

# 507 and 524 come from proxies in front of a Sentry server.
RETRIED = frozenset({408, 429, 500, 502, 503, 504, 507, 524})
_NOT_CARRIED_OUT = frozenset({429, 503})
_CLOSED = "closed the connection"
# The first kind that fits counts.
_FAULTS: Sequence[tuple[type[Exception], str]] = (
    (urllib3.exceptions.ConnectTimeoutError, "could not be connected in time"),
    (urllib3.exceptions.ReadTimeoutError, "did not answer in time"),
    (TimeoutError, "did not answer in time"),
    (urllib3.exceptions.ProxyError, "failed: the proxy that is set here does not answer"),
    (urllib3.exceptions.IncompleteRead, "failed: the answer was cut off"),
    (IncompleteRead, "failed: the answer was cut off"),
    (ConnectionError, f"{_CLOSED} without an answer"),  # also RemoteDisconnected
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


@dataclass(frozen=True)
class Answer:
    """What came back. `doubtful`: an earlier attempt may have been carried out unanswered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubtful: bool

    def json(self) -> Any:
        """The body as JSON. Raises UnexpectedAnswer if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise UnexpectedAnswer(
                f"the server answered {self.status} with something that is not JSON: "
                "is the url that of a Sentry server, and does no proxy answer in its place?",
                status=self.status,
            ) from None

    def detail(self) -> str:
        """What the server says about it, in one short line; "" if it says nothing."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return ""
        if isinstance(said, dict):
            said = said.get("detail", said)
        return " ".join((said if isinstance(said, str) else json.dumps(said)).split())[:300]


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
        self, method: str, path: str, body: Form | Mapping[str, Any] | None = None
    ) -> Answer:
        """The server's answer, whatever its status, once it is none that is worth a retry.

        `path` is relative to the server's url. Raises ServerUnreachable when all attempts failed.
        """
        doubtful = reused = False
        failed = 0
        while True:
            self._wait_until(self._not_before)
            started = time.monotonic()
            fault, answer = self._attempt(method, path, body, doubtful=doubtful)
            if self._trace:
                milliseconds = (time.monotonic() - started) * 1000
                self._trace(
                    self.clean(f"{method} {self.url}{path} {fault} [{milliseconds:.0f} ms]")
                )
            if answer is not None and answer.status not in RETRIED:
                return answer
            if answer is None and not reused and failed == 0 and fault.startswith(_CLOSED):
                # A server may close a kept connection at any time: that is no fault of its own.
                doubtful = reused = True
                continue
            failed += 1
            doubtful = doubtful or answer is None or answer.status not in _NOT_CARRIED_OUT
            asked = _asked_wait(answer)
            if failed >= self._policy.attempts or asked > self._policy.longest_wait:
                raise ServerUnreachable(self._gave_up(method, path, fault, failed, asked))
            self._delay(asked, failed)

    def _attempt(
        self, method: str, path: str, body: Form | Mapping[str, Any] | None, *, doubtful: bool
    ) -> tuple[str, Answer | None]:
        headers = self._headers
        content: Any = None
        length = 0
        if isinstance(body, Form):
            content, length = body.body(), body.length
            headers = {**headers, "Content-Type": body.content_type, "Content-Length": str(length)}
        elif body is not None:
            content = json.dumps(body).encode()
            length = len(content)
            headers = {**headers, "Content-Type": "application/json"}
        with self._lock:
            self.requests += 1
            self.bytes_sent += length
        try:
            response = self._pool.urlopen(
                method, self.url + path, body=content, headers=headers, redirect=False
            )
        except SSLError as error:
            raise ServerUnreachable(self._untrusted(error)) from None
        except HTTPError as error:
            return _describe(error), None
        answer = Answer(response.status, response.headers, response.data, doubtful)
        detail = answer.detail() if response.status in RETRIED else ""
        return f"answered {response.status}" + (f" ({detail})" if detail else ""), answer

    def _delay(self, asked: float, failed: int) -> None:
        policy = self._policy
        backoff = min(policy.longest_delay, policy.first_delay * 2 ** (failed - 1))
        backoff *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        if not asked:
            self._wait_until(time.monotonic() + backoff)
            return
        # What one request is told holds for all of them. The jitter keeps them apart afterwards.
        until = time.monotonic() + asked
        with self._lock:
            news = until > self._not_before + 1
            self._not_before = max(self._not_before, until)
        if news and asked > policy.first_delay * 4:
            self._notice(f"the server asks to wait {asked:.0f} s")
        self._wait_until(until + backoff / 4)

    def _wait_until(self, moment: float) -> None:
        seconds = moment - time.monotonic()
        if self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set():
            raise ServerUnreachable("not sent, since the upload was stopped")

    def _gave_up(self, method: str, path: str, fault: str, failed: int, asked: float) -> str:
        tries = "" if failed == 1 else f", {failed} times"
        waits = f" and asks to wait {asked:.0f} s" if asked > self._policy.longest_wait else ""
        return self.clean(
            f"{self.url}: {method} {path.partition('?')[0]} {fault}{waits}{tries}; "
            "what is missing is sent when you run this again"
        )

    def _untrusted(self, error: Exception) -> str:
        return self.clean(
            f"{self.url}: no trusted connection: {error}; if the server has a certificate of your "
            f"own authority, name it in {BUNDLE_VARIABLES[0]} or {BUNDLE_VARIABLES[-1]}"
        )

    def clean(self, message: str) -> str:
        """`message` without the token, should a server or proxy have sent it back."""
        return redact(message, self._token)


def _asked_wait(answer: Answer | None) -> float:
    """Seconds that the server asks to wait; 0 if it does not say."""
    if answer is None:
        return 0.0
    after = answer.headers.get("Retry-After", "").strip()
    reset = answer.headers.get("X-Sentry-Rate-Limit-Reset", "")
    try:
        if after.isdigit():
            return float(after)
        if after:
            return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and reset:
            return max(0.0, float(reset) - time.time())
    except ValueError:
        pass
    return 0.0


def _describe(error: HTTPError) -> str:
    cause: BaseException = error
    while isinstance(cause, ProtocolError) and isinstance(cause.args[-1], BaseException):
        cause = cause.args[-1]
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return f"failed: no connection ({str(cause).rpartition(': ')[2]})"
    for kind, text in _FAULTS:
        if isinstance(cause, kind):
            return text
    return f"failed: {type(cause).__name__}: {cause}"
