"""What `release archive` and `release restore` have in common."""

from __future__ import annotations

import argparse
from dataclasses import replace

from hatch_sentry_artifacts.cli.arguments import read_context
from hatch_sentry_artifacts.cli.release.naming import wanted_release
from hatch_sentry_artifacts.cli.release.output import UNCHANGED, Change, show_change
from hatch_sentry_artifacts.cli.release.server import release_there, server_of
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases


def run_archiving(parsed: argparse.Namespace, console: Console, *, archived: bool) -> int:
    """Archive the release, or restore it."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    with server_of(context, console, changes=True) as api:
        release = release_there(api, version, context.options.workers)
        change = _change(api, release, archived=archived, dry_run=parsed.dry_run)
    show_change(change, version, api.connection, parsed, console)
    return 0


def _change(api: SentryApi, release: Release, *, archived: bool, dry_run: bool) -> Change:
    state = "archived" if archived else "open"
    if release.archived is archived:
        return Change(UNCHANGED, f"release {release.version} is {state} already", release)
    verb = "would be" if dry_run else "is now"
    if dry_run:
        release = replace(release, archived=archived)
    else:
        release = Releases(api).set_archived(release, archived=archived)
    done = "archived" if archived else "restored"
    return Change(done, f"release {release.version} {verb} {state}", release)
