"""Connections that count the bytes they send, and keep the time limits of an attempt."""

from __future__ import annotations

import io
import socket
from contextvars import ContextVar
from http.client import HTTPException, HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from hatch_sentry_artifacts.sentry.http.attempt import Attempt

# Status line and headers, with every `100 Continue` before them.
_MOST_HEAD_BYTES = 256 * 1024
# Larger blocks are not copied to be sent together with the headers.
_JOINED_BYTES = 64 * 1024


class HeadTooLong(HTTPException):
    """The headers of a response do not end."""


_CURRENT: ContextVar[Attempt] = ContextVar("attempt")


def watch(attempt: Attempt) -> None:
    """Count the next request of this thread for `attempt`."""
    _CURRENT.set(attempt)


class _Reader(io.RawIOBase):
    """The reading side of a connection: limits time and headers."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._attempt = _CURRENT.get()
        self._head_left = _MOST_HEAD_BYTES
        self.in_head = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._attempt.limit(self._sock)
        count: int = self._raw.readinto(buffer) or 0
        if self.in_head:
            self._head_left -= count
            if self._head_left < 0:
                raise HeadTooLong(f"its headers go on after {_MOST_HEAD_BYTES} bytes")
        return count

    def close(self) -> None:
        super().close()
        self._raw.close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._reader = _Reader(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        super().begin()
        self._reader.in_head = False


class _Watched(HTTPConnection):
    response_class = _Response
    _in_head = _in_body = False
    # Headers are held back until the body's first block: small ones are sent together.
    _head = b""

    def connect(self) -> None:
        self._in_body = False
        super().connect()

    def endheaders(self, *args: Any, **options: Any) -> None:
        self._in_head, self._in_body = True, False
        super().endheaders(*args, **options)
        self._in_head, self._in_body = False, True

    def send(self, data: Any) -> None:
        """Send all of `data` and count the body's bytes, which `sendall` does not report."""
        attempt = _CURRENT.get()
        if self._in_head and attempt.length:
            self._head = bytes(data)
            return
        head, self._head = self._head, b""
        uncounted = len(head) if self._in_body else len(data)
        if self.sock is None:
            self.connect()
        if len(data) > _JOINED_BYTES and head:
            self._send_all(attempt, head, len(head))
            head, uncounted = b"", 0
        self._send_all(attempt, head + data if head else data, uncounted)

    def _send_all(self, attempt: Attempt, data: bytes, uncounted: int) -> None:
        """Send `data`, whose first `uncounted` bytes do not belong to the body."""
        sent = 0
        view = memoryview(data)
        try:
            while sent < len(view):
                attempt.limit(self.sock)
                sent += self.sock.send(view[sent:])
        finally:
            attempt.sent += max(0, sent - uncounted)


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


POOLS = {"http": _Pool, "https": _PoolTLS}
