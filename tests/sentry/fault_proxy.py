"""A proxy between client and server that does to chosen requests what networks do to them."""

from __future__ import annotations

import os
import socket
import socketserver
import ssl
import sys
import threading
import traceback
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from .exchange import Exchange, Fault, Request, Response, pass_on

_HOST = "127.0.0.1"
_SECONDS = 30
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class _Rule:
    fault: Fault
    method: str
    path: str
    name: str | None
    left: float

    def fits(self, request: Request) -> bool:
        return (
            self.left > 0
            and request.method == self.method
            and self.path in request.path
            and self.name in {None, request.name}
        )


class FaultProxy:
    """Stands before the server at `target`; with `tls`, it is spoken to in HTTPS.

    A context manager. `requests` and `connections` tell what came. Until `listen` is called, and
    after `refuse`, connections are refused; entering the context calls `listen`.
    """

    def __init__(self, target: str, tls: ssl.SSLContext | None = None) -> None:
        self.target = target
        self.tls = tls
        self.requests: list[Request] = []
        self.connections = 0
        self.problems: list[str] = []
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._listener = _Listener(self, 0)
        port = self._listener.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{'localhost' if tls else _HOST}:{port}"

    def on(
        self,
        fault: Fault,
        *,
        method: str = "POST",
        path: str = "/files/",
        name: str | None = None,
        times: float = 1,
    ) -> None:
        """Do `fault` to the next `times` requests that fit; `path` is a part of theirs."""
        with self._lock:
            self._rules.append(_Rule(fault, method, path, name, times))

    def calm(self) -> None:
        """Pass everything on from now."""
        with self._lock:
            self._rules.clear()

    def fault_for(self, request: Request) -> Fault:
        """Note the request; what is to be done with it."""
        with self._lock:
            self.requests.append(request)
            for rule in self._rules:
                if rule.fits(request):
                    rule.left -= 1
                    return rule.fault
        return pass_on

    @property
    def uploads(self) -> list[Request]:
        """The requests that brought a file."""
        return [request for request in self.requests if request.is_upload]

    def listen(self) -> None:
        """Take connections from now on."""
        with self._lock:
            if self._thread is None:
                self._listener.server_activate()
                self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,))
                self._thread.start()

    def refuse(self) -> None:
        """Cut all connections and refuse new ones, from any thread but a connection's own."""
        port = self._listener.server_address[1]
        self._end()
        self._listener = _Listener(self, port)

    def _end(self) -> None:
        self._listener.ended.set()
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.cut_connections()
        self._listener.server_close()

    def __enter__(self) -> FaultProxy:
        self.listen()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._end()
        assert not self.problems, self.problems


class _Listener(socketserver.ThreadingTCPServer):
    """Holds the port; a thread for each connection."""

    allow_reuse_address = os.name == "posix"
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, proxy: FaultProxy, port: int) -> None:
        super().__init__((_HOST, port), Handler, bind_and_activate=False)
        self.proxy = proxy
        self.ended = threading.Event()
        self.open: set[socket.socket] = set()
        try:
            self.server_bind()
        except OSError:
            self.server_close()
            raise

    def cut_connections(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended meanwhile

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.proxy.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(_SECONDS)
        with self.proxy.tls.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)  # without an orderly end, which would spoil a reset

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Connections that break are what this proxy is for.
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.proxy.problems.append(traceback.format_exc())


class Handler(BaseHTTPRequestHandler):
    """A connection of the client, and one to the server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _SECONDS
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self._upstream: HTTPConnection | None = None
        self.server.proxy.connections += 1
        self.server.open.add(self.connection)
        if self.server.ended.is_set():  # too late for cut_connections
            self.connection.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        if self._upstream is not None:
            self._upstream.close()
        super().finish()

    def log_message(self, *words: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        exchange = Exchange(self)
        self.server.proxy.fault_for(exchange.request)(exchange)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - named by the base class

    def ask_server(self, path: str, body: bytes) -> Response:
        if self._upstream is None:
            target = urlsplit(self.server.proxy.target)
            assert target.hostname is not None
            self._upstream = HTTPConnection(target.hostname, target.port, timeout=_SECONDS)
        headers = {**_passed_on(self.headers), "Content-Length": str(len(body))}
        self._upstream.request(self.command, path, body, headers)
        response = self._upstream.getresponse()
        return Response(response.status, _passed_on(response.headers), response.read())


def _passed_on(headers: Message) -> dict[str, str]:
    return {key: text for key, text in headers.items() if key.lower() not in _OF_ONE_CONNECTION}
