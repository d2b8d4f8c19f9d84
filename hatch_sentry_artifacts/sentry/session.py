"""Opens and closes the way to a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.network import connection_pool
from hatch_sentry_artifacts.sentry.http.transport import RetryPolicy, Transport


@contextmanager
def connected(
    connection: Connection,
    *,
    workers: int,
    timeout: float,
    notice: Callable[[str], None],
    policy: RetryPolicy | None = None,
    trace: Callable[[str], None] | None = None,
) -> Iterator[SentryApi]:
    """The server of `connection`, as long as the context lasts.

    `notice` is told of long waits, `trace` of every request. Raises ConfigurationError for a proxy
    or certificates that cannot be used.
    """
    pool = connection_pool(
        connection.url,
        connections=workers,
        timeout=timeout,
        environment=os.environ,
    )
    transport = Transport(
        connection.url,
        connection.token.value,
        pool=pool,
        policy=policy,
        notice=notice,
        trace=trace,
    )
    try:
        yield SentryApi(connection, transport)
    finally:
        transport.close()
