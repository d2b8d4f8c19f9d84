"""`upload-as = "artifact-bundle"`: one bundle of all files, and only its changed parts are sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.bundle.layout import Bundle, make_bundle
from hatch_sentry_artifacts.assets.bundle.manifest import Binding
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    DistributionError,
    NotOffered,
    SentryArtifactsError,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.progress import progress
from hatch_sentry_artifacts.report import BundleReport
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.artifact_bundles import ArtifactBundles, Sent, Upload
from hatch_sentry_artifacts.sentry.bundles.bundle_api import (
    MOST_REQUEST_BYTES,
    BundleApi,
    UploadLimits,
)
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.releases.releases import (
    Release,
    Releases,
    require_destination,
)
from hatch_sentry_artifacts.upload_strategies.bundle_warnings import warn
from hatch_sentry_artifacts.upload_strategies.completion import Completion
from hatch_sentry_artifacts.upload_strategies.origin import BY_ORDER, Origin
from hatch_sentry_artifacts.upload_strategies.strategy import Result, show_plan

# GlitchTip makes a release from a bundle within seconds, or never.
_TRIES_TO_FIND = 10
_PAUSE = 0.5
# Of the release's bundles and their files: what is said of them is not worth more requests.
_MOST_COMPARED = 5
_MOST_FILES_COMPARED = 5_000


@dataclass(frozen=True)
class ArtifactBundleStrategy:
    """Sends one bundle of all assets, of which the server asks for what it lacks."""

    api: SentryApi
    options: Options
    console: Console
    origin: Origin = BY_ORDER

    def send(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Upload a bundle of the assets. Raises SentryArtifactsError."""
        bundles = BundleApi(self.api)
        with progress(self.console, sum(each.size for each in assets), len(assets)):
            limits = self._limits(bundles, target)
            releases: Releases | None
            release: Release | None
            try:
                releases = Releases(self.api)
                release = self._release(releases, target, limits)
            except NotOffered:
                releases = release = None
            if not limits.is_polled:
                warn(assets, self.console, has_releases=releases is not None)
            bundle = self._bundle(assets, target, limits)
        sender = ArtifactBundles(
            bundles,
            limits,
            workers=self.options.workers,
            wait=self.options.wait,
            stop=self.api.transport.stop,
        )
        upload = Upload(
            bundle.checksum, bundle.size, bundle.chunks, bundle.read, target.release, target.dist
        )
        with progress(self.console, bundle.size) as advance:
            sent = sender.send(upload, advance)
        chunks_sent = sum(chunk.sha1 in sent.chunks for chunk in bundle.chunks)
        report = BundleReport(
            bundle.checksum, bundle.size, len(bundle.chunks), chunks_sent, sent.state
        )
        if sent.error is not None:
            return Result(_unconfirmed(assets, sent), sent.error, report)
        if sent.state != "ok":
            self._tell_of_assembly(limits)
        error: SentryArtifactsError | None = None
        completion = Completion(self.api, self.options, self.console, self.origin)
        if completion.wanted:
            error = self._complete(completion, releases, release, target, limits)
        outcomes = self._outcomes(assets, bundle, sent, target)
        # Neither Bugsink nor GlitchTip has the page at Sentry's address.
        return Result(outcomes, error, report, has_page=limits.is_polled and release is not None)

    def look(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Show what `send` would do.

        What the server has of the bundle cannot be asked for without beginning to send it.
        """
        limits = self._limits(BundleApi(self.api), target)
        has_releases = True
        try:
            require_destination(self.api)
        except NotOffered:  # Bugsink does not tell
            has_releases = False
        if not limits.is_polled:
            warn(assets, self.console, has_releases=has_releases)
        bundle = self._bundle(assets, target, limits)
        show_plan(assets, self.console)
        count = len(bundle.chunks)
        self.console.info(
            f"one artifact bundle of {size_text(bundle.size)} in {count} chunk{'s' * (count > 1)}, "
            "before compression; the server is not asked which it has"
        )
        return Result([Outcome(asset, Status.PLANNED) for asset in assets])

    def _limits(self, bundles: BundleApi, target: ReleaseName) -> UploadLimits:
        """Return the server's limits, after a check that it knows the organization."""
        limits = bundles.limits()
        return limits if limits.is_polled else bundles.probed(limits, target.release)

    def _release(
        self, releases: Releases, target: ReleaseName, limits: UploadLimits
    ) -> Release | None:
        """Return the release, created and linked if it is to be; None if there is none.

        A bundle needs none, but events may not create one, and who looks for the release of a
        version should find it. Raises NotOffered where there are no releases, as in Bugsink.
        """
        options = self.options
        if limits.is_polled and not (options.create_release or options.finalize_release):
            return None
        release = releases.find(target.release)
        if release is not None:
            self.origin.refuse_bundle(release)
        if not options.create_release:
            return release
        if release is None:
            return releases.create(target.release, self.origin.fields.of_new)
        return releases.fill(releases.link(release), self.origin.fields.named)

    def _complete(
        self,
        completion: Completion,
        releases: Releases | None,
        release: Release | None,
        target: ReleaseName,
        limits: UploadLimits,
    ) -> SentryArtifactsError | None:
        """Do what follows the bundle; return the error, or None."""
        if releases is None:
            return completion.without_release(
                NotOffered(
                    f"the bundle is there, but {self.api.connection.url} has no releases that "
                    f"could {completion.aim}: leave out {completion.option}"
                )
            )
        try:
            found = release or self._find_late(releases, target, limits)
        except SentryArtifactsError as error:
            return error
        if found is None:
            return completion.without_release(
                ConfigurationError(
                    f"the bundle is there, but there is no release {target.release} in "
                    f"{self.api.connection} that could {completion.aim}: create it first, or leave "
                    "out `create-release = false`"
                )
            )
        return completion.complete(found)

    def _find_late(
        self, releases: Releases, target: ReleaseName, limits: UploadLimits
    ) -> Release | None:
        """Return the release that the server makes of the bundle: GlitchTip, in its own time."""
        for _ in range(1 if limits.is_polled else _TRIES_TO_FIND):
            if (release := releases.find(target.release)) is not None:
                return release
            if not limits.is_polled:
                time.sleep(_PAUSE)
        return None

    def _outcomes(
        self, assets: Sequence[Asset], bundle: Bundle, sent: Sent, target: ReleaseName
    ) -> list[Outcome]:
        """Return the outcomes of the files.

        Content that the server had already may be that of other releases. So a file is unchanged
        only if this very bundle was there, or none of its chunks was sent, and a bundle of this
        release and dist lists a file of its name, size and debug id.
        """
        if sent.was_there:
            return [Outcome(asset, Status.UNCHANGED) for asset in assets]
        paths: set[str] = set()
        for chunk in bundle.chunks:
            if chunk.sha1 in sent.chunks:
                paths |= bundle.paths(chunk)
        # Only then is it the newest, and those before it are the older ones.
        listed = sent.state == "ok" and any(each.path not in paths for each in assets)
        known = self._known(target) if listed else set()
        return [
            Outcome(
                asset,
                Status.UNCHANGED
                if asset.path not in paths and (asset.name, asset.size, asset.debug_id) in known
                else Status.UPLOADED,
            )
            for asset in assets
        ]

    def _known(self, target: ReleaseName) -> set[tuple[str, int | None, str | None]]:
        """Return name, size and debug id of the files that the release had before, if it tells."""
        listing = BundleListing(self.api, self.options.workers)
        try:
            older = [
                each
                for each in listing.find_by_release(target.release)
                if target.dist in each.dists(target.release)
            ][1 : 1 + _MOST_COMPARED]
            if sum(bundle.file_count for bundle in older) > _MOST_FILES_COMPARED:
                return set()
            files = listing.files(older)
        except SentryArtifactsError:
            return set()
        return {(each.name, each.size, each.debug_id) for found in files.values() for each in found}

    def _tell_of_assembly(self, limits: UploadLimits) -> None:
        self.console.info(
            "the server has the whole bundle and is at work on it; "
            + ("nobody waits for that" if limits.is_polled else "it does not say when it is done")
        )

    def _bundle(self, assets: Sequence[Asset], target: ReleaseName, limits: UploadLimits) -> Bundle:
        connection = self.api.connection
        binding = Binding(connection.organization, connection.projects, target.release, target.dist)
        bundle = make_bundle(
            assets,
            binding,
            largest_chunk=min(limits.chunk_size, limits.max_request_size, MOST_REQUEST_BYTES),
            # Where each chunk costs a request, or nothing is compared, fewer are better.
            find_changes=limits.tells_missing and limits.is_polled,
        )
        if limits.max_file_size and bundle.size > limits.max_file_size:
            raise DistributionError(
                f"the bundle has {size_text(bundle.size)}, and {connection.url} takes "
                f"{size_text(limits.max_file_size)}: leave files out with `exclude`"
            )
        return bundle


def _unconfirmed(assets: Sequence[Asset], sent: Sent) -> list[Outcome]:
    """Return what is known of the files of a bundle that failed, which is all or nothing."""
    heard = sent.chunks or sent.state is not None
    why = "the server did not say that it has it" if heard else "not sent"
    return [Outcome(asset, Status.FAILED, why) for asset in assets]
