"""The spine: from a built distribution to the release that holds its files, and a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution import (
    Distribution,
    open_distribution,
    with_files,
)
from hatch_sentry_artifacts.console import Console, progress, some_of
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    NotFound,
    SentryArtifactsError,
    UploadConflict,
    UploadIncomplete,
    ValidationError,
)
from hatch_sentry_artifacts.options import Options
from hatch_sentry_artifacts.report import Report, files_text, size_text
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection, Settings
from hatch_sentry_artifacts.sentry.release_files import ReleaseFiles
from hatch_sentry_artifacts.sentry.release_plan import Outcome, Status, Step, list_files, plan
from hatch_sentry_artifacts.sentry.releases import (
    Release,
    check_dist,
    check_version,
    finalize_release,
    open_release,
    require_destination,
)
from hatch_sentry_artifacts.sentry.session import connected
from hatch_sentry_artifacts.sentry.transport import RetryPolicy

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.shipping import Shipment

_SHOWN_OF_A_RULE = 3


@dataclass(frozen=True)
class Job:
    """What to upload, how, and where to.

    `name` and `version` stand in for those that a folder does not have. `retries` is the
    transport's own policy where it is None; `trace` is told of every request. `shipment` says
    what the wheel was left without.
    """

    path: Path
    options: Options
    settings: Settings
    dry_run: bool = False
    name: str | None = None
    version: str | None = None
    retries: RetryPolicy | None = None
    trace: Callable[[str], None] | None = None
    shipment: Shipment | None = None


def publish(job: Job, console: Console) -> Report:
    """Bring the release to hold the files of the distribution at `job.path`.

    Raises SentryArtifactsError for whatever is wrong before a server is asked; from then on the
    report holds the error, and what became of each file.
    """
    started = time.monotonic()
    for warning in job.settings.warnings:
        console.warning(warning)
    connection = _connection(job)
    with open_distribution(job.path) as distribution:
        if job.shipment:
            distribution = with_files(distribution, job.shipment.unshipped)  # noqa: PLW2901
        release, dist = release_of(distribution, job)
        collection = _collect(distribution, job, console)
        where = f"release {release}" + (f", dist {dist}" if dist else "")
        total = size_text(sum(asset.size for asset in collection.assets))
        console.info(
            f"{distribution.label}: {files_text(len(collection.assets))} ({total}) for {where}"
            + (f" of {connection}" if connection else "")
        )
        report = Report(
            release=release,
            dist=dist,
            organization=job.settings.organization.value if job.settings.organization else None,
            projects=tuple(project.value for project in job.settings.projects),
            url=job.settings.url.value,
            upload_as=job.options.upload_as,
            dry_run=job.dry_run,
            files=tuple(Outcome(asset, Status.PLANNED) for asset in collection.assets),
            bytes_sent=0,
            requests=0,
            seconds=0,
        )
        if connection is not None:
            report = _with_server(job, connection, report, console)
        elif job.dry_run:
            _show_plan([Step(asset, None) for asset in collection.assets], console, looked=False)
    return replace(report, seconds=time.monotonic() - started)


def conclude(report: Report, console: Console) -> None:
    """Say how it ended. Raises what stopped the upload, or UploadIncomplete."""
    if report.error is None:
        lines = [f"{outcome.asset.path}: {outcome.error}" for outcome in report.failed]
        for line in some_of(lines, more="files that failed"):
            console.error(line)
    if report.error is None or len(report.failed) < len(report.files):
        console.info(f"release {report.release}: {report.result()}")
    if report.error is not None:
        raise report.error
    if report.failed:
        raise UploadIncomplete(
            f"release {report.release} lacks {len(report.failed)} of its "
            f"{files_text(len(report.files))}; running this again sends what is missing"
        )


def release_of(distribution: Distribution, job: Job) -> tuple[str, str | None]:
    """The release and dist that the options make of the distribution's name and version."""
    known = {
        "name": distribution.name or job.name,
        "version": distribution.version or job.version,
    }

    def fill(key: str, template: str) -> str:
        for placeholder, value in known.items():
            if value is None and f"{{{placeholder}}}" in template:
                raise ConfigurationError(
                    f"{distribution.label} has no {placeholder} of its own for the option "
                    f'`{key}`, "{template}": pass --{key}, or upload the wheel'
                )
        return template.format(**known)

    release = fill("release", job.options.release)
    check_version(release)
    dist = fill("dist", job.options.dist) if job.options.dist else None
    if dist is not None:
        check_dist(dist)
    return release, dist


def _connection(job: Job) -> Connection | None:
    """The connection; None in a dry run that has to do without."""
    if job.dry_run and not job.settings.problems and job.settings.missing:
        return None
    return job.settings.connection()


def _collect(distribution: Distribution, job: Job, console: Console) -> Collection:
    options = job.options
    collection = collect(
        distribution,
        include=options.include,
        exclude=options.exclude,
        paths=options.paths,
        maps=job.shipment.maps if job.shipment else None,
    )
    findings = [str(finding) for finding in collection.findings]
    if findings and options.validate == "error":
        raise ValidationError(
            f'nothing was uploaded, since `validate` is "error" and {distribution.label} has\n  '
            + "\n  ".join(findings)
        )
    if options.validate == "warn":
        for line in _by_rule(collection.findings):
            console.warning(line)
    return collection


def _by_rule(findings: Sequence[Finding]) -> list[str]:
    """The first findings of each rule, so that none hides another."""
    rules: dict[str, list[str]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(str(finding))
    lines: list[str] = []
    for rule, found in rules.items():
        lines += found[:_SHOWN_OF_A_RULE]
        if len(found) > _SHOWN_OF_A_RULE:
            rest = len(found) - _SHOWN_OF_A_RULE
            lines.append(f'… and {rest} more [{rule}]; `validate = "error"` lists all')
    return lines


def _with_server(job: Job, connection: Connection, report: Report, console: Console) -> Report:
    error: SentryArtifactsError | None = None
    outcomes: Sequence[Outcome] | None = None
    with connected(
        connection, job.options, notice=console.info, policy=job.retries, trace=job.trace
    ) as api:
        try:
            if job.dry_run:
                outcomes = _look(api, job.options, report, console)
            else:
                release = open_release(api, report.release, create=job.options.create_release)
                outcomes, error = _send(api, release, job.options, report, console)
                if job.options.finalize_release and error is None and not _failed(outcomes):
                    finalize_release(api, release)
        except SentryArtifactsError as problem:
            error = problem
    if outcomes is None:
        outcomes = [_not_sent(each) for each in report.files]
    return replace(
        report,
        files=tuple(outcomes),
        bytes_sent=api.transport.bytes_sent,
        requests=api.transport.requests,
        error=error,
    )


def _send(
    api: SentryApi, release: Release, options: Options, report: Report, console: Console
) -> tuple[Sequence[Outcome], SentryArtifactsError | None]:
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
        with progress(len(steps)) as done:
            outcomes = files.send(steps, done)
    except UploadConflict as conflict:
        return [_not_sent(_planned(step, options.on_conflict)) for step in steps], conflict
    for warning in files.warnings:
        console.warning(warning)
    return outcomes, files.refusal


def _not_sent(outcome: Outcome) -> Outcome:
    if outcome.status is not Status.PLANNED:
        return outcome
    return Outcome(outcome.asset, Status.FAILED, "not sent")


def _failed(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.status is Status.FAILED for outcome in outcomes)


def _look(
    api: SentryApi, options: Options, report: Report, console: Console
) -> tuple[Outcome, ...]:
    """What an upload would do, from what the server holds now."""
    require_destination(api)
    try:
        there = list_files(api, report.release, options.workers)
    except NotFound:
        there = []
    steps = plan([outcome.asset for outcome in report.files], there, report.dist)
    _show_plan(steps, console, looked=True)
    return tuple(_planned(step, options.on_conflict) for step in steps)


def _planned(step: Step, on_conflict: str) -> Outcome:
    if step.change == "same":
        return Outcome(step.asset, Status.UNCHANGED)
    if step.change == "changed" and on_conflict == "keep":
        return Outcome(step.asset, Status.KEPT)
    if step.change == "changed" and on_conflict == "error":
        return Outcome(step.asset, Status.FAILED, "the release holds other content of that name")
    return Outcome(step.asset, Status.PLANNED)


def _show_plan(steps: Sequence[Step], console: Console, *, looked: bool) -> None:
    for step in steps:
        change = f"{step.change:<8}" if looked else ""
        headers = "".join(f"  {key}: {value}" for key, value in step.asset.headers.items())
        console.result(f"{change}{size_text(step.asset.size):>9}  {step.asset.name}{headers}")
    if not looked:
        console.info("without a token, organization and project the server was not looked at")
