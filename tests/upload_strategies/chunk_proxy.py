"""A proxy that notes what chunks go through it, and how many requests at once."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.sentry.exchange import Exchange, Fault, Request, Response
from tests.sentry.fault_proxy import FaultProxy

CHUNKS = "/chunk-upload/"
ASSEMBLE = "/artifactbundle/assemble/"
_PART = re.compile(rb'form-data; name="(\w+)"; filename="(\w+)"\r\n(?:[^\r]+\r\n)*\r\n')


@dataclass(frozen=True)
class ChunkPost:
    """A request that brought chunks: the plain content of each by its name, `size` as it came."""

    path: str
    fields: frozenset[str]
    chunks: Mapping[str, bytes]
    size: int


class ChunkProxy(FaultProxy):
    """Notes the requests for artifact bundles, also those that meet a fault."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.posts: list[ChunkPost] = []
        self.orders: list[dict[str, Any]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._noting = threading.Lock()

    def fault_for(self, request: Request) -> Fault:
        return partial(self._noted, super().fault_for(request))

    def forget(self) -> None:
        """Begin anew to note things."""
        self.requests.clear()
        self.posts.clear()
        self.orders.clear()

    def calm(self) -> None:
        """Pass everything on from now, and begin anew to note things."""
        super().calm()
        self.forget()

    @property
    def steps(self) -> list[str]:
        """The requests, in their order: the method and the last part of the path."""
        return [
            f"{request.method} {request.path.partition('?')[0].rstrip('/').rpartition('/')[2]}"
            for request in self.requests
        ]

    @property
    def sent(self) -> list[str]:
        """The sha1 of each chunk that was sent."""
        return [sha1 for post in self.posts for sha1 in post.chunks]

    def _noted(self, fault: Fault, exchange: Exchange) -> None:
        request = exchange.request
        is_post = request.method == "POST" and CHUNKS in request.path
        with self._noting:
            if is_post:
                self.posts.append(_read(request.path, exchange.body()))
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
            elif ASSEMBLE in request.path:
                self.orders.append(json.loads(exchange.body()))
        try:
            fault(exchange)
        finally:
            with self._noting:
                self._at_once -= is_post


def _read(path: str, body: bytes) -> ChunkPost:
    boundary = b"\r\n" + body.partition(b"\r\n")[0]
    fields, chunks = set(), {}
    position = 0
    while head := _PART.search(body, position):
        position = body.index(boundary, head.end())
        content = body[head.end() : position]
        fields.add(head[1].decode())
        chunks[head[2].decode()] = gzip.decompress(content) if head[1] == b"file_gzip" else content
    return ChunkPost(path, frozenset(fields), chunks, len(body))


def changed_answer(**values: object) -> Fault:
    """Let the server answer, with other values in its JSON; None leaves a key out."""

    def fault(exchange: Exchange) -> None:
        said = json.loads(exchange.forward().body) | values
        kept = {key: value for key, value in said.items() if value is not None}
        exchange.send(json_answer(kept))

    return fault


def json_answer(said: object, status: int = 200) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(said).encode())


def say(said: object, status: int = 200) -> Fault:
    """Answer with JSON in the server's place."""

    def fault(exchange: Exchange) -> None:
        exchange.body()
        exchange.send(json_answer(said, status))

    return fault
