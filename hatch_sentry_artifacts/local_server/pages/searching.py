"""What `explain` searches on the pages: the files of a release, or of one file's surroundings."""

from __future__ import annotations

from hatch_sentry_artifacts.explain.artifacts import Artifacts, EventBundle
from hatch_sentry_artifacts.explain.contents import Contents
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.store import Bundle
from hatch_sentry_artifacts.local_server.pages.stored_files import (
    StoredArtifact,
    bundle_artifact,
    release_artifact,
)
from hatch_sentry_artifacts.local_server.release_store import Release


def of_release(version: str, dist: str | None) -> Artifacts:
    """Return all that an event of that release and dist can see."""
    store, organization = access.store(), access.settings().organization
    release = store.releases.find(organization, version)
    bundles = store.bundles.find_by_release(organization, None, version)
    label = f"release {version}, {f'dist {dist}' if dist else 'no dist'}"
    return Artifacts(
        label,
        _files(release) if release else (),
        version,
        dist,
        tuple(
            event_bundle(bundle, of or None)
            for bundle in bundles
            for each, of in bundle.releases
            if each == version
        ),
    )


def around_file(release: Release, dist: str | None) -> Artifacts:
    """Return the files of a release beside one of them, without its artifact bundles."""
    return Artifacts(f"release {release.version}", _files(release), release.version, dist)


def around_entry(bundle: Bundle, file: StoredArtifact) -> Artifacts:
    """Return the files of a bundle beside one of them, for an event that has its debug id."""
    whole = event_bundle(bundle, file.dist)
    return Artifacts(
        f"artifact bundle {bundle.bundle_id}",
        (),
        None,
        file.dist,
        (whole,),
        file.debug_id,
        whole if file.debug_id else None,
    )


def event_bundle(bundle: Bundle, dist: str | None) -> EventBundle:
    """Return a bundle with its files, as a dist sees it."""
    files, contents = access.store().bundles.files(bundle), Contents()
    return EventBundle(
        bundle.bundle_id,
        dist,
        tuple(
            bundle_artifact(bundle, file, dist, contents.keeping)
            for file in files
            if file.size is not None
        ),
    )


def _files(release: Release) -> tuple[StoredArtifact, ...]:
    contents = Contents()
    return tuple(
        release_artifact(release, file, contents.keeping) for file in access.store().files(release)
    )
