"""`upload-as = "artifact-bundle"`: one bundle of all files, and only its changed parts are sent."""

from __future__ import annotations

from collections.abc import Collection

from hatch_sentry_artifacts.assets.bundle import Bundle, make_bundle
from hatch_sentry_artifacts.assets.bundle_manifest import Binding
from hatch_sentry_artifacts.console import Console, progress
from hatch_sentry_artifacts.errors import (
    DistributionError,
    NotOffered,
    SentryArtifactsError,
)
from hatch_sentry_artifacts.options import Options
from hatch_sentry_artifacts.report import BundleReport, Report, files_text, size_text
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.artifact_bundles import (
    MOST_REQUEST_BYTES,
    ArtifactBundles,
    Upload,
)
from hatch_sentry_artifacts.sentry.bundle_api import BundleApi, UploadLimits
from hatch_sentry_artifacts.sentry.release_plan import Outcome, Status
from hatch_sentry_artifacts.sentry.releases import finalize_release, open_release
from hatch_sentry_artifacts.upload_as.result import Result, show_plan


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
    if sent.state != "ok":
        console.info(
            "the server has the whole bundle and is at work on it; "
            + ("nobody waits for that" if limits.is_polled else "it does not say when it is done")
        )
    error = _finalize(api, options, report.release) if options.finalize_release else None
    chunks_sent = sum(chunk.sha1 in sent.chunks for chunk in bundle.chunks)
    return Result(
        _outcomes(report, bundle, sent.chunks),
        error,
        BundleReport(bundle.checksum, bundle.size, len(bundle.chunks), chunks_sent, sent.state),
    )


def look(api: SentryApi, options: Options, report: Report, console: Console) -> Result:  # noqa: ARG001 - as release_files.look
    """What `send` would do. What the server has of it cannot be asked for without beginning it."""
    limits = BundleApi(api).limits()
    _warn_of_missing_ids(report, limits, console)
    bundle = _bundle(api, report, limits)
    show_plan([outcome.asset for outcome in report.files], console)
    console.info(
        f"one artifact bundle of {size_text(bundle.size)} in {len(bundle.chunks)} chunks, before "
        "compression; the server is not asked which of them it has"
    )
    return Result(report.files)


def _warn_of_missing_ids(report: Report, limits: UploadLimits, console: Console) -> None:
    """Bugsink finds files by debug id alone, and tells nobody that it dropped those without one."""
    assets = [outcome.asset for outcome in report.files]
    without = sum(bool(asset.headers and not asset.debug_id) for asset in assets)
    if without and not limits.is_polled:
        console.warning(
            f"{files_text(without)} with a source map, but without a debug id: a Bugsink, as this "
            'server may be, drops them in silence; build with `debug-ids = "inject"`'
        )


def _finalize(api: SentryApi, options: Options, version: str) -> SentryArtifactsError | None:
    """What kept the release from being finalized, if so: the bundle is there all the same."""
    try:
        finalize_release(api, open_release(api, version, create=options.create_release))
    except NotOffered:
        return NotOffered(
            f"the bundle is there, but {api.connection.url} has no releases that could be "
            "finalized: leave out `finalize-release`"
        )
    except SentryArtifactsError as error:
        return error
    return None


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
