"""The server of a release command, and the release there that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hatch_sentry_artifacts.cli.arguments import Context, connect
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import NotOffered, ServerUnreachable
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.release_list import missing_release
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases


@contextmanager
def server_of(context: Context, console: Console, *, changes: bool) -> Iterator[SentryApi]:
    """Yield the API of the context's server, for a command that changes something, or does not.

    Raises NotOffered if the server has no releases.
    """
    with connect(context, console) as api:
        try:
            yield api
        except NotOffered:
            raise NotOffered(
                f"{api.connection.url} does not offer what this command needs: it is no Sentry, or "
                "something before it answers in its place"
            ) from None
        except ServerUnreachable as error:
            if changes:
                error.hint = "running this again is safe: what is done already is not done twice"
            raise


def release_there(api: SentryApi, version: str, workers: int) -> Release:
    """Return the release of the server. Raises ReleaseMissing, with those that come near."""
    release = Releases(api).find(version)
    if release is None:
        raise missing_release(api, version, workers)
    return release
