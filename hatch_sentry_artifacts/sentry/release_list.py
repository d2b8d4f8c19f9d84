"""Lists the releases that a server knows, and finds those that a wrong name may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    ReleaseMissing,
    SentryArtifactsError,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.releases.releases import require_destination

MOST_RELEASES = 1000
_PAGE = 100
_MOST_SUGGESTED = 3
_SIMILAR = 0.6


@dataclass(frozen=True)
class ListedRelease:
    """A release: its dates in ISO 8601, None where unknown, and how many bundles belong to it."""

    version: str
    created: str | None
    released: str | None
    bundles: int | None


def list_releases(api: SentryApi, listing: BundleListing) -> list[ListedRelease]:
    """Return the newest releases of the project, then those that only artifact bundles name.

    Raises ServerRefused for an unknown organization or project, NotOffered if the server lists
    neither releases nor bundles.
    """
    counts = _counts_by_bundles(listing)
    try:
        # GlitchTip links a release to a project only when an event of it comes.
        listed = _pages(api, api.project_path) or _pages(api, api.organization_path, unlinked=True)
    except NotFound:
        require_destination(api)
        raise
    except NotOffered:
        if counts is None:
            raise NotOffered(f"{api.connection.url} does not tell which releases it has") from None
        listed = []
    known = {version for version, _, _ in listed}
    others = [version for version in counts or () if version not in known]
    return [
        ListedRelease(version, created, released, None if counts is None else counts[version])
        for version, created, released in (*listed, *((each, None, None) for each in others))
    ]


def missing_release(api: SentryApi, release: str, workers: int) -> ReleaseMissing:
    """Return the error for a release that is not there.

    Raises ServerRefused if the organization or project is none that the server knows.
    """
    require_destination(api)
    near = near_releases(api, BundleListing(api, workers), release)
    suggestion = f"; the nearest that are there: {', '.join(near)}" if near else ""
    return ReleaseMissing(
        f"there is no release {release} of {api.connection}{suggestion}; "
        "`hatch-sentry-artifacts release create` creates it, `release list` shows all"
    )


def near_releases(api: SentryApi, listing: BundleListing, release: str) -> list[str]:
    """Return up to three releases that are there: those of a similar name, else the newest."""
    try:
        versions = [each.version for each in list_releases(api, listing)]
    except SentryArtifactsError:
        return []
    return _similar(release, versions) or versions[:_MOST_SUGGESTED]


def _similar(release: str, versions: Sequence[str]) -> list[str]:
    """Return those that hold the name or are held by it, as shop@1.2.0 and v1.2.0 do, then others.

    A name of one or two characters is in too many.
    """
    part = release.lower()
    holding = [
        version
        for version in versions
        if min(len(part), len(version)) > 2 and (part in version.lower() or version.lower() in part)
    ]
    close = get_close_matches(release, versions, _MOST_SUGGESTED, _SIMILAR)
    return list(dict.fromkeys([*holding, *close]))[:_MOST_SUGGESTED]


def _counts_by_bundles(listing: BundleListing) -> Counter[str] | None:
    """Return how many of the newest bundles belong to each release, the newest first."""
    try:
        bundles = listing.newest()
    except NotOffered:
        return None
    return Counter(
        version for bundle in bundles for version in {each[0] for each in bundle.releases}
    )


def _pages(
    api: SentryApi, path: str, *, unlinked: bool = False
) -> list[tuple[str, str | None, str | None]]:
    """Return version and dates of the releases below `path`, the newest first.

    With `unlinked`, of those that belong to no project.
    """
    found: list[tuple[str, str | None, str | None]] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < MOST_RELEASES:
        asked = f"{path}releases/?per_page={_PAGE}" + (f"&cursor={cursor}" if cursor else "")
        response = api.call("GET", asked, expected=(200,))
        listed = typed.sequence(api.json(response), "the list of releases")
        releases = [typed.mapping(each, "a release") for each in listed]
        found += [_release(each) for each in releases if not (unlinked and each.get("projects"))]
        cursor = response.next_cursor if listed and response.next_cursor != cursor else None
    return found


def _release(said: Mapping[str, object]) -> tuple[str, str | None, str | None]:
    return (
        typed.text(said.get("version"), "its version"),
        typed.optional(typed.text, said.get("dateCreated"), "its dateCreated"),
        typed.optional(typed.text, said.get("dateReleased"), "its dateReleased"),
    )
