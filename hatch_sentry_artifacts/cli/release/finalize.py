"""`release finalize`: marks a release as released."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from hatch_sentry_artifacts.cli.arguments import read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import UNCHANGED, Change, add_output, show_change
from hatch_sentry_artifacts.cli.release.server import release_there, server_of
from hatch_sentry_artifacts.cli.times import TIME, exact_text, read_time
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "finalize",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Marks a release as released, by whose date Sentry sorts releases. That cannot "
        "be taken back; the date can be changed.",
    )
    parser.add_argument(
        "--released", type=read_time, metavar=TIME, help="when it was released [now]"
    )
    add_output(parser, changes=True)
    add_release(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Mark the release as released."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    with server_of(context, console, changes=True) as api:
        release = release_there(api, version, context.options.workers)
        change = _finalize(api, release, parsed.released, dry_run=parsed.dry_run)
    show_change(change, version, api.connection, parsed, console)
    return 0


def _finalize(api: SentryApi, release: Release, date: datetime | None, *, dry_run: bool) -> Change:
    since = release.released
    if since is not None and date in {None, moment(since)}:
        return Change(UNCHANGED, f"release {release.version} is released since {since}", release)
    wanted = exact_text(date or datetime.now(timezone.utc).replace(microsecond=0))
    before = f"; until now that was {since}" if since is not None else ""
    if dry_run:
        release = replace(release, released=wanted)
    else:
        release = Releases(api).finalize(release, date or moment(wanted))
    verb = "would be marked" if dry_run else "is marked"
    sentence = f"release {release.version} {verb} as released at {release.released}{before}"
    return Change("finalized", sentence, release)
