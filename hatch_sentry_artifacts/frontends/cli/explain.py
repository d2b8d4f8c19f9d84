"""`explain`: which file of a release answers for a URL, and what stands there originally."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution import Distribution, open_distribution
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, ConfigurationError, NotFound
from hatch_sentry_artifacts.explain.artifacts import Artifact, Artifacts
from hatch_sentry_artifacts.explain.explanation import explain
from hatch_sentry_artifacts.explain.position import read_position
from hatch_sentry_artifacts.explain.wording import as_json, as_lines
from hatch_sentry_artifacts.frontends.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    read_context,
)
from hatch_sentry_artifacts.frontends.cli.wheels import current_release
from hatch_sentry_artifacts.publish import Job, release_of
from hatch_sentry_artifacts.sentry.api import RemoteFile, SentryApi
from hatch_sentry_artifacts.sentry.release_plan import list_files
from hatch_sentry_artifacts.sentry.releases import require_destination
from hatch_sentry_artifacts.sentry.session import connected

_RESOLVED = 0
_NAMING_KEYS = ("paths", "include", "exclude")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "explain",
        usage="%(prog)s [options] URL[:LINE:COLUMN]",
        help=summary,
        description="Shows which file of a release answers for a URL, why others do not, which "
        "source map it leads to, and what stands there originally. Lines and columns are counted "
        "from 1, as browsers do. Exit code 0 says that it resolves, 1 that it does not.",
    )
    parser.add_argument(
        "place",
        metavar="URL[:LINE:COLUMN]",
        help="as the trace has it; a whole line of a trace, in quotes, will do too",
    )
    parser.add_argument(
        "--from",
        dest="distribution",
        type=Path,
        metavar="WHEEL|FOLDER",
        help="look there, at what would be uploaded, and ask no server",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser, ("release", "dist", *CONNECTION_KEYS, *_NAMING_KEYS))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the explanation; 0 if the place resolves."""
    position = read_position(parsed.place)
    context = read_context(parsed)
    offline = parsed.distribution is not None
    with (
        _of_distribution(parsed.distribution, context) if offline else _of_release(context, console)
    ) as artifacts:
        found = explain(position, artifacts)
    if parsed.json:
        print_safely(as_json(found), sys.stdout)
    else:
        for line in as_lines(found):
            print_safely(line, sys.stdout)
    if offline and not found.resolved and context.options.source_maps == "strip":
        console.info(
            '`source-maps` is "strip", so the built wheel holds no maps: ask the server, or look '
            "into the package's folder"
        )
    if found.error is not None:
        console.error(str(found.error))
        return found.error.exit_code
    return _RESOLVED if found.resolved else UPLOAD_FAILED


@contextmanager
def _of_distribution(path: Path, context: Context) -> Iterator[Artifacts]:
    """What an upload of the wheel or folder at `path` would send, whatever release and dist."""
    options = context.options
    with open_distribution(path) as distribution:
        collection = collect(
            distribution, include=options.include, exclude=options.exclude, paths=options.paths
        )
        files = tuple(
            Artifact(asset.name, None, asset.size, asset.headers, partial(_content, asset))
            for asset in collection.assets
        )
        yield Artifacts(f"the files that an upload of {distribution.label} would send", files)


@contextmanager
def _of_release(context: Context, console: Console) -> Iterator[Artifacts]:
    """What the server holds for the release, seen from the dist."""
    connection = context.settings.connection()
    name, version = current_release(context.project)
    here = Distribution(str(context.project.folder), (), name, version)
    release, dist = release_of(here, Job(context.project.folder, context.options, context.settings))
    with connected(connection, context.options, notice=console.info) as api:
        try:
            remote = list_files(api, release, context.options.workers)
        except NotFound:
            require_destination(api)
            raise ConfigurationError(
                f"there is no release {release} of {connection}: is it the one of the event? "
                "--release names another"
            ) from None
        files = tuple(_artifact(api, release, file) for file in remote)
        seen = f"dist {dist}" if dist else "no dist"
        yield Artifacts(f"release {release}, {seen}, of {connection}", files, release, dist)


def _artifact(api: SentryApi, release: str, file: RemoteFile) -> Artifact:
    read = partial(api.download_release_file, release, file.id)
    return Artifact(file.name, file.dist, file.size, file.headers, read)


def _content(asset: Asset) -> bytes:
    with asset.open() as opened:
        return opened.read()
