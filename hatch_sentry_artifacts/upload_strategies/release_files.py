"""`upload-as = "release-files"`: each file is one of the release's own."""

from __future__ import annotations

from dataclasses import replace

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console, progress
from hatch_sentry_artifacts.errors import NotFound, UploadConflict
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.release_files import ReleaseFiles
from hatch_sentry_artifacts.sentry.releases.release_plan import Step, list_files, plan
from hatch_sentry_artifacts.sentry.releases.releases import open_release, require_destination
from hatch_sentry_artifacts.upload_strategies.finalizing import finalize
from hatch_sentry_artifacts.upload_strategies.result import Result, not_sent, show_plan


def send(api: SentryApi, options: Options, report: Report, console: Console) -> Result:
    """Bring the release to hold the report's files. Raises SentryArtifactsError."""
    release = open_release(api, report.release, create=options.create_release)
    there = [] if release.empty else list_files(api, release.version, options.workers)
    steps = plan([outcome.asset for outcome in report.files], there, report.dist)
    files = ReleaseFiles(
        api,
        release.version,
        report.dist,
        on_conflict=options.on_conflict,
        workers=options.workers,
    )
    try:
        with progress(len(steps)) as advance:
            outcomes = files.send(steps, lambda _: advance(1))
    except UploadConflict as conflict:
        return Result([not_sent(_planned(step, options.on_conflict)) for step in steps], conflict)
    for warning in files.warnings:
        console.warning(warning)
    result = Result(outcomes, files.refusal)
    if options.finalize_release and result.ok:
        return replace(result, error=finalize(api, lambda: release))
    return result


def look(api: SentryApi, options: Options, report: Report, console: Console) -> Result:
    """What `send` would do, from what the server holds now."""
    require_destination(api)
    try:
        there = list_files(api, report.release, options.workers)
    except NotFound:
        there = []
    steps = plan([outcome.asset for outcome in report.files], there, report.dist)
    changes = {step.asset.path: step.change for step in steps}
    show_plan([step.asset for step in steps], console, changes)
    return Result([_planned(step, options.on_conflict) for step in steps])


def _planned(step: Step, on_conflict: str) -> Outcome:
    if step.change == "same":
        return Outcome(step.asset, Status.UNCHANGED)
    if step.change == "changed" and on_conflict == "keep":
        return Outcome(step.asset, Status.KEPT)
    if step.change == "changed" and on_conflict == "error":
        return Outcome(step.asset, Status.FAILED, "the release holds other content of that name")
    return Outcome(step.asset, Status.PLANNED)
