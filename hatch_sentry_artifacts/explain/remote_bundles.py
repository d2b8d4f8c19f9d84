"""Reads the bundles on a server for `explain`, and their files only if needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial

from hatch_sentry_artifacts.errors import NotOffered, ServerRefused
from hatch_sentry_artifacts.explain.artifacts import Artifact, EventBundle
from hatch_sentry_artifacts.explain.contents import Contents
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import (
    BundleFile,
    BundleListing,
    RemoteBundle,
)

# A bundle may be found by an id that its files do not have any more.
_MOST_LOOKED_INTO = 5
# Files of a bundle whose list is read; a longer one is more requests than its manifest is worth.
_MOST_LISTED = 200


class RemoteBundles:
    """The bundles in `listing`, with their files, whose `contents` are kept for a while."""

    def __init__(self, listing: BundleListing, contents: Contents) -> None:
        self.listing = listing
        self._contents = contents
        self._manifest = cache(listing.manifest)

    def release_bundles(
        self, release: str, remote: Sequence[RemoteBundle]
    ) -> tuple[EventBundle, ...]:
        """Return the bundles, once for each dist of the release that they belong to."""
        files = self._files(remote)
        return tuple(
            self._bundle(bundle, dist, files[bundle.id])
            for bundle in remote
            for dist in bundle.dists(release)
        )

    def identified_bundle(self, debug_id: str) -> EventBundle | None:
        """Return the newest bundle with a file of that debug id; None if there is none."""
        try:
            remote = self.listing.find_by_debug_id(debug_id)
        except NotOffered:
            return None
        for bundle in remote[:_MOST_LOOKED_INTO]:
            files = self._files([bundle])[bundle.id]
            if any(file.debug_id == debug_id for file in files):
                return self._bundle(bundle, None, files)
        return None

    def _files(self, bundles: Sequence[RemoteBundle]) -> Mapping[str, Sequence[BundleFile]]:
        """Return the files of each bundle, by its id; of a big one, from its manifest."""
        found: dict[str, Sequence[BundleFile]] = {}
        for bundle in bundles:
            if bundle.file_count > _MOST_LISTED:
                # An org auth token may not read it, so the list has to do.
                with suppress(ServerRefused):
                    found[bundle.id] = [
                        BundleFile(file_id, entry.name, entry.kind, None, entry.debug_id)
                        for file_id, entry in self._manifest(bundle.id).items()
                    ]
        listed = self.listing.files([each for each in bundles if each.id not in found])
        return {**found, **listed}

    def _bundle(
        self, bundle: RemoteBundle, dist: str | None, files: Sequence[BundleFile]
    ) -> EventBundle:
        artifacts = (
            Artifact(
                file.name,
                dist,
                file.size,
                {},
                self._contents.keeping(partial(self.listing.read, bundle.id, file.id)),
                kind=file.kind,
                debug_id=file.debug_id,
                bundle=bundle.id,
                date=bundle.date,
                read_headers=partial(self._headers_of, bundle.id, file.id),
            )
            for file in files
            if not file.missing
        )
        return EventBundle(bundle.id, dist, tuple(artifacts))

    def _headers_of(self, bundle_id: str, file_id: str) -> Mapping[str, str]:
        entry = self._manifest(bundle_id).get(file_id)
        return entry.headers if entry is not None else {}
