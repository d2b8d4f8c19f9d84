"""`release create`: a release, linked to the projects, with its fields."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hatch_sentry_artifacts.cli.arguments import Context, read_context
from hatch_sentry_artifacts.cli.release.naming import add_release, wanted_release
from hatch_sentry_artifacts.cli.release.output import UNCHANGED, Change, add_output, show_change
from hatch_sentry_artifacts.cli.release.server import server_of
from hatch_sentry_artifacts.configuration.checkout import read_checkout
from hatch_sentry_artifacts.configuration.finding import current_release
from hatch_sentry_artifacts.configuration.release_fields import ReleaseFields, release_fields
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import (
    Release,
    Releases,
    require_destination,
)


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "create",
        usage="%(prog)s [options] [RELEASE]",
        help=summary,
        description="Creates a release, with its url and ref, and links the projects to it. One "
        "that is there is linked, too, and gets the url and ref of the flags, or those of the "
        "configuration where it has none.",
    )
    add_output(parser, changes=True)
    add_release(parser, ("release-url", "release-ref"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Create the release, or bring it to what was asked for."""
    context = read_context(parsed)
    version = wanted_release(parsed, context, console)
    fields = _fields(context)
    with server_of(context, console, changes=True) as api:
        releases = Releases(api)
        there = releases.find(version)
        if there is None:
            change = _create(api, version, fields.of_new, dry_run=parsed.dry_run)
        else:
            changes = _changes(there, fields.named, context)
            change = _complete(api, there, changes, dry_run=parsed.dry_run)
            for key, value in fields.named.items():
                kept = getattr(there, key)
                if kept not in {None, value} and key not in changes:
                    console.info(f"its {key} stays {kept}; --release-{key} would change it")
    show_change(change, version, api.connection, parsed, console)
    return 0


def _fields(context: Context) -> ReleaseFields:
    project = context.project
    name, project_version = current_release(project)
    return release_fields(
        context.options,
        name,
        project_version,
        owner=str(project.folder),
        checkout=read_checkout(project.folder, os.environ),
        environment=os.environ,
    )


def _create(api: SentryApi, version: str, fields: Mapping[str, str], *, dry_run: bool) -> Change:
    told = "".join(f", with the {key} {value}" for key, value in sorted(fields.items()))
    made = "would be created" if dry_run else "was created"
    sentence = f"release {version} {made} in {api.connection}{told}"
    if dry_run:
        require_destination(api)
        return Change("created", sentence, None)
    release = Releases(api).create(version, fields)
    page = f", see {api.connection.page_of(version)}" if release.has_page else ""
    return Change("created", sentence + page, release)


def _changes(release: Release, named: Mapping[str, str], context: Context) -> Mapping[str, str]:
    """Return the fields to change: those that flags name, and those that have no value yet."""
    return {
        key: value
        for key, value in named.items()
        if getattr(release, key) != value
        and (getattr(release, key) is None or getattr(context.flags, f"release_{key}") is not None)
    }


def _complete(
    api: SentryApi, release: Release, changes: Mapping[str, str], *, dry_run: bool
) -> Change:
    """Link the projects to the release that is there, and change its fields."""
    own = api.connection.projects
    missing = [slug for slug in own if slug not in release.projects]
    told = [f"its {key} is {value}" for key, value in sorted(changes.items())]
    if missing:
        told.insert(0, f"it is one of {', '.join(missing)}, too")
    if not told:
        there = f"release {release.version} is in {api.connection} already"
        return Change(UNCHANGED, there, release)
    done = "linked" if missing else "updated"
    if dry_run:
        release = replace(
            release,
            projects=release.projects.union(own),
            ref=changes.get("ref", release.ref),
            url=changes.get("url", release.url),
        )
    else:
        releases = Releases(api)
        if missing:
            release = releases.link(release)
        if changes:
            release = releases.update(release, changes)
    now = "would be changed" if dry_run else "is there, and now"
    return Change(done, f"release {release.version} {now}: {'; '.join(told)}", release)
