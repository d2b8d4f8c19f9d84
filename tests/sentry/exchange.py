"""One request on its way through the proxy, and what is done with it."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .fault_proxy import Handler

# The fields of a form stand before its file, so that much of a body tells its name.
_HEAD_BYTES = 2048
_FORM_NAME = re.compile(rb'form-data; name="name"\r\n\r\n(.*?)\r\n')


@dataclass(frozen=True)
class Request:
    """A request as it came in.

    `name` is that of the release file it stores or renames to; `moment` is in `time.monotonic()`.
    """

    method: str
    path: str
    name: str | None
    headers: Mapping[str, str]
    moment: float

    @property
    def is_upload(self) -> bool:
        """Whether it brings a release file."""
        return self.method == "POST" and self.path.endswith("/files/")


@dataclass(frozen=True)
class Response:
    """A whole answer; its length is written where it is not among the headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __bytes__(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} -", *(f"{k}: {v}" for k, v in self.headers.items())]
        if self.status != 204:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class Exchange:
    """One request, as long as its answer is not complete."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._left = int(handler.headers.get("Content-Length", 0))
        self._body = b""
        self.read(_HEAD_BYTES)
        self.request = Request(
            handler.command,
            handler.path,
            self._name(),
            {key.lower(): value for key, value in handler.headers.items()},
            time.monotonic(),
        )

    def read(self, count: int) -> None:
        """Take up to `count` more bytes of the body from the client."""
        wanted = min(count, self._left)
        block = self._handler.rfile.read(wanted)
        if len(block) < wanted:
            raise ConnectionAbortedError("the client went away in mid-body")
        self._left -= len(block)
        self._body += block

    def body(self) -> bytes:
        """Return the whole body."""
        self.read(self._left)
        return self._body

    def forward(self, path: str | None = None, body: bytes | None = None) -> Response:
        """Return what the server answers, to the request or to another path or body."""
        content = self.body() if body is None else body
        return self._handler.ask_server(path or self.request.path, content)

    def send(self, answer: Response | bytes) -> None:
        """Give the client an answer, or a part of one."""
        self._handler.wfile.write(bytes(answer))

    def pause(self, seconds: float) -> None:
        """Do nothing for a time, at most until the proxy ends."""
        self._handler.server.ended.wait(seconds)

    def close(self) -> None:
        """End the connection in order."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """End the connection with a reset, whatever is still on its way."""
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def _name(self) -> str | None:
        form = _FORM_NAME.search(self._body)
        if form:
            return form[1].decode()
        if self._body.startswith(b"{") and not self._left:
            name = json.loads(self._body).get("name")
            return name if isinstance(name, str) else None
        return None


Fault = Callable[[Exchange], None]


def pass_on(exchange: Exchange) -> None:
    """No fault at all."""
    exchange.send(exchange.forward())
