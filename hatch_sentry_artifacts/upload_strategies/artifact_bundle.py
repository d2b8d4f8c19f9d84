"""`upload-as = "artifact-bundle"`: one bundle of all files, and only its changed parts are sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.bundle.layout import Bundle, make_bundle
from hatch_sentry_artifacts.assets.bundle.manifest import Binding
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.console import Console, progress
from hatch_sentry_artifacts.errors import DistributionError, NotOffered, SentryArtifactsError
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import BundleReport
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.artifact_bundles import ArtifactBundles, Sent, Upload
from hatch_sentry_artifacts.sentry.bundles.bundle_api import (
    MOST_REQUEST_BYTES,
    BundleApi,
    UploadLimits,
)
from hatch_sentry_artifacts.sentry.releases.releases import find_release, require_destination
from hatch_sentry_artifacts.upload_strategies.strategy import Result, finalize, show_plan


@dataclass(frozen=True)
class ArtifactBundleStrategy:
    """Sends one bundle of all assets, of which the server asks for what it lacks."""

    api: SentryApi
    options: Options
    console: Console

    def send(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Let the server hold a bundle of the assets. Raises SentryArtifactsError."""
        bundles = BundleApi(self.api)
        limits = bundles.limits()
        self._warn_of_missing_ids(assets, limits)
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
        with progress(bundle.size, of_bytes=True) as advance:
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
        if self.options.finalize_release:
            create = self.options.create_release
            find = partial(find_release, self.api, target.release, create=create)
            error = finalize(self.api, find)
        return Result(_outcomes(assets, bundle, sent.chunks), error, report)

    def look(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Show what `send` would do.

        What the server has of the bundle cannot be asked for without beginning to send it.
        """
        limits = BundleApi(self.api).limits()
        # Bugsink does not tell.
        with suppress(NotOffered):
            require_destination(self.api)
        self._warn_of_missing_ids(assets, limits)
        bundle = self._bundle(assets, target, limits)
        show_plan(assets, self.console)
        count = len(bundle.chunks)
        self.console.info(
            f"one artifact bundle of {size_text(bundle.size)} in {count} chunk{'s' * (count > 1)}, "
            "before compression; the server is not asked which it has"
        )
        return Result([Outcome(asset, Status.PLANNED) for asset in assets])

    def _tell_of_assembly(self, limits: UploadLimits) -> None:
        self.console.info(
            "the server has the whole bundle and is at work on it; "
            + ("nobody waits for that" if limits.is_polled else "it does not say when it is done")
        )

    def _warn_of_missing_ids(self, assets: Sequence[Asset], limits: UploadLimits) -> None:
        """Warn of maps that Bugsink would not find, which tells nobody what it drops.

        It finds maps by the debug id of an event alone, and only such as are files. A script that
        does not register its id has events without one.
        """
        if limits.is_polled:
            return
        mapped = [asset for asset in assets if asset.headers or asset.carries_map]
        without = sum(not asset.registers_id for asset in mapped)
        if without:
            self.console.warning(
                f"{files_text(without)} with a source map, but without a debug id in events: a "
                "Bugsink, as this server may be, finds no map without one, and says nothing; build "
                'with `debug-ids = "inject"`'
            )
        carried = sum(asset.carries_map for asset in mapped)
        if carried:
            self.console.warning(
                f"{files_text(carried)} with a source map inside: a Bugsink, as this server may "
                "be, looks for maps in files of their own alone; let the bundler write those, or "
                'build with `source-maps = "strip"`'
            )

    def _bundle(self, assets: Sequence[Asset], target: ReleaseName, limits: UploadLimits) -> Bundle:
        connection = self.api.connection
        binding = Binding(connection.organization, connection.projects, target.release, target.dist)
        bundle = make_bundle(
            assets,
            binding,
            largest_chunk=min(limits.chunk_size, limits.max_request_size, MOST_REQUEST_BYTES),
            # Where nothing is compared, every chunk costs a request and saves none.
            find_changes=limits.tells_missing,
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


def _outcomes(assets: Sequence[Asset], bundle: Bundle, sent: Collection[str]) -> list[Outcome]:
    """Return what became of the files. One of which no chunk was sent was there already."""
    paths: set[str] = set()
    for chunk in bundle.chunks:
        if chunk.sha1 in sent:
            paths |= bundle.paths(chunk)
    return [
        Outcome(asset, Status.UPLOADED if asset.path in paths else Status.UNCHANGED)
        for asset in assets
    ]
