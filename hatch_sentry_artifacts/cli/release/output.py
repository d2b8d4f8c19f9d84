"""What release commands print: the release, and what was done to it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.releases.releases import Release

UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """What was done to a release, or would be: a word for programs, and a sentence for people.

    `release` is how it is afterwards, None if it is not there.
    """

    done: str
    sentence: str
    release: Release | None


def add_output(parser: argparse.ArgumentParser, *, changes: bool) -> None:
    """Add the flags for what is printed, and, of a command that changes something, the dry run."""
    if changes:
        parser.add_argument(
            "--dry-run", "-n", action="store_true", help="say what would be done, and do nothing"
        )
    parser.add_argument("--json", action="store_true", help="print JSON")


def show_change(
    change: Change,
    version: str,
    connection: Connection,
    parsed: argparse.Namespace,
    console: Console,
) -> None:
    """Print what was done; in a dry run, that it was not."""
    sentence = change.sentence
    if parsed.dry_run and change.done != UNCHANGED:
        sentence = f"dry run: {sentence}; nothing was sent"
    console.info(sentence)
    if parsed.json:
        said = {
            "release": version,
            "done": change.done,
            "dry_run": parsed.dry_run,
            **({} if change.release is None else release_object(change.release, connection)),
        }
        print_safely(json_text(said), sys.stdout)


def release_object(release: Release, connection: Connection) -> dict[str, Any]:
    """Return the JSON of a release."""
    return {
        "release": release.version,
        "status": "archived" if release.archived else "open",
        "projects": sorted(release.projects),
        "created": release.created,
        "released": release.released,
        "ref": release.ref,
        "url": release.url,
        "commits": release.commits,
        "deploy_count": release.deploys,
        "page": connection.page_of(release.version) if release.has_page else None,
    }
