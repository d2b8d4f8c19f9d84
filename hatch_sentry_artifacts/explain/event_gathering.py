"""Gathers what the frames of an event are searched in: on its server, or in a wheel or folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.errors import NotOffered, ReleaseMissing
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.contents import Contents
from hatch_sentry_artifacts.explain.event import Event
from hatch_sentry_artifacts.explain.event_answers import EventArtifacts
from hatch_sentry_artifacts.explain.gathering import local_bundles, server_artifacts
from hatch_sentry_artifacts.explain.remote_bundles import RemoteBundles
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.release_list import near_releases


def server_event_artifacts(
    api: SentryApi,
    event: Event,
    own: ReleaseName | None,
    *,
    workers: int,
    notice: Callable[[str], None],
) -> EventArtifacts:
    """Return what the server holds for the event's release, and for others that may be meant.

    `own` is the project's release, None if unknown.
    Raises SentryArtifactsError as `server_artifacts` does, but for a release that is not there.
    """
    bundles = RemoteBundles(BundleListing(api, workers), Contents())
    target = None if event.release is None else ReleaseName(event.release, event.dist)
    gather = partial(_gather, api, event, workers, notice)
    seen = _of_no_release(api, bundles) if target is None else gather(target)
    is_empty = not seen.files and not seen.bundles

    @cache
    def others() -> Sequence[tuple[str, Artifacts]]:
        meant = {} if own is None else {own.release: f"release {own.release}, the project's"}
        if is_empty:
            near = near_releases(api, bundles.listing, event.release or "")
            meant = {version: f"release {version}" for version in near} | meant
        meant.pop(event.release or "", None)
        dist = event.dist
        return [(name, gather(ReleaseName(version, dist))) for version, name in meant.items()]

    problem = _problem(event) if is_empty else None
    return EventArtifacts(event, seen, cache(bundles.identified_bundle), problem, others)


def _of_no_release(api: SentryApi, bundles: RemoteBundles) -> Artifacts:
    """Return what an event without a release sees. Raises NotOffered if that is not told."""
    try:
        bundles.listing.newest()
    except NotOffered as error:
        raise NotOffered(f"{error}: --from looks into a wheel instead") from None
    return Artifacts(f"no release, of {api.connection}", ())


def _gather(
    api: SentryApi, event: Event, workers: int, notice: Callable[[str], None], target: ReleaseName
) -> Artifacts:
    """Return what the server holds for a release; nothing if it is not there."""
    try:
        return server_artifacts(api, target, None, workers=workers, notice=notice)
    except ReleaseMissing:
        label = f"release {target.release}, which is not there, of {api.connection}"
        return Artifacts(label, (), target.release, event.dist)


def _problem(event: Event) -> str:
    """Return what is wrong with an event's release that has no files."""
    if event.release is None:
        return (
            "The event says no release, so that Sentry looks for no file by its URL: give "
            "`Sentry.init` the `release` that the files are uploaded to."
        )
    return (
        f"Nothing was uploaded to release {event.release} (Sentry makes a release of each that an "
        "event names): upload to that, or give `Sentry.init` the `release` that you upload to."
    )


def local_event_artifacts(event: Event, artifacts: Artifacts) -> EventArtifacts:
    """Return what an upload of a wheel or folder would send, whatever the event's release."""
    return EventArtifacts(event, artifacts, local_bundles(artifacts))
