"""`upload-as = "artifact-bundle"`: one bundle of all files, and only its changed parts are sent."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import partial

from hatch_sentry_artifacts.assets.bundle.layout import Bundle, make_bundle
from hatch_sentry_artifacts.assets.bundle.manifest import Binding
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console, progress
from hatch_sentry_artifacts.errors import DistributionError, NotOffered, SentryArtifactsError
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import BundleReport, Report, files_text, size_text
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.artifact_bundles import ArtifactBundles, Sent, Upload
from hatch_sentry_artifacts.sentry.bundles.bundle_api import (
    MOST_REQUEST_BYTES,
    BundleApi,
    UploadLimits,
)
from hatch_sentry_artifacts.sentry.releases.releases import find_release, require_destination
from hatch_sentry_artifacts.upload_strategies.finalizing import finalize
from hatch_sentry_artifacts.upload_strategies.result import Result, show_plan


def send(api: SentryApi, options: Options, report: Report, console: Console) -> Result:
    """Let the server hold a bundle of the report's files. Raises SentryArtifactsError."""
    bundles = BundleApi(api)
    limits = bundles.limits()
    _warn_of_missing_ids(report, limits, console)
    bundle = _bundle(api, report, limits)
    sender = ArtifactBundles(
        bundles, limits, workers=options.workers, wait=options.wait, stop=api.transport.stop
    )
    upload = Upload(
        bundle.checksum, bundle.size, bundle.chunks, bundle.read, report.release, report.dist
    )
    with progress(bundle.size, of_bytes=True) as advance:
        sent = sender.send(upload, advance)
    chunks_sent = sum(chunk.sha1 in sent.chunks for chunk in bundle.chunks)
    said = BundleReport(bundle.checksum, bundle.size, len(bundle.chunks), chunks_sent, sent.state)
    if sent.error is not None:
        return Result(_unconfirmed(report, sent), sent.error, said)
    if sent.state != "ok":
        console.info(
            "the server has the whole bundle and is at work on it; "
            + ("nobody waits for that" if limits.is_polled else "it does not say when it is done")
        )
    error: SentryArtifactsError | None = None
    if options.finalize_release:
        find = partial(find_release, api, report.release, create=options.create_release)
        error = finalize(api, find)
    return Result(_outcomes(report, bundle, sent.chunks), error, said)


def look(api: SentryApi, options: Options, report: Report, console: Console) -> Result:  # noqa: ARG001 - as release_files.look
    """What `send` would do. What the server has of it cannot be asked for without beginning it."""
    limits = BundleApi(api).limits()
    # Bugsink does not tell.
    with suppress(NotOffered):
        require_destination(api)
    _warn_of_missing_ids(report, limits, console)
    bundle = _bundle(api, report, limits)
    show_plan([outcome.asset for outcome in report.files], console)
    count = len(bundle.chunks)
    console.info(
        f"one artifact bundle of {size_text(bundle.size)} in {count} chunk{'s' * (count > 1)}, "
        "before compression; the server is not asked which it has"
    )
    return Result(report.files)


def _warn_of_missing_ids(report: Report, limits: UploadLimits, console: Console) -> None:
    """Bugsink finds maps by the debug id of an event alone, and only such as are files.

    It tells nobody what it drops. A script that does not register its id has events without one.
    """
    if limits.is_polled:
        return
    assets = [outcome.asset for outcome in report.files]
    mapped = [asset for asset in assets if asset.headers or asset.carries_map]
    without = sum(not asset.registers_id for asset in mapped)
    if without:
        console.warning(
            f"{files_text(without)} with a source map, but without a debug id in events: a "
            "Bugsink, as this server may be, finds no map without one, and says nothing; build "
            'with `debug-ids = "inject"`'
        )
    carried = sum(asset.carries_map for asset in mapped)
    if carried:
        console.warning(
            f"{files_text(carried)} with a source map inside: a Bugsink, as this server may be, "
            "looks for maps in files of their own alone; let the bundler write those, or build "
            'with `source-maps = "strip"`'
        )


def _bundle(api: SentryApi, report: Report, limits: UploadLimits) -> Bundle:
    connection = api.connection
    binding = Binding(connection.organization, connection.projects, report.release, report.dist)
    bundle = make_bundle(
        [outcome.asset for outcome in report.files],
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


def _unconfirmed(report: Report, sent: Sent) -> list[Outcome]:
    """What is known of the files of a bundle that failed: that is all or nothing."""
    heard = sent.chunks or sent.state is not None
    why = "the server did not say that it has it" if heard else "not sent"
    return [Outcome(outcome.asset, Status.FAILED, why) for outcome in report.files]


def _outcomes(report: Report, bundle: Bundle, sent: Collection[str]) -> list[Outcome]:
    """A file of which no chunk was sent was there already."""
    paths: set[str] = set()
    for chunk in bundle.chunks:
        if chunk.sha1 in sent:
            paths |= bundle.paths(chunk)
    return [
        Outcome(outcome.asset, Status.UPLOADED if outcome.asset.path in paths else Status.UNCHANGED)
        for outcome in report.files
    ]
