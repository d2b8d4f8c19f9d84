"""`upload`: the files of wheels or folders, to the release of their version."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.kinds import is_side_file
from hatch_sentry_artifacts.assets.original_sources.source_tree import tree_of_folder
from hatch_sentry_artifacts.assets.side_file.pairing import Pair, pair, refuse_alone
from hatch_sentry_artifacts.cli.arguments import Context, add_options, read_context
from hatch_sentry_artifacts.conclusion import conclude
from hatch_sentry_artifacts.configuration.build_options import read_handed_on, refuse_done
from hatch_sentry_artifacts.configuration.checkout import read_checkout
from hatch_sentry_artifacts.configuration.finding import choose_wheels
from hatch_sentry_artifacts.configuration.options import OPTIONS, Options
from hatch_sentry_artifacts.console import Console, print_safely, show_error
from hatch_sentry_artifacts.errors import (
    REFUSED,
    UPLOAD_FAILED,
    ConfigurationError,
    CredentialsMissing,
    SentryArtifactsError,
)
from hatch_sentry_artifacts.payload import Content
from hatch_sentry_artifacts.publish import Job, publish, refuse_clashes_of
from hatch_sentry_artifacts.report import Report, json_lines
from hatch_sentry_artifacts.report_files import Failure, append_summary, write_reports
from hatch_sentry_artifacts.upload_strategies.origin import Origin

_FAILURES = {UPLOAD_FAILED, REFUSED}


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "upload",
        usage="%(prog)s [options] [WHEEL|FOLDER|SIDE-FILE ...]",
        help=summary,
        description="Uploads the scripts and source maps of wheels or folders to the Sentry "
        "release of their version, as its files or as an artifact bundle. What a server says that "
        "it holds already is not sent again.",
    )
    parser.add_argument(
        "distributions",
        nargs="*",
        type=Path,
        metavar="WHEEL|FOLDER|SIDE-FILE",
        help="what to upload, and for wheels what their builds kept (keep-maps), NAME.sentry.zip "
        "[the wheel of this project's version in dist/, else the newest]",
    )
    parser.add_argument(
        "--dry-run", "-n", action="store_true", help="show what would be sent, and send nothing"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the report, one JSON object a wheel"
    )
    parser.add_argument("--debug", action="store_true", help="show every request")
    add_options(parser, OPTIONS)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Upload; return the exit code, which is that of the first distribution that failed."""
    context = read_context(parsed)
    _refuse_changes(context.flags)
    origin = Origin(checkout=read_checkout(context.project.folder, os.environ))
    jobs = [
        Job(
            content,
            context.settings,
            dry_run=parsed.dry_run,
            trace=console.info if parsed.debug else None,
            origin=origin,
        )
        for content in _contents(parsed, context, console)
    ]
    if len(jobs) > 1:
        refuse_clashes_of(jobs)
    ended = [_upload(job, console, context) for job in jobs]
    reports = [each.result for each in ended if isinstance(each.result, Report)]
    if parsed.json:
        print_safely(json_lines(reports).rstrip("\n"), sys.stdout)
    if not parsed.dry_run:
        _summarize([each.result for each in ended], context, console)
    _write_reports([each.result for each in ended], context, dry_run=parsed.dry_run)
    return next((each.code for each in ended if each.code), 0)


@dataclass(frozen=True)
class _Ended:
    """What came of one distribution."""

    result: Report | Failure
    code: int = 0


def _upload(job: Job, console: Console, context: Context) -> _Ended:
    """Upload one distribution, and show its error."""
    report: Report | None = None
    try:
        report = publish(job, console)
        conclude(report, console)
        if job.content.is_stripped:
            _warn_of_lost_maps(report, job.content.path, console)
    except SentryArtifactsError as error:
        result = report or Failure(job.content.path.name, error)
        if _passes_over(error, context):
            console.warning(*error.lines)
            return _Ended(result)
        show_error(console, error)
        return _Ended(result, error.exit_code)
    return _Ended(report)


def _contents(parsed: argparse.Namespace, context: Context, console: Console) -> list[Content]:
    """Return what to upload: each wheel or folder, with its side file if one is named for it."""
    side_files = [path for path in parsed.distributions if is_side_file(path.name)]
    named = [path for path in parsed.distributions if not is_side_file(path.name)]
    if side_files and not named:
        raise refuse_alone(side_files)
    if side_files:
        refuse_done(context.given)
    pairs = pair(named or _chosen(context, console), side_files)
    for line in pairs.unused:
        console.warning(f"{line}; it was not used")
    return [_content(each, context) for each in pairs.pairs]


def _content(found: Pair, context: Context) -> Content:
    options = context.options
    if found.side_file is not None and found.options is not None:
        options = read_handed_on(
            found.options,
            found.side_file.name,
            project=context.project.source,
            flags=context.given,
        )
    return Content(
        found.path,
        options,
        name=context.project.name,
        version=context.project.version,
        source_tree=tree_of_folder(found.path) if found.path.is_dir() else None,
        side_file=found.side_file,
    )


def _chosen(context: Context, console: Console) -> Sequence[Path]:
    """Return the wheels to upload if none is named, and show a message if there are others."""
    choice = choose_wheels(context.project)
    if choice.others:
        console.info(str(choice))
    return choice.paths


def _summarize(results: Sequence[Report | Failure], context: Context, console: Console) -> None:
    """Add the results to the page of GitHub's job."""
    named = context.flags.report or context.options.report
    folder = Path.cwd() if context.flags.report else context.project.folder
    problem = append_summary(results, os.environ, folder / named if named else None)
    if problem:
        console.warning(problem)


def _write_reports(results: Sequence[Report | Failure], context: Context, *, dry_run: bool) -> None:
    if context.flags.report:
        write_reports(results, Path.cwd() / context.flags.report)
    elif context.options.report and not dry_run:
        folder = context.project.folder
        write_reports(results, folder / context.options.report, inside=folder)


def _refuse_changes(flags: Options) -> None:
    """Raise ConfigurationError for flags that only a build can follow."""
    lines = []
    if flags.source_maps == "strip":
        lines.append(
            "--source-maps strip: no finished wheel is changed: set it in the project's "
            "configuration, and build the wheel"
        )
    if flags.debug_ids == "inject":
        lines.append(
            "--debug-ids inject: no finished wheel is changed: set it in the project's "
            "configuration, and build the wheel; or run `hatch-sentry-artifacts inject FOLDER` on "
            "the scripts before they are packed"
        )
    if flags.keep_maps is not None:
        lines.append(
            "--keep-maps: only a build has what is to be kept: set it in the project's "
            "configuration, and build the wheel"
        )
    if lines:
        raise ConfigurationError(lines)


def _warn_of_lost_maps(report: Report, wheel: Path, console: Console) -> None:
    if not any(outcome.asset.is_script_map for outcome in report.files):
        console.warning(
            f"{wheel.name} was built without its source maps, so they were uploaded by that build, "
            "or not at all: see `hatch-sentry-artifacts list`; where they are missing, pass the "
            "side file that the build kept (`keep-maps`), or build it again"
        )


def _passes_over(error: SentryArtifactsError, context: Context) -> bool:
    """Return whether the command succeeds in spite of `error`.

    The project's own `on-error` is about its builds; a command's user sees its exit code.
    """
    if context.flags.on_error != "warn":
        return False
    tokenless = isinstance(error, CredentialsMissing) and context.settings.token is None
    return tokenless or error.exit_code in _FAILURES
