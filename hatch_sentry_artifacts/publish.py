"""The spine: from a built distribution to the release that holds its files, and a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.clashes import refuse_clashes
from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import (
    Distribution,
    add_files,
    open_distribution,
)
from hatch_sentry_artifacts.assets.findings import first_of_each_rule
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding, open_embedding
from hatch_sentry_artifacts.configuration.credentials.settings import Settings
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, Options
from hatch_sentry_artifacts.configuration.release_name import (
    ReleaseName,
    release_name,
    version_remark,
)
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console, RecordingConsole, some_of
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    SentryArtifactsError,
    ValidationError,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
from hatch_sentry_artifacts.sentry.session import connected
from hatch_sentry_artifacts.signals import ended_in_order
from hatch_sentry_artifacts.upload_strategies.choice import (
    Choice,
    choose,
    may_be_bundle,
    plan_of,
    strategy_of,
    tell,
    useless_ids,
)
from hatch_sentry_artifacts.upload_strategies.origin import BY_ORDER, Origin
from hatch_sentry_artifacts.upload_strategies.strategy import (
    Result,
    show_plan,
    stopped,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment


@dataclass(frozen=True)
class Job:
    """What to upload, how, and where to.

    `name` and `version` stand in for those that a folder does not have. `trace` is told of every
    request. `shipment` has the files that the wheel does not hold, `source_tree` the project
    that its files come from. `origin` is what the upload may change, as who ordered it and the
    commit tell.
    """

    path: Path
    options: Options
    settings: Settings
    dry_run: bool = False
    name: str | None = None
    version: str | None = None
    trace: Callable[[str], None] | None = None
    shipment: Shipment | None = None
    source_tree: SourceTree | None = None
    origin: Origin = BY_ORDER


def publish(job: Job, console: Console, *, policy: RetryPolicy | None = None) -> Report:
    """Upload the files of the distribution at `job.path` to their release.

    `policy` is that for retries; None means the transport's own. Raises SentryArtifactsError for
    errors before the first request; later errors are in the report, with the outcome of each file.
    """
    started = time.monotonic()
    console = RecordingConsole(console)
    for warning in job.settings.warnings:
        console.warning(warning)
    connection = _connection(job)
    wanted = job.options.sources_content == "embed"
    with (
        open_embedding(job.source_tree, wanted=wanted) as embedding,
        open_distribution(job.path) as packed,
    ):
        distribution = add_files(packed, job.shipment.unshipped) if job.shipment else packed
        target = _target(job, distribution)
        if target.remark:
            console.info(target.remark)
        origin = job.origin.told_of(
            job.options,
            distribution.name or job.name,
            distribution.version or job.version,
            owner=distribution.label,
        )
        job = replace(job, origin=origin)
        shallow = job.origin.checkout.shallow
        version = distribution.version or job.version
        if remark := version_remark(version, job.options, shallow=shallow):
            (console.warning if shallow else console.info)(remark)
        collection = _collect(distribution, job, embedding, console)
        _refuse_scripts_alone(job, distribution, collection)
        if job.dry_run or console.verbosity > 0:
            for line in collection.about_names:
                console.info(line)
        assets = collection.assets
        total = size_text(sum(asset.size for asset in assets))
        line = f"{distribution.label}: {files_text(len(assets))} ({total}) for {target}"
        done = (
            _upload(job, connection, assets, target, console, line=line, policy=policy)
            if connection is not None
            else _plan(job, assets, console, line)
        )
    return _report(job, target, done, console.warnings, seconds=time.monotonic() - started)


def refuse_clashes_of(jobs: Sequence[Job]) -> None:
    """Raise NamesError if two jobs would give one name of one release to different files.

    What is wrong with a job alone is left to `publish`.
    """
    by_release: dict[str, list[tuple[Job, Distribution]]] = {}
    with ExitStack() as stack:
        for job in jobs:
            with suppress(SentryArtifactsError):
                distribution = stack.enter_context(open_distribution(job.path))
                target = _target(job, distribution)
                by_release.setdefault(str(target), []).append((job, distribution))
        for group in by_release.values():
            options = group[0][0].options
            refuse_clashes(
                [distribution for _, distribution in group],
                include=options.include,
                exclude=options.exclude,
                paths=options.paths,
            )


def _target(job: Job, distribution: Distribution) -> ReleaseName:
    return release_name(
        job.options,
        distribution.name or job.name,
        distribution.version or job.version,
        owner=distribution.label,
        hint="upload the wheel",
    )


def _connection(job: Job) -> Connection | None:
    """Return the connection, or None in a dry run without one."""
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
        needs_crc32=options.upload_as == ARTIFACT_BUNDLE,
    )
    for line in some_of(collection.left_alone, more="files like these"):
        console.warning(f"{line}; it was left alone")
    # Whether the build of a stripped wheel had maps is said elsewhere.
    found = [each for each in collection.findings if each.rule != "no-map" or not _is_stripped(job)]
    found += useless_ids(options, collection.assets)
    findings = [str(finding) for finding in found]
    if findings and options.validate == "error":
        raise ValidationError(
            f'nothing was uploaded, since `validate` is "error" and {distribution.label} has',
            *(f"  {finding}" for finding in findings),
        )
    if options.validate == "warn":
        for line in first_of_each_rule(found, everything=console.verbosity > 0):
            console.warning(line)
        if collection.note:
            console.info(f"{distribution.label}: {collection.note}")
    return collection


def _is_stripped(job: Job) -> bool:
    """Return whether the job's wheel is one whose build left its maps out."""
    return job.options.source_maps == "strip" and job.shipment is None and job.path.is_file()


def _refuse_scripts_alone(job: Job, distribution: Distribution, collection: Collection) -> None:
    """Raise ConfigurationError for a wheel whose build left its maps out, as a bundle.

    Sentry answers with the newest bundle that has a script, whatever an older one has besides.
    """
    if (
        may_be_bundle(job.options, collection.assets)
        and _is_stripped(job)
        and not any(asset.is_script_map for asset in collection.assets)
    ):
        raise ConfigurationError(
            f"{distribution.label} was built without its source maps, and a bundle of its scripts "
            "alone would take the place of the one that its build uploaded with them: build it "
            "again where that is missing, see `hatch-sentry-artifacts list`. If there never were "
            "any maps, pass --source-maps ship"
        )


@dataclass(frozen=True)
class _Done:
    """The end of an upload; `bytes_sent` of request bodies."""

    result: Result
    bytes_sent: int = 0
    requests: int = 0
    upload_as: str = AUTO


def _plan(job: Job, assets: Sequence[Asset], console: Console, line: str) -> _Done:
    """Show what would be sent if the server had none of it; `line` says what that is."""
    choice = plan_of(job.options, assets)
    tell(choice, line, console)
    show_plan(assets, console)
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
