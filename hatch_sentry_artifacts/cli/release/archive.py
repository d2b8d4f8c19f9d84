"""`release archive`: takes a release out of lists."""

from __future__ import annotations

import argparse
from typing import Any

from hatch_sentry_artifacts.cli.release.archiving import run_archiving
from hatch_sentry_artifacts.cli.release.naming import add_release
from hatch_sentry_artifacts.cli.release.output import add_output
from hatch_sentry_artifacts.console import Console


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "archive",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Archives a release: lists leave it out, and it keeps all that it holds. "
        "`release restore` brings it back.",
    )
    add_output(parser, changes=True)
    add_release(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Archive the release."""
    return run_archiving(parsed, console, archived=True)
