"""A small HTTP proxy of the kind that companies have: it tunnels, for those who may use it."""

from __future__ import annotations

import base64
import selectors
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any

_BLOCK_BYTES = 1 << 16
_SECONDS = 30


class ConnectProxy(socketserver.ThreadingTCPServer):
    """A context manager; `tunnels` are the targets that were asked for and allowed."""

    daemon_threads = False

    def __init__(self, user: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.credentials = f"Basic {pair}"
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.tunnels: list[str] = []
        self.refused = 0
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    def __enter__(self) -> ConnectProxy:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS
    server: ConnectProxy

    def do_CONNECT(self) -> None:
        if self.headers.get("Proxy-Authorization") != self.server.credentials:
            self.server.refused += 1
            self.send_response_only(407)
            self.send_header("Proxy-Authenticate", "Basic")
            self.end_headers()
            return
        self.server.tunnels.append(self.path)
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=_SECONDS) as target:
            self.send_response_only(200)
            self.end_headers()
            _copy_both_ways(self.connection, target)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


def _copy_both_ways(one: socket.socket, other: socket.socket) -> None:
    """Until either end closes, or nothing comes for a time."""
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while ready := selector.select(_SECONDS):
            for key, _ in ready:
                assert isinstance(key.fileobj, socket.socket)
                block = key.fileobj.recv(_BLOCK_BYTES)
                if not block:
                    return
                key.data.sendall(block)
