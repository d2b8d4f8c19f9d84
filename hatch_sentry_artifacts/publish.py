"""The spine: from a built distribution to the release that holds its files, and a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.assets.asset import Asset, Member
from hatch_sentry_artifacts.assets.clashes import named_members, refuse_clashes
from hatch_sentry_artifacts.assets.distribution.opening import (
    Distribution,
    open_distribution,
)
from hatch_sentry_artifacts.configuration.credentials.settings import Settings
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import (
    ReleaseName,
    version_remark,
)
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console, RecordingConsole
from hatch_sentry_artifacts.errors import (
    SentryArtifactsError,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.payload import Content, Payload, open_payload
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
from hatch_sentry_artifacts.sentry.session import connected
from hatch_sentry_artifacts.signals import ended_in_order
from hatch_sentry_artifacts.upload_strategies.choice import (
    Choice,
    choose,
    plan_of,
    strategy_of,
    tell,
)
from hatch_sentry_artifacts.upload_strategies.commits import CommitsStep
from hatch_sentry_artifacts.upload_strategies.origin import BY_ORDER, Origin
from hatch_sentry_artifacts.upload_strategies.strategy import (
    Result,
    show_plan,
    stopped,
)


@dataclass(frozen=True)
class Job:
    """What to upload, and where to.

    `trace` is told of every request. `origin` is what the upload may change, as who ordered it and
    the commit tell. `warnings` were shown before, and belong in the report.
    """

    content: Content
    settings: Settings
    dry_run: bool = False
    trace: Callable[[str], None] | None = None
    origin: Origin = BY_ORDER
    warnings: tuple[str, ...] = ()

    @property
    def options(self) -> Options:
        """The options of what is uploaded."""
        return self.content.options


def publish(job: Job, console: Console, *, policy: RetryPolicy | None = None) -> Report:
    """Upload the files of the job's distribution to their release.

    `policy` is that for retries; None means the transport's own. Raises SentryArtifactsError for
    errors before the first request; later errors are in the report, with the outcome of each file.
    """
    started = time.monotonic()
    console = RecordingConsole(console)
    for warning in job.settings.warnings:
        console.warning(warning)
    connection = _connection(job)
    with open_payload(job.content, console, everything=job.dry_run) as payload:
        job = _told(job, payload, console)
        assets = payload.assets
        total = size_text(sum(asset.size for asset in assets))
        label = payload.distribution.label
        line = f"{label}: {files_text(len(assets))} ({total}) for {payload.target}"
        done = (
            _upload(job, connection, assets, payload.target, console, line=line, policy=policy)
            if connection is not None
            else _plan(job, assets, payload.target, console, line)
        )
    seconds = time.monotonic() - started
    warnings = (*job.warnings, *console.warnings)
    return _report(job, payload.target, done, warnings, seconds=seconds)


def _told(job: Job, payload: Payload, console: Console) -> Job:
    """Return the job with what the release is told; remark on odd names of the release."""
    distribution = payload.distribution
    if payload.target.remark:
        console.info(payload.target.remark)
    version = distribution.version or job.content.version
    origin = job.origin.told_of(
        job.options, distribution.name or job.content.name, version, owner=distribution.label
    )
    shallow = origin.checkout.shallow
    if remark := version_remark(version, job.options, shallow=shallow):
        (console.warning if shallow else console.info)(remark)
    return replace(job, origin=origin)


def refuse_clashes_of(jobs: Sequence[Job]) -> None:
    """Raise NamesError if two jobs would give one name of one release to different files.

    What is wrong with a job alone is left to `publish`.
    """
    by_release: dict[str, list[tuple[str, Mapping[str, Member]]]] = {}
    with ExitStack() as stack:
        for job in jobs:
            with suppress(SentryArtifactsError):
                distribution = stack.enter_context(open_distribution(job.content.path))
                target = job.content.target(distribution)
                named = _named(job.content, distribution, stack)
                by_release.setdefault(str(target), []).append((distribution.label, named))
        for group in by_release.values():
            refuse_clashes(group)


def _named(content: Content, distribution: Distribution, stack: ExitStack) -> Mapping[str, Member]:
    """Return the files to upload by their URL names, readable until the end of `stack`."""
    if content.side_file is not None:
        from hatch_sentry_artifacts.assets.side_file.reading import SideFile

        side_file = stack.enter_context(SideFile(content.side_file))
        return side_file.members_by_name(distribution)
    options = content.options
    return named_members(
        distribution, include=options.include, exclude=options.exclude, paths=options.paths
    )


def _connection(job: Job) -> Connection | None:
    """Return the connection, or None in a dry run without one."""
    if job.dry_run and not job.settings.problems and job.settings.missing:
        return None
    return job.settings.connection()


@dataclass(frozen=True)
class _Done:
    """The end of an upload; `bytes_sent` of request bodies."""

    result: Result
    bytes_sent: int = 0
    requests: int = 0
    upload_as: str = AUTO


def _plan(
    job: Job, assets: Sequence[Asset], target: ReleaseName, console: Console, line: str
) -> _Done:
    """Show what would be sent if the server had none of it; `line` says what that is."""
    choice = plan_of(job.options, assets)
    tell(choice, line, console)
    show_plan(assets, console)
    CommitsStep(target.release, job.options, job.origin, console).look(None)
    console.info("without a token, organization and project the server was not looked at")
    result = Result([Outcome(asset, Status.PLANNED) for asset in assets])
    return _Done(result, upload_as=choice.upload_as)


def _upload(
    job: Job,
    connection: Connection,
    assets: Sequence[Asset],
    target: ReleaseName,
    console: Console,
    *,
    line: str,
    policy: RetryPolicy | None,
) -> _Done:
    """Upload, or show what an upload would do; the result holds the error.

    `line` says what is uploaded.
    """
    line += f" of {connection}"
    choice: Choice | None = None
    with (
        ended_in_order(),
        connected(
            connection,
            workers=job.options.workers,
            timeout=job.options.timeout,
            notice=console.info,
            policy=policy,
            trace=job.trace,
        ) as api,
    ):
        try:
            choice = choose(job.options, assets, api)
            tell(choice, line, console)
            strategy = strategy_of(choice.upload_as)(api, job.options, console, job.origin)
            result = (strategy.look if job.dry_run else strategy.send)(assets, target)
            if job.dry_run:
                CommitsStep(target.release, job.options, job.origin, console).look(api)
        except SentryArtifactsError as error:
            result = stopped(assets, error)
    if choice is None:
        console.info(line)
    upload_as = choice.upload_as if choice else job.options.upload_as
    return _Done(result, api.transport.bytes_sent, api.transport.requests, upload_as)


def _report(
    job: Job, target: ReleaseName, done: _Done, warnings: Sequence[str], *, seconds: float
) -> Report:
    organization = job.settings.organization
    has_page = done.result.has_page and not job.dry_run
    return Report(
        release=target.release,
        dist=target.dist,
        organization=organization.value if organization else None,
        projects=tuple(project.value for project in job.settings.projects),
        url=job.settings.url.value,
        upload_as=done.upload_as,
        dry_run=job.dry_run,
        files=tuple(done.result.outcomes),
        bytes_sent=done.bytes_sent,
        requests=done.requests,
        seconds=seconds,
        error=done.result.error,
        bundle=done.result.bundle,
        page=job.settings.connection().page_of(target.release) if has_page else None,
        warnings=tuple(warnings),
    )
