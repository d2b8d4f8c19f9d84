"""`release list`: the releases of the projects."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hatch_sentry_artifacts.cli.arguments import CONNECTION_KEYS, add_options, read_context
from hatch_sentry_artifacts.cli.release.output import add_output, release_object
from hatch_sentry_artifacts.cli.release.server import server_of
from hatch_sentry_artifacts.cli.table import NONE, table
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import is_encodable, json_text
from hatch_sentry_artifacts.sentry.releases.releases import Release, require_destination
from hatch_sentry_artifacts.sentry.releases.search import MOST_FOUND, Search, search

_STATUSES = ("open", "archived", "any")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "list",
        usage="%(prog)s [options]",
        help=summary,
        description="Lists the releases of the projects, the newest first. `list --releases` also "
        "has those that only artifact bundles name.",
    )
    parser.add_argument(
        "--query", type=_text, metavar="TEXT", help="only those whose name holds this text"
    )
    parser.add_argument(
        "--status",
        choices=_STATUSES,
        default="open",
        metavar="|".join(_STATUSES),
        help="only those of this status [open]",
    )
    add_output(parser, changes=False)
    add_options(parser, CONNECTION_KEYS)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the releases."""
    context = read_context(parsed)
    wanted = Search(parsed.query or "", None if parsed.status == "any" else parsed.status)
    with server_of(context, console, changes=False) as api:
        releases = search(api, wanted)
        if not releases:
            require_destination(api)
    if parsed.json:
        said = {"releases": [release_object(each, api.connection) for each in releases]}
        print_safely(json_text(said), sys.stdout)
        return 0
    for line in _lines(releases) if releases else ():
        console.result(line)
    number = "1 release" if len(releases) == 1 else f"{len(releases)} releases"
    most = ", the newest" if len(releases) >= MOST_FOUND else ""
    console.info(f"{number} of {api.connection}{most}")
    return 0


def _text(text: str) -> str:
    if not is_encodable(text):
        raise argparse.ArgumentTypeError(f"{text!r} holds bytes that are no UTF-8")
    return text


def _lines(releases: list[Release]) -> list[str]:
    return table(
        {
            "CREATED": [_day(each.created) for each in releases],
            "RELEASED": [_day(each.released) for each in releases],
            "DEPLOYS": [str(each.deploys or NONE) for each in releases],
            "STATUS": ["archived" if each.archived else NONE for each in releases],
            "PROJECTS": [", ".join(sorted(each.projects)) for each in releases],
            "RELEASE": [each.version for each in releases],
        }
    )


def _day(date: str | None) -> str:
    """Return a date without its fractions of seconds."""
    return NONE if date is None else date.partition(".")[0].removesuffix("Z").replace("T", " ")
