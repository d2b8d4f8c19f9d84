"""Creates the release that files go to, and finalizes it when they are all there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from hatch_sentry_artifacts.errors import ConfigurationError, NotFound, UnexpectedResponse
from hatch_sentry_artifacts.sentry.api import SentryApi


@dataclass(frozen=True)
class Release:
    """A release on the server. `empty`: it was made just now and holds no files yet."""

    version: str
    empty: bool
    finalized: bool


def open_release(api: SentryApi, version: str, *, create: bool) -> Release:
    """The release, created if it is to be.

    Raises ServerRefused naming an unknown organization or project, ConfigurationError if the
    release is missing and not to be created.
    """
    try:
        said, empty = api.create_release(version) if create else (api.release(version), False)
    except (NotFound, UnexpectedResponse) as error:
        if error.status not in {400, 404}:
            raise
        require_destination(api)
        if create:
            raise
        raise ConfigurationError(
            f"there is no release {version} in {api.connection}: create it first, or leave out "
            "`create-release = false`"
        ) from None
    return Release(version, empty=empty, finalized=bool(said.get("dateReleased")))


def find_release(api: SentryApi, version: str, *, create: bool) -> Release:
    """The same, but it is asked for first: GlitchTip fails to create what is there already.

    Also raises NotOffered where there are no releases.
    """
    try:
        said = api.release(version)
    except NotFound:
        return open_release(api, version, create=create)
    projects = said.get("projects") or ()
    linked = {project.get("slug") for project in projects if isinstance(project, dict)}
    if create and linked and not linked.issuperset(api.connection.projects):
        return open_release(api, version, create=True)
    return Release(version, empty=False, finalized=bool(said.get("dateReleased")))


def require_destination(api: SentryApi) -> None:
    """Raise ServerRefused for an organization or project that the server does not know."""
    api.require_organization()
    for slug in api.connection.projects:
        api.require_project(slug)


def finalize_release(api: SentryApi, release: Release) -> None:
    """Mark the release as released now, unless it is already."""
    if not release.finalized:
        moment = datetime.now(timezone.utc).isoformat(timespec="seconds")
        api.finalize_release(release.version, moment)
