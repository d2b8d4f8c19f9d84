"""Stand between a client and a server that does not count, and count the requests."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from measure import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT = 120.0
PIECE = 256 * 1024
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
FILE_PART = b'; filename="'
HOP_HEADERS = re.compile(rb"\r\n(?:proxy-|connection:|expect:)[^\r\n]*", re.IGNORECASE)


class Handler(socketserver.StreamRequestHandler):
    """Passes one request on, and its answer back, and closes the connection."""

    timeout = TIMEOUT
    disable_nagle_algorithm = True  # nothing waits for more to send, here and below

    def handle(self) -> None:
        """Read a request's head, count it, and pass it on with its body."""
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        if not head.endswith(b"\r\n"):
            return
        head = head[:-2]
        found = CONTENT_LENGTH.search(head)
        length = int(found[1]) if found else 0
        assert isinstance(self.server, CountingProxy)
        self.server.count(length)
        if b"100-continue" in head:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        method, target, version = head[: head.index(b"\r\n")].decode().split(" ")
        url = urlsplit(target)
        path = f"{url.path}?{url.query}" if url.query else url.path
        headers = HOP_HEADERS.sub(b"", head[head.index(b"\r\n") :])
        address = url.hostname or "", url.port or 80
        with socket.create_connection(address, TIMEOUT) as upstream:
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = f"{method} {path} {version}".encode()
            upstream.sendall(first + headers + b"\r\nConnection: close\r\n\r\n")
            last = b""
            while length and (piece := self.rfile.read1(min(length, PIECE))):
                upstream.sendall(piece)
                length -= len(piece)
                # What of a part's head came at the end of the piece before counts now.
                self.server.count_files((last + piece).count(FILE_PART))
                last = piece[1 - len(FILE_PART) :]
            answer = b""
            while b"\r\n" not in answer and (piece := upstream.recv(PIECE)):
                answer += piece
            # A server that closes does not always say so, and clients have to know.
            self.wfile.write(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            while piece := upstream.recv(PIECE):
                self.wfile.write(piece)


class CountingProxy(socketserver.ThreadingTCPServer):
    """A proxy for http:// addresses that counts requests and the bytes of their bodies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.requests = self.body_bytes = self.files = 0

    @property
    def url(self) -> str:
        """Where it listens, for the variable http_proxy."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, length: int) -> None:
        """Count one request with a body of so many bytes."""
        with self.lock:
            self.requests += 1
            self.body_bytes += length

    def count_files(self, number: int) -> None:
        """Count so many files in multipart bodies: for Sentry's chunk upload, these are chunks."""
        with self.lock:
            self.files += number

    def take_counts(self) -> Counts:
        """Give what was counted since the last time; each request has a connection of its own."""
        with self.lock:
            counts = Counts(self.requests, self.body_bytes, self.requests, 0, chunks=self.files)
            self.requests = self.body_bytes = self.files = 0
        return counts


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """Run the proxy in a thread of its own, and stop it in the end."""
    with CountingProxy() as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
