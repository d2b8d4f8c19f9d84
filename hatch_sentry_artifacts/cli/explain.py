"""`explain`: which file of a release answers for a URL, and what stands there originally."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.kinds import is_map
from hatch_sentry_artifacts.assets.original_sources.embedding import open_embedding
from hatch_sentry_artifacts.assets.original_sources.source_tree import tree_of_folder
from hatch_sentry_artifacts.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    read_context,
)
from hatch_sentry_artifacts.cli.release import holdings
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, ConfigurationError
from hatch_sentry_artifacts.explain.artifacts import Artifact, Artifacts, Bundle, Kind
from hatch_sentry_artifacts.explain.explanation import explain
from hatch_sentry_artifacts.explain.position import read_position
from hatch_sentry_artifacts.explain.remote_bundles import RemoteBundles
from hatch_sentry_artifacts.explain.wording import as_json, as_lines
from hatch_sentry_artifacts.sentry.api import RemoteFile, SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.session import connected

ARTIFACT_BUNDLE = "artifact-bundle"
_RESOLVED = 0
_NAMING_KEYS = ("paths", "include", "exclude")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "explain",
        usage="%(prog)s [options] URL[:LINE:COLUMN]",
        help=summary,
        description="Shows which file of a release, or of its artifact bundles, answers for a URL "
        "or a debug id, why others do not, which source map it leads to, and what stands there "
        "originally. Lines and columns are counted from 1, as browsers do. Exit code 0 says that "
        "it resolves, 1 that it does not.",
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
    parser.add_argument(
        "--debug-id",
        metavar="ID",
        help="the debug id that the event has for the script; Sentry looks for it first",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser, ("release", "dist", *CONNECTION_KEYS, *_NAMING_KEYS, "upload-as"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the explanation; 0 if the place resolves."""
    position = read_position(parsed.place)
    context = read_context(parsed)
    debug_id = _debug_id(parsed.debug_id)
    offline = parsed.distribution is not None
    with (
        _of_distribution(parsed.distribution, context, debug_id)
        if offline
        else _of_release(context, debug_id, console)
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
    if offline and debug_id is not None and context.options.upload_as != ARTIFACT_BUNDLE:
        console.info(
            "Sentry finds files by their debug id only if they are uploaded with `upload-as` set "
            f'to "{ARTIFACT_BUNDLE}"'
        )
    if found.error is not None:
        console.error(str(found.error))
        return found.error.exit_code
    return _RESOLVED if found.resolved else UPLOAD_FAILED


@contextmanager
def _of_distribution(path: Path, context: Context, debug_id: str | None) -> Iterator[Artifacts]:
    """What an upload of the wheel or folder at `path` would send, whatever release and dist."""
    options = context.options
    tree = tree_of_folder(path) if path.is_dir() else None
    with (
        open_embedding(tree, wanted=options.sources_content == "embed") as embedding,
        open_distribution(path) as distribution,
    ):
        collection = collect(
            distribution,
            include=options.include,
            exclude=options.exclude,
            paths=options.paths,
            embedding=embedding,
        )
        files = tuple(map(_of_asset, collection.assets))
        label = f"the files that an upload of {distribution.label} would send"
        if debug_id is None and options.upload_as != ARTIFACT_BUNDLE:
            yield Artifacts(label, files)
            return
        bundle = Bundle(None, None, files)
        has_it = any(file.debug_id == debug_id for file in files)
        yield Artifacts(
            label,
            (),
            bundles=(bundle,),
            debug_id=debug_id,
            of_debug_id=bundle if debug_id is not None and has_it else None,
        )


def _of_asset(asset: Asset) -> Artifact:
    return Artifact(
        asset.name,
        None,
        asset.size,
        asset.headers,
        partial(_content, asset),
        # Whatever has a debug id and is no map counts as a script in a bundle.
        kind=(Kind.MAP if is_map(asset.path) else Kind.SCRIPT).value,
        debug_id=_canonical(asset.debug_id),
    )


def _content(asset: Asset) -> bytes:
    with asset.open() as opened:
        return opened.read()


@contextmanager
def _of_release(context: Context, debug_id: str | None, console: Console) -> Iterator[Artifacts]:
    """What the server holds for the release, seen from the dist, and for the debug id."""
    connection = context.settings.connection()
    target = project_release(context.project, context.options)
    release, dist = target.release, target.dist
    workers = context.options.workers
    with connected(
        connection,
        workers=context.options.workers,
        timeout=context.options.timeout,
        notice=console.info,
    ) as api:
        bundles = RemoteBundles(BundleListing(api, workers))
        of_debug_id = bundles.of_debug_id(debug_id) if debug_id is not None else None
        there = holdings(
            api,
            bundles.listing,
            release,
            workers,
            console.info,
            required=of_debug_id is None,
        )
        files = tuple(_of_file(api, release, file) for file in there.files or ())
        seen = f"dist {dist}" if dist else "no dist"
        yield Artifacts(
            f"release {release}, {seen}, of {connection}",
            files,
            release,
            dist,
            bundles.of_release(release, there.bundles or ()),
            debug_id,
            of_debug_id,
        )


def _of_file(api: SentryApi, release: str, file: RemoteFile) -> Artifact:
    read = partial(api.download_release_file, release, file.id)
    return Artifact(file.name, file.dist, file.size, file.headers, read)


def _debug_id(given: str | None) -> str | None:
    """The id as servers write it. Raises ConfigurationError if it is none."""
    found = _canonical(given)
    if given is not None and found is None:
        raise ConfigurationError(
            f"--debug-id {given}: a debug id has 32 hexadecimal digits, such as "
            "5f2c0a3e-8d4b-4e0f-9a51-0d3b6c7e8f90"
        )
    return found


def _canonical(debug_id: str | None) -> str | None:
    try:
        return None if debug_id is None else str(UUID(debug_id))
    except ValueError:
        return None
