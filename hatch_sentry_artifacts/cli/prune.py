"""`prune`: what old releases hold is deleted; the releases themselves stay."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from typing import Any

from hatch_sentry_artifacts.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    connect,
    read_context,
)
from hatch_sentry_artifacts.cli.asking import is_wanted, require_someone
from hatch_sentry_artifacts.cli.prune_output import (
    deleted_text,
    plan_lines,
    report_object,
    survey_lines,
    to_delete_text,
)
from hatch_sentry_artifacts.configuration.finding import current_release
from hatch_sentry_artifacts.configuration.release_name import project_release, release_template
from hatch_sentry_artifacts.console import Console, print_safely, some_of
from hatch_sentry_artifacts.errors import (
    UPLOAD_FAILED,
    ConfigurationError,
    ServerRefused,
)
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.progress import counting
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.pruning.deletion import Deletion
from hatch_sentry_artifacts.sentry.pruning.rights import lacking_right, require_right
from hatch_sentry_artifacts.sentry.pruning.rules import Rule
from hatch_sentry_artifacts.sentry.pruning.survey import Plan, require_prunable, survey

_MOST = 36_500
_WILD = re.compile(r"[*?[]")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "prune",
        usage="%(prog)s (--keep N | --older-than DAYS) [options]",
        help=summary,
        description="Deletes the files and artifact bundles of old releases, after showing them. "
        "The releases stay. So do the contents of the newest release, of the newest finalized one, "
        "of that of the project's version, and of what is deployed.",
    )
    parser.add_argument(
        "--keep", type=_number, metavar="N", help="the newest N releases keep what they hold"
    )
    parser.add_argument(
        "--older-than",
        type=_number,
        metavar="DAYS",
        help="releases keep what they hold that were made, or had an event, in the last DAYS days",
    )
    parser.add_argument(
        "--release",
        dest="pattern",
        metavar="PATTERN",
        help="releases to look at, such as 'shop@1.*', in quotes [what the project's option "
        "release can name]",
    )
    parser.add_argument(
        "--shared",
        action="store_true",
        help="also those that other projects have, too: they lose the files as well",
    )
    parser.add_argument(
        "--bundles-without-release",
        dest="unbound",
        action="store_true",
        help="with --older-than: also bundles that belong to no release, by when they were stored",
    )
    parser.add_argument(
        "--at-once",
        action="store_true",
        help="delete all files of a release in one request: quick for thousands of files, but a "
        "Sentry of your own keeps their contents on its disk",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what there is to delete")
    parser.add_argument("--yes", action="store_true", help="delete without a question")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser, (*CONNECTION_KEYS, "workers"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Show what there is to delete, and delete it once that is wanted."""
    _refuse_nonsense(parsed)
    context = read_context(parsed)
    rule = _rule(parsed, context)
    now = datetime.now(timezone.utc)
    workers = context.options.workers
    with connect(context, console) as api:
        require_prunable(api)
        if lacking := lacking_right(api):
            if not parsed.dry_run:
                raise ServerRefused(lacking)
            console.warning(lacking)
        plan = survey(api, rule, now, workers=workers, watch=_watch(console))
        _show(api, plan, rule, now, console)
        deletion = Deletion(api, workers, parsed.at_once)
        code = 0
        try:
            if plan.shares and not parsed.dry_run:
                code = _delete(parsed, api, plan, deletion, console)
        finally:
            if parsed.json:
                said = report_object(plan, deletion, rule, now, dry_run=parsed.dry_run)
                print_safely(json_text(said), sys.stdout)
    return code


def _refuse_nonsense(parsed: argparse.Namespace) -> None:
    """Raise ConfigurationError for flags that say too little."""
    if parsed.keep is None and parsed.older_than is None:
        raise ConfigurationError("say what is old: --keep N, --older-than DAYS, or both")
    if parsed.unbound and parsed.older_than is None:
        raise ConfigurationError(
            "--bundles-without-release needs --older-than DAYS: their age is all that is known"
        )
    if parsed.pattern == "":
        raise ConfigurationError(
            "--release needs a pattern, such as 'shop@*'; '*' is every release"
        )


def _show(api: SentryApi, plan: Plan, rule: Rule, now: datetime, console: Console) -> None:
    for line in survey_lines(plan, rule, str(api.connection)):
        console.info(line)
    for line in plan_lines(plan, now):
        console.result(line)
    if plan.shares:
        console.info(f"to delete: {to_delete_text(plan)}")


def _delete(
    parsed: argparse.Namespace, api: SentryApi, plan: Plan, deletion: Deletion, console: Console
) -> int:
    """Delete what the plan says, if that is wanted; return the exit code."""
    if not parsed.yes:
        require_someone()
    require_right(api)
    if not parsed.yes and not is_wanted(f"delete {to_delete_text(plan)}?"):
        console.info("nothing was deleted")
        return 0
    try:
        with counting(console, plan.files + plan.bundles, "files and bundles") as advance:
            deletion.carry_out(plan, advance)
    finally:
        console.info(deleted_text(deletion, str(api.connection)))
    if deletion.failures:
        failed = len(deletion.failures)
        deletions = "1 deletion" if failed == 1 else f"{failed} deletions"
        console.error(
            f"{deletions} failed; running this again tries again:",
            *(f"  {line}" for line in some_of(deletion.failures, more="failures")),
        )
        return UPLOAD_FAILED
    return 0


def _rule(parsed: argparse.Namespace, context: Context) -> Rule:
    projects = context.settings.connection().projects
    days = None if parsed.older_than is None else timedelta(days=parsed.older_than)
    pattern = parsed.pattern if parsed.pattern is not None else _own_pattern(context)
    return Rule(
        pattern,
        frozenset(projects),
        keep=parsed.keep,
        older_than=days,
        shared=parsed.shared,
        unbound=parsed.unbound,
        own=_own_release(context),
    )


def _own_release(context: Context) -> str | None:
    """Return the release of the project's version; None where it is not known."""
    try:
        return project_release(context.project, context.options).release
    except ConfigurationError:
        return None


def _own_pattern(context: Context) -> str:
    """Return what matches the releases of all versions. Raises ConfigurationError without name."""
    template = release_template(context.options)
    name, _ = current_release(context.project)
    if "{name}" in template and name is None:
        raise ConfigurationError(
            f'{context.project.folder} has no name for the option `release`, "{template}": pass '
            "--release PATTERN"
        )
    # The template was checked when it was read: it has these placeholders alone.
    text = template.replace("{name}", name or "")
    return "*".join(_WILD.sub(r"[\g<0>]", part) for part in text.split("{version}"))


def _watch(console: Console) -> Callable[[int], AbstractContextManager[Callable[[int], None]]]:
    return lambda total: counting(console, total, "releases and bundles")


def _number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= _MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {_MOST}")
