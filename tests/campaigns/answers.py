"""Answers of a server that are mutated, through all that reads them."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from functools import cache

from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.session import connected
from tests.sentry.raw_server import RawServer, Wire
from tests.sentry.running import QUICK
from tests.sentry.test_wrong_json import ENDPOINTS

from .mutation import mutated

# The server and its client, until the batch is over: threads keep a process from ending.
OPEN = ExitStack()


class _Answering:
    """Answers every request with what was set last."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""

    def __call__(self, wire: Wire) -> None:
        while True:
            wire.request()
            head = f"HTTP/1.1 {self.status} -\r\nContent-Type: application/json\r\n"
            wire.send(f"{head}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body)


@cache
def _server() -> tuple[_Answering, SentryApi]:
    answering = _Answering()
    server = RawServer(answering)
    connection = Connection(server.url, "acme", ("web",), Token("t" * 40, "the test"))
    OPEN.callback(server.close)
    api = OPEN.enter_context(
        connected(connection, workers=1, timeout=20, notice=lambda _: None, policy=QUICK)
    )
    return answering, api


def answer_of_a_server(generator: random.Random) -> None:
    """Ask a server something, and get what no Sentry answers."""
    answering, api = _server()
    call, status, said = ENDPOINTS[generator.choice(list(ENDPOINTS))]
    answering.status = status
    answering.body = mutated(json.dumps(said).encode(), generator)
    call(api)
