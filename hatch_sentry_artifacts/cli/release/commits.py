"""`release commits`: the commits of a release, from the history of the repository."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.cli.arguments import Context, read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import add_output
from hatch_sentry_artifacts.cli.release.server import release_there, server_of
from hatch_sentry_artifacts.cli.table import table
from hatch_sentry_artifacts.commits.plan import Plan, Request, make_plan
from hatch_sentry_artifacts.commits.setting import carry_out, effects, summary
from hatch_sentry_artifacts.configuration.checkout import read_checkout
from hatch_sentry_artifacts.console import Console, print_safely, some_of
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.repository.history import Commit
from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits

_SHOWN_DIGITS = 12


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "commits",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Sets the commits of a release: those since the previous tag, or since the "
        "nearest earlier release. Where Sentry knows the repository, it fetches them; else they "
        "are sent as git has them here. Those that the release has are replaced.",
    )
    parser.add_argument(
        "--from",
        dest="since",
        metavar="REF",
        help="commit, tag or branch after which the commits begin [the previous tag, else the "
        "nearest earlier release]",
    )
    parser.add_argument(
        "--path",
        type=Path,
        metavar="P",
        help="only the commits that changed something in this folder, or file",
    )
    parser.add_argument(
        "--local", action="store_true", help="send the commits, though Sentry could fetch them"
    )
    add_output(parser, changes=True)
    add_release(parser, ("repository", "on-error"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Set the commits, or show them; return the exit code."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    try:
        plan = _set(parsed, context, version, console)
    except ConfigurationError:
        raise
    except SentryArtifactsError as error:
        if context.flags.on_error != "warn":
            raise
        console.warning(*error.lines)
        return 0
    if parsed.json:
        print_safely(json_text(_object(plan, version, dry_run=parsed.dry_run)), sys.stdout)
    return 0


def _set(parsed: argparse.Namespace, context: Context, version: str, console: Console) -> Plan:
    """Return the plan that was carried out, or, in a dry run, shown."""
    checkout = read_checkout(context.project.folder, os.environ)
    request = replace(
        Request.of(version, context.options, checkout),
        since=parsed.since,
        path=parsed.path,
        local=parsed.local,
    )
    if parsed.dry_run and context.settings.missing and not context.settings.problems:
        plan = make_plan(request, None)
        console.info("without a token, organization and project the server was not looked at")
    else:
        with server_of(context, console, changes=True) as api:
            if not parsed.dry_run:
                release_there(api, version, context.options.workers)
            plan = make_plan(request, ReleaseCommits(api))
            if not parsed.dry_run:
                carry_out(plan, version, ReleaseCommits(api))
    for remark in plan.remarks:
        console.warning(remark)
    if parsed.dry_run:
        _show(plan.commits, console, in_json=parsed.json)
    console.info(summary(plan, version, dry_run=parsed.dry_run))
    return plan


def _show(commits: Sequence[Commit], console: Console, *, in_json: bool) -> None:
    """Print the commits, and say what else they do."""
    lines = table(
        {
            "COMMIT": [each.id[:_SHOWN_DIGITS] for each in commits],
            "DATE": [each.date.isoformat(" ") for each in commits],
            "FILES": [str(len(each.changes)) for each in commits],
            "SUBJECT": [each.subject for each in commits],
        }
    )
    if commits and not in_json:
        for line in lines if console.verbosity > 0 else some_of(lines, more="commits"):
            console.result(line)
    for line in effects(commits):
        console.info(line)


def _object(plan: Plan, version: str, *, dry_run: bool) -> dict[str, Any]:
    base = plan.base
    return {
        "release": version,
        "repository": plan.repository,
        "set_as": "refs" if plan.known else "commits",
        "since": {"commit": base.commit, "label": base.label} if base else None,
        "head": plan.head,
        "total": plan.total,
        "commits": [_commit_object(each) for each in plan.commits],
        "dry_run": dry_run,
    }


def _commit_object(commit: Commit) -> dict[str, Any]:
    return {
        "id": commit.id,
        "author_name": commit.author_name,
        "author_email": commit.author_email,
        "date": commit.date.isoformat(),
        "subject": commit.subject,
        "files": len(commit.changes),
    }
