"""`release propose`: the name that the options and the newest wheel make."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hatch_sentry_artifacts.cli.arguments import add_options, read_context
from hatch_sentry_artifacts.cli.release.naming import NAMES, own_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import json_text, visible


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "propose",
        usage="%(prog)s [options]",
        help=summary,
        description="Prints the name of the release that an upload of the project's newest wheel "
        "goes to, and nothing else. Asks no server.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with the dist")
    add_options(parser, ("release", "dist"), helps=NAMES)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the name."""
    target = own_release(read_context(parsed), console)
    said = json_text({"release": target.release, "dist": target.dist})
    print_safely(said if parsed.json else visible(target.release), sys.stdout)
    return 0
