"""A server that writes to its connections whatever a test likes, HTTP or not."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# More than any client may ever read of an endless answer.
MOST_BYTES = 32 * 1024 * 1024


class Wire:
    """The server's end of a connection."""

    def __init__(self, connection: socket.socket, server: RawServer) -> None:
        self._connection = connection
        self._server = server

    def request(self) -> bytes:
        """Read the head of a request, and a body that came with it."""
        read = b""
        while b"\r\n\r\n" not in read:
            block = self._connection.recv(65536)
            if not block:
                raise ConnectionAbortedError
            read += block
        return read

    def send(self, *blocks: bytes) -> None:
        """Send what is given."""
        for block in blocks:
            self._connection.sendall(block)
            self._server.sent += len(block)

    def repeat(self, block: bytes, *, pause: float = 0.0) -> None:
        """Send `block` until the client has gone, or the test is over."""
        while self._server.sent < MOST_BYTES and not self._server.ended.wait(pause):
            self.send(block)

    def wait(self) -> None:
        """Do nothing until the test is over."""
        self._server.ended.wait(30)

    def reset(self) -> None:
        """Close the connection so that the client is told of an error."""
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


Behaviour = Callable[[Wire], None]


class RawServer:
    """Behaves in the same way on each connection; counts them, and the bytes that it sent."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.connections = self.sent = 0
        self.ended = threading.Event()
        self._behaviour = behaviour
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self.ended.set()
        # Wakes `accept`, which closing the socket does not do everywhere.
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            pass
        for thread in self._threads:
            thread.join(30)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self.ended.is_set():
                connection.close()
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            self._behaviour(Wire(connection, self))


@contextmanager
def raw_server(behaviour: Behaviour) -> Iterator[RawServer]:
    """Run such a server."""
    server = RawServer(behaviour)
    try:
        yield server
    finally:
        server.close()
