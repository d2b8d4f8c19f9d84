"""The spine: from a built distribution to the release that holds its files, and a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import (
    Distribution,
    open_distribution,
    with_files,
)
from hatch_sentry_artifacts.assets.kinds import is_script_map
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding, open_embedding
from hatch_sentry_artifacts.configuration.credentials.settings import Settings
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console, some_of
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    SentryArtifactsError,
    UploadIncomplete,
    ValidationError,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report, files_text, size_text
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.transport import RetryPolicy
from hatch_sentry_artifacts.sentry.releases.releases import check_dist, check_version
from hatch_sentry_artifacts.sentry.session import connected
from hatch_sentry_artifacts.upload_strategies import artifact_bundle, release_files
from hatch_sentry_artifacts.upload_strategies.result import Result, not_sent, show_plan

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment

_SHOWN_OF_A_RULE = 3


@dataclass(frozen=True)
class Job:
    """What to upload, how, and where to.

    `name` and `version` stand in for those that a folder does not have. `retries` is the
    transport's own policy where it is None; `trace` is told of every request. `shipment` says
    what the wheel was left without, `on_disk` where its files come from.
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
    on_disk: SourceTree | None = None


def publish(job: Job, console: Console) -> Report:
    """Bring the release to hold the files of the distribution at `job.path`.

    Raises SentryArtifactsError for whatever is wrong before a server is asked; from then on the
    report holds the error, and what became of each file.
    """
    started = time.monotonic()
    for warning in job.settings.warnings:
        console.warning(warning)
    connection = _connection(job)
    wanted = job.options.sources_content == "embed"
    with (
        open_embedding(job.on_disk, wanted=wanted) as embedding,
        open_distribution(job.path) as packed,
    ):
        distribution = with_files(packed, job.shipment.unshipped) if job.shipment else packed
        release, dist = release_of(distribution, job)
        collection = _collect(distribution, job, embedding, console)
        _refuse_scripts_alone(job, distribution, collection)
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
            show_plan(collection.assets, console)
            console.info("without a token, organization and project the server was not looked at")
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


def release_of(
    distribution: Distribution, job: Job, *, way_out: str = "upload the wheel"
) -> tuple[str, str | None]:
    """The release and dist that the options make of the distribution's name and version.

    `way_out` is what else to do where those are not known.
    """
    known = {
        "name": distribution.name or job.name,
        "version": distribution.version or job.version,
    }

    def fill(key: str, template: str) -> str:
        for placeholder, value in known.items():
            if value is None and f"{{{placeholder}}}" in template:
                raise ConfigurationError(
                    f"{distribution.label} has no {placeholder} of its own for the option "
                    f'`{key}`, "{template}": pass --{key}, or {way_out}'
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


def _collect(
    distribution: Distribution, job: Job, embedding: Embedding, console: Console
) -> Collection:
    options = job.options
    collection = collect(
        distribution,
        include=options.include,
        exclude=options.exclude,
        paths=options.paths,
        maps=job.shipment.maps if job.shipment else None,
        embedding=embedding,
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


def _refuse_scripts_alone(job: Job, distribution: Distribution, collection: Collection) -> None:
    """Raise ConfigurationError for a wheel whose build left its maps out, as a bundle.

    Sentry answers with the newest bundle that has a script, whatever an older one has besides.
    """
    stripped = job.options.source_maps == "strip" and job.shipment is None and job.path.is_file()
    as_bundle = job.options.upload_as == "artifact-bundle"
    if stripped and as_bundle and not any(is_script_map(asset.path) for asset in collection.assets):
        raise ConfigurationError(
            f"{distribution.label} was built without its source maps, and a bundle of its scripts "
            "alone would take the place of the one that its build uploaded with them: build it "
            "again where that is missing, see `hatch-sentry-artifacts list`. If there never were "
            "any maps, pass --source-maps ship"
        )


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
    way = artifact_bundle if job.options.upload_as == "artifact-bundle" else release_files
    result: Result | None = None
    error: SentryArtifactsError | None = None
    with connected(
        connection,
        workers=job.options.workers,
        timeout=job.options.timeout,
        notice=console.info,
        policy=job.retries,
        trace=job.trace,
    ) as api:
        try:
            act = way.look if job.dry_run else way.send
            result = act(api, job.options, report, console)
        except SentryArtifactsError as problem:
            error = problem
    if result is None:
        result = Result([not_sent(each) for each in report.files], error)
    return replace(
        report,
        files=tuple(result.outcomes),
        bundle=result.bundle,
        bytes_sent=api.transport.bytes_sent,
        requests=api.transport.requests,
        error=result.error,
    )
