"""Gathers what a site is compared with: a release on its server, or a wheel or folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.contents import Contents
from hatch_sentry_artifacts.explain.gathering import local_bundles, server_artifacts
from hatch_sentry_artifacts.explain.remote_bundles import RemoteBundles
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.release_list import list_releases
from hatch_sentry_artifacts.verify.judging import Truth

# Releases that are asked whether they hold what the site sends, the newest first.
_MOST_RELEASES = 10


def server_truth(
    api: SentryApi, target: ReleaseName, *, workers: int, notice: Callable[[str], None]
) -> Truth:
    """Return what the server holds for the release. Raises as `server_artifacts` does."""
    listing = BundleListing(api, workers)
    bundles = RemoteBundles(listing, Contents())

    @cache
    def others() -> list[str]:
        try:
            return [each.version for each in list_releases(api, listing)]
        except SentryArtifactsError:
            return []

    # Of a roll-out or an old cache, most scripts are of the same other release.
    asked: list[str] = []

    def find_other(sha1: str) -> str | None:
        if not asked:
            asked.extend(each for each in others() if each != target.release)
            del asked[_MOST_RELEASES:]
        for version in tuple(asked):
            if _holds(api, version, sha1):
                asked.remove(version)
                asked.insert(0, version)
                return f"it is of release {version}{_age(others(), version, target.release)}"
        return None

    return Truth(
        server_artifacts(api, target, None, workers=workers, notice=notice),
        cache(bundles.identified_bundle),
        cache(find_other),
    )


def local_truth(artifacts: Artifacts) -> Truth:
    """Return what an upload of a wheel or folder would send."""
    return Truth(artifacts, local_bundles(artifacts), lambda _sha1: None)


def _age(versions: Sequence[str], other: str, release: str) -> str:
    """Return which of two releases is newer, as half a sentence; the newest comes first."""
    if release not in versions:
        return ""
    age = "newer" if versions.index(other) < versions.index(release) else "older"
    return f", which is {age} than {release}"


def _holds(api: SentryApi, release: str, sha1: str) -> bool:
    try:
        return bool(api.release_files(release, checksum=sha1).files)
    except SentryArtifactsError:
        return False
