"""Opens and closes a connection to a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
from hatch_sentry_artifacts.sentry.http.transport import Transport


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
    """Yield the API of the server of `connection`, as long as the context lasts.

    `notice` is called for repeated attempts, `trace` for every request. Raises ConfigurationError
    for a proxy or certificates that cannot be used.
    """
    # This imports requests, which takes a while; builds that upload nothing do not need it.
    from hatch_sentry_artifacts.sentry.http.network import Network

    network = Network(connection.url, connections=workers)
    transport = Transport(
        connection.url,
        connection.token.value,
        network=network,
        timeout=timeout,
        policy=policy,
        notice=notice,
        trace=trace,
    )
    try:
        yield SentryApi(connection, transport)
    finally:
        transport.close()
