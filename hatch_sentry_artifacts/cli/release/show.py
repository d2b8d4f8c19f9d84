"""`release show`: one release, as the server has it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from hatch_sentry_artifacts.cli.arguments import connect, read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import ReleaseMissing
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.sentry.releases.releases import Releases


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "show",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Shows a release, as the server has it.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_release(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print what the server says of the release."""
    context = read_context(parsed)
    version = wanted_release(parsed, context)
    with connect(context, console) as api:
        release = Releases(api).find(version)
    if release is None:
        raise ReleaseMissing(f"there is no release {version} of {api.connection}")
    said = {**asdict(release), "projects": sorted(release.projects)}
    if parsed.json:
        print_safely(json_text(said), sys.stdout)
        return 0
    for key, value in said.items():
        console.result(f"{key:<10} {value}")
    return 0
