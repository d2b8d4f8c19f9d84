"""Finalizes a release once its files are there, which they stay if that fails."""

from __future__ import annotations

from collections.abc import Callable

from hatch_sentry_artifacts.errors import NotOffered, SentryArtifactsError
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import Release, finalize_release


def finalize(api: SentryApi, find: Callable[[], Release]) -> SentryArtifactsError | None:
    """Mark the release that `find` gives as released; what kept it from that, if so."""
    try:
        finalize_release(api, find())
    except NotOffered:
        return NotOffered(
            f"the bundle is there, but {api.connection.url} has no releases that could be "
            "finalized: leave out `finalize-release`"
        )
    except SentryArtifactsError as error:
        return error
    return None
