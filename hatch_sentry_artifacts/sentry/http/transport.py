"""Sends requests to one server: retries, rate limits, counts. Never shows the token."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.errors import ServerUnreachable, UnexpectedResponse
from hatch_sentry_artifacts.redaction import redact
from hatch_sentry_artifacts.sentry.http.attempt import Attempt
from hatch_sentry_artifacts.sentry.http.faults import Fault, FaultKind, about_path
from hatch_sentry_artifacts.sentry.http.multipart import Body, Stream
from hatch_sentry_artifacts.sentry.http.reading import MOST_JSON_BYTES, UnusableBody
from hatch_sentry_artifacts.sentry.http.repeating import Repetitions
from hatch_sentry_artifacts.sentry.http.response import Received, Response, detail_of
from hatch_sentry_artifacts.sentry.http.retrying import (
    NOT_CARRIED_OUT,
    RETRIED,
    RetryPolicy,
    asked_wait,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.sentry.http.network import Network

# A Sentry without proxy closes each connection after a response and does not announce it: if that
# happens to more than one in so many requests, connections are not reused any more.
_KEPT_OF_REQUESTS = 10
_MOST_CLOSED = 2
_LEAST_SILENCE = 0.01


@dataclass
class _Course:
    """The state of one request: failed attempts, and connections that the server closed."""

    failed: int = 0
    closed: int = 0
    maybe_applied: bool = False
    began: float = field(default_factory=time.monotonic)


class Transport:
    """Sends requests to the server at `url`; thread-safe.

    `requests` counts every attempt, `bytes_sent` the bytes of their bodies.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        network: Network,
        timeout: float,
        policy: RetryPolicy | None = None,
        notice: Callable[[str], None] = lambda _: None,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self.url = url
        self.requests = 0
        self.bytes_sent = 0
        # A server may send it back in a URL.
        self._secrets = (token, quote(token, safe=""), quote(token))
        self._network = network
        self._timeout = timeout
        self._policy = policy or RetryPolicy()
        self._repetitions = Repetitions(lambda text: notice(self.clean(text)))
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
        """Make every request that waits for another attempt fail at once."""
        self._stopped.set()

    def close(self) -> None:
        """Close all connections."""
        self._network.close()

    def request(
        self,
        method: str,
        path: str,
        body: Body | Mapping[str, Any] | None = None,
        *,
        even_stopped: bool = False,
        most: int = MOST_JSON_BYTES,
        attempts: int | None = None,
        before_repeat: Callable[[], None] = lambda: None,
    ) -> Response:
        """Return the server's response, of any status that is not to be retried.

        `path` is relative to the server's url, or a URL to which the token may be sent. Raises
        ServerUnreachable when all attempts failed, or after `stop`; with `even_stopped`, attempts
        then follow each other without a wait. Raises UnexpectedResponse for a body above `most`
        bytes. `attempts` lowers the policy's limit for this request. `before_repeat` is called
        before each attempt but the first, and may raise what ends the request.
        """
        course = _Course()
        allowed = min(attempts or self._policy.attempts, self._policy.attempts)
        while True:
            self._wait_until(self._not_before, even_stopped=even_stopped)
            result = self._traced(method, path, body, most, self._silence(course))
            if isinstance(result, Received):
                return Response(
                    status=result.status,
                    headers=result.headers,
                    body=result.body,
                    asked=f"{method} {path.partition('?')[0]}",
                    maybe_applied=course.maybe_applied,
                    clean=self.clean,
                )
            if self._closed_under(result, course):
                before_repeat()
                continue
            course.failed += 1
            course.maybe_applied |= result.maybe_applied
            limit = min(allowed, result.kind.most_attempts or allowed)
            backoff = self._policy.backoff(course.failed)
            if course.failed >= limit or self._is_too_long(course, result.wait, backoff):
                raise ServerUnreachable(self._gave_up(method, path, result, course.failed))
            self._repetitions.tell(
                self._asked(method, path),
                result,
                attempt=course.failed + 1,
                most=limit,
                backoff=backoff,
            )
            self._delay(result.wait, backoff, even_stopped=even_stopped)
            before_repeat()

    def clean(self, message: str) -> str:
        """Return `message` without the token, which a server or proxy may have sent back."""
        return redact(message, *self._secrets)

    def _closed_under(self, fault: Fault, course: _Course) -> bool:
        """Return whether the server closed an idle connection, which is no failure."""
        if fault.kind is not FaultKind.CLOSED or course.failed or course.closed >= _MOST_CLOSED:
            return False
        # Others may be closed too, so the next attempt gets a new connection, or one that another
        # thread has just given back.
        self._network.close()
        with self._lock:
            self._closed_early += 1
        course.maybe_applied = True
        course.closed += 1
        return True

    def _traced(
        self,
        method: str,
        path: str,
        body: Body | Mapping[str, Any] | None,
        most: int,
        silence: float,
    ) -> Received | Fault:
        started = time.monotonic()
        result = self._attempt(method, path, body, most, silence)
        if self._trace:
            milliseconds = (time.monotonic() - started) * 1000
            said = result.text if isinstance(result, Fault) else f"answered {result.status}"
            self._trace(self.clean(f"{method} {self._url(path)} {said} [{milliseconds:.0f} ms]"))
        return result

    def _attempt(
        self,
        method: str,
        path: str,
        body: Body | Mapping[str, Any] | None,
        most: int,
        silence: float,
    ) -> Received | Fault:
        """Return the response of one attempt, or its fault: also a status to be retried."""
        content, headers, length = self._content(body)
        with self._lock:
            self.requests += 1
            keeps_none = self._closed_early > max(2, self.requests // _KEPT_OF_REQUESTS)
        if keeps_none:
            self._network.close()
        attempt = Attempt.begin(silence, length)
        try:
            result = self._network.send(
                method, self._url(path), headers, content, most=most, attempt=attempt
            )
        except UnusableBody as error:
            raise self._strange(method, path, error) from None
        finally:
            if isinstance(content, Stream):
                content.close()
            with self._lock:
                self.bytes_sent += attempt.sent
        if isinstance(result, Fault) or result.status not in RETRIED:
            return result
        detail = detail_of(result, self.clean)
        return Fault(
            FaultKind.STATUS,
            f"answered {result.status}" + (f" ({detail})" if detail else ""),
            maybe_applied=result.status not in NOT_CARRIED_OUT,
            wait=asked_wait(result),
        )

    def _content(
        self, body: Body | Mapping[str, Any] | None
    ) -> tuple[bytes | Stream | None, Mapping[str, str], int]:
        """Return the body, its headers and its length in bytes."""
        if body is None:
            return None, self._headers, 0
        if isinstance(body, Mapping):
            content = json.dumps(body).encode()
            return content, {**self._headers, "Content-Type": "application/json"}, len(content)
        return body.body(), {**self._headers, "Content-Type": body.content_type}, body.length

    def _url(self, path: str) -> str:
        return self.url + path if path.startswith("/") else path

    def _silence(self, course: _Course) -> float:
        """Return the seconds that the next attempt may wait for the server."""
        left = course.began + self._policy.patience - time.monotonic()
        return max(_LEAST_SILENCE, min(self._timeout, left))

    def _is_too_long(self, course: _Course, asked: float, backoff: float) -> bool:
        """Return whether another attempt would begin later than the policy allows."""
        elapsed = time.monotonic() - course.began
        too_late = elapsed + max(asked, backoff) > self._policy.patience
        return too_late or asked > self._policy.longest_wait

    def _delay(self, asked: float, backoff: float, *, even_stopped: bool) -> None:
        if not asked:
            self._wait_until(time.monotonic() + backoff, even_stopped=even_stopped)
            return
        # The wait requested of one request holds for all; jitter spreads them afterwards.
        until = time.monotonic() + asked
        with self._lock:
            self._not_before = max(self._not_before, until)
        self._wait_until(until + backoff / 4, even_stopped=even_stopped)

    def _wait_until(self, moment: float, *, even_stopped: bool) -> None:
        seconds = moment - time.monotonic()
        stopped = self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set()
        if stopped and not even_stopped:
            raise ServerUnreachable("not sent, since the upload was stopped")

    def _gave_up(self, method: str, path: str, fault: Fault, failed: int) -> str:
        tries = "" if failed == 1 else f", {failed} times"
        waits = f" and asks to wait {fault.wait:.0f} s"
        asks = waits if fault.wait > self._policy.longest_wait else ""
        again = "" if fault.kind.most_attempts == 1 else self._policy.advice
        wrong = about_path(self.url) if fault.kind.may_come_of_path else ""
        hint = f"; {wrong}" if wrong else ""
        return self.clean(f"{self._asked(method, path)} {fault.text}{asks}{tries}{again}{hint}")

    def _strange(self, method: str, path: str, error: UnusableBody) -> UnexpectedResponse:
        return UnexpectedResponse(
            self.clean(
                f"{self._asked(method, path)} was answered with a body that is {error}: is the "
                "url that of a Sentry server, and does no proxy answer in its place?"
            ),
            status=200,
        )

    def _asked(self, method: str, path: str) -> str:
        return f"{self.url}: {method} {path.partition('?')[0]}"
