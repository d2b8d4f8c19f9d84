"""What the lean server's answers are made of, and the parts of the multipart bodies it is sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNDARY = re.compile(rb'boundary="?([^"\r\n;]+)', re.IGNORECASE)
FIELD_NAME = re.compile(rb'[; ]name="([^"]*)"')
FILE_NAME = re.compile(rb'[; ]filename="([^"]*)"')


@dataclass(frozen=True)
class Response:
    """One answer: status, JSON content (None: no body) and, for a page of a list, its Link."""

    status: int
    content: object = None
    link: str = ""

    def encode(self) -> bytes:
        """Return the bytes for the wire."""
        body = b"" if self.content is None else json.dumps(self.content).encode()
        head = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
        if body:
            head += "Content-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n"
        if self.link:
            head += f"Link: {self.link}\r\n"
        return head.encode() + b"\r\n" + body


NOT_FOUND = Response(404, {"detail": "The requested resource does not exist"})


@dataclass(frozen=True)
class Part:
    """One part of a multipart body; its content is gone once the next part is asked for."""

    name: str
    file_name: str
    content: memoryview

    @property
    def text(self) -> str:
        """The content as text."""
        return bytes(self.content).decode()


def read_parts(head: bytes, body: memoryview) -> Iterator[Part]:
    """Give the parts of a request's multipart body, without a copy of their contents."""
    found = BOUNDARY.search(head)
    delimiter = b"\r\n--" + (found[1] if found else b"")
    buffer = body.obj
    assert isinstance(buffer, bytearray)
    # Positions are of the connection's whole buffer, which `find` searches without a copy.
    end = len(head) + 4 + len(body)
    position = len(head) + 4 + len(delimiter) - 2
    while buffer[position : position + 2] == b"\r\n":
        start = buffer.find(b"\r\n\r\n", position, end) + 4
        stop = buffer.find(delimiter, start, end)
        if start < 4 or stop < 0:
            break
        part_head = bytes(buffer[position:start])
        name, file_name = FIELD_NAME.search(part_head), FILE_NAME.search(part_head)
        with memoryview(buffer)[start:stop] as content:
            yield Part(
                name[1].decode() if name else "",
                file_name[1].decode() if file_name else "",
                content,
            )
        position = stop + len(delimiter)
