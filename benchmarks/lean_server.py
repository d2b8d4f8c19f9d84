"""Serve release files and artifact bundles from memory, with little work, counting requests.

It keeps names, sizes and SHA-1s, never contents, so that a benchmark measures the client.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re

from lean_answers import Sentry, control, handle

FIRST_BUFFER = 256 * 1024
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.BufferedProtocol):
    """One keep-alive connection: reads a request into its buffer, answers, reads the next."""

    def __init__(self, sentry: Sentry, loop: asyncio.AbstractEventLoop, *, verbose: bool) -> None:
        self.sentry = sentry
        self.loop = loop
        self.verbose = verbose
        self.buffer = bytearray(FIRST_BUFFER)
        self.filled = 0
        self.head = b""
        self.length = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        sentry = self.sentry
        sentry.connections += 1
        sentry.open_connections += 1
        sentry.most_open_connections = max(sentry.most_open_connections, sentry.open_connections)

    def connection_lost(self, _error: Exception | None) -> None:
        """Count the connection out."""
        self.sentry.open_connections -= 1

    def get_buffer(self, _size_hint: int) -> memoryview:
        """Give the free rest of the buffer, which is made to hold the whole request."""
        return memoryview(self.buffer)[self.filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Take note of bytes that have come, and answer when the request is whole."""
        self.filled += nbytes
        if not self.head:
            end = self.buffer.find(b"\r\n\r\n", 0, self.filled)
            if end < 0:
                return
            self.head = bytes(self.buffer[:end])
            found = CONTENT_LENGTH.search(self.head)
            self.length = end + 4 + (int(found[1]) if found else 0)
            if b"100-continue" in self.head and self.filled < self.length:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if self.length > len(self.buffer):
                larger = bytearray(self.length)
                larger[: self.filled] = self.buffer[: self.filled]
                self.buffer = larger
        if self.filled >= self.length:
            self.request_arrived()

    def request_arrived(self) -> None:
        """Answer the request in the buffer, after the delay, and make room for the next one."""
        sentry, head = self.sentry, self.head
        arrived = self.loop.time()
        method, target, _ = head[: head.find(b"\r\n")].decode().split(" ", 2)
        delay = 0.0
        answer = control(sentry, method, target)
        if answer is None:
            delay = sentry.delay
            with memoryview(self.buffer)[len(head) + 4 : self.length] as body:
                sentry.requests += 1
                sentry.body_bytes += len(body)
                sentry.methods[method] = sentry.methods.get(method, 0) + 1
                answer = handle(sentry, method, target, head, body)
            if self.verbose:
                print(method, target, answer.status, self.length, flush=True)
        # Clients wait for the answer before they send more; what they do send early is kept.
        rest = self.filled - self.length
        self.buffer[:rest] = self.buffer[self.length : self.filled]
        self.filled, self.head = rest, b""
        if delay:
            self.loop.call_at(arrived + delay, self.write, answer.encode())
        else:
            self.write(answer.encode())

    def write(self, answer: bytes) -> None:
        """Send an answer, if the client has not gone meanwhile."""
        if not self.transport.is_closing():
            self.transport.write(answer)


async def serve(port: int, delay: float, *, verbose: bool) -> None:
    """Listen on the loopback interface until cancelled; the first line printed is the address."""
    loop = asyncio.get_running_loop()
    sentry = Sentry(delay=delay)
    server = await loop.create_server(
        lambda: Connection(sentry, loop, verbose=verbose), "127.0.0.1", port, backlog=256
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--verbose", action="store_true", help="print each request")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.port, arguments.delay, verbose=arguments.verbose))


if __name__ == "__main__":
    main()
