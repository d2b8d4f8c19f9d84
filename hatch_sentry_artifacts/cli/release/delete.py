"""`release delete`: a release, with its files."""

from __future__ import annotations

import argparse
from typing import Any

from hatch_sentry_artifacts.cli.arguments import read_context
from hatch_sentry_artifacts.cli.asking import is_wanted, require_someone
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import UNCHANGED, Change, add_output, show_change
from hatch_sentry_artifacts.cli.release.server import server_of
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.sentry.releases.releases import (
    Release,
    Releases,
    require_destination,
)


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "delete",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Deletes a release with its files, commits and deploys, for all its projects. "
        "Artifact bundles stay: `prune` deletes those. Sentry keeps a release that issues or "
        "sessions need. An organization token may not delete.",
    )
    parser.add_argument("--yes", action="store_true", help="delete without a question")
    add_output(parser, changes=True)
    add_release(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Delete the release, if that is wanted."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    with server_of(context, console, changes=True) as api:
        releases = Releases(api)
        release = releases.find(version)
        if release is None:
            require_destination(api)
            there = f"there is no release {version} of {api.connection}, and nothing to delete"
            change = Change(UNCHANGED, there, None)
        else:
            what = _what(release, api.connection.projects)
            if not parsed.dry_run:
                if not parsed.yes:
                    require_someone()
                    if not is_wanted(f"delete {what}, with its files?"):
                        console.info("nothing was deleted")
                        return 0
                releases.delete(release)
            verb = "would be deleted" if parsed.dry_run else "was deleted"
            change = Change("deleted", f"{what} {verb}, with its files", None)
    show_change(change, version, api.connection, parsed, console)
    return 0


def _what(release: Release, own: tuple[str, ...]) -> str:
    """Return what there is to delete."""
    others = release.others(own)
    shared = f" (also one of {', '.join(others)})" if others else ""
    return f"release {release.version}{shared}"
