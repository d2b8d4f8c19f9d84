"""Gives a command a server to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.frontends.cli.arguments import Context
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.network import connection_pool
from hatch_sentry_artifacts.sentry.transport import Transport


@contextmanager
def connected(connection: Connection, context: Context, console: Console) -> Iterator[SentryApi]:
    """The server of `connection`, as long as the context lasts."""
    pool = connection_pool(
        connection.url,
        connections=context.options.workers,
        timeout=context.options.timeout,
        environment=os.environ,
    )
    transport = Transport(connection.url, connection.token.value, pool=pool, notice=console.info)
    try:
        yield SentryApi(connection, transport)
    finally:
        transport.close()
