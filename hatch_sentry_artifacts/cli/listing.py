"""`list`: the release files and artifact bundles on the server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hatch_sentry_artifacts.amounts import files_text, size_text
from hatch_sentry_artifacts.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    connect,
    read_context,
)
from hatch_sentry_artifacts.cli.spellings import all_names, by_spelling
from hatch_sentry_artifacts.cli.table import NONE, table
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import (
    BundleFile,
    BundleListing,
    RemoteBundle,
)
from hatch_sentry_artifacts.sentry.holdings import read_holdings
from hatch_sentry_artifacts.sentry.release_list import MOST_RELEASES, list_releases
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

_NAMES = {
    "release": "release to list; {name} and {version} are those of the project",
    "dist": "list only what belongs to this dist",
}


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "list",
        usage="%(prog)s [options]",
        help=summary,
        description="Lists the files that the server holds for a release, and those of the "
        "artifact bundles that belong to it; with --releases, the releases that are there.",
    )
    parser.add_argument(
        "--releases",
        action="store_true",
        help="list the project's releases instead, the newest first",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser, ("release", "dist", *CONNECTION_KEYS), helps=_NAMES)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the files; those of one dist if one is asked for."""
    context = read_context(parsed)
    if parsed.releases:
        return _list_releases(context, console, in_json=parsed.json)
    target = project_release(context.project, context.options)
    release, dist = target.release, target.dist
    workers = context.options.workers
    with connect(context, console) as api:
        listing = BundleListing(api, workers)
        there = read_holdings(api, listing, release, workers, console.info)
        bundles = [
            bundle
            for bundle in there.bundles or ()
            if dist is None or dist in bundle.dists(release)
        ]
        of_bundle = listing.files(bundles)
    files = [file for file in there.files or () if dist is None or file.dist == dist]
    files.sort(key=lambda file: (file.dist or "", file.name))
    if parsed.json:
        said = {
            "release": release,
            "files": None
            if there.files is None
            else [_file_object(group) for group in by_spelling(files, _content)],
            "bundles": None
            if there.bundles is None
            else [_bundle_object(bundle, release, of_bundle[bundle.id]) for bundle in bundles],
        }
        print_safely(json_text(said), sys.stdout)
        return 0
    for line in _lines(release, files, bundles, of_bundle):
        console.result(line)
    console.info(f"release {release} of {api.connection}: {_counted(files, bundles, of_bundle)}")
    return 0


def _list_releases(context: Context, console: Console, *, in_json: bool) -> int:
    """Print the releases of the project."""
    with connect(context, console) as api:
        releases = list_releases(api, BundleListing(api, context.options.workers))
    if in_json:
        print_safely(json_text({"releases": [asdict(each) for each in releases]}), sys.stdout)
        return 0
    columns = {
        "CREATED": [_day(each.created) for each in releases],
        "RELEASED": [_day(each.released) for each in releases],
        "BUNDLES": [str(each.bundles) if each.bundles else NONE for each in releases],
        "RELEASE": [each.version for each in releases],
    }
    for line in table(columns) if releases else ():
        console.result(line)
    number = "1 release" if len(releases) == 1 else f"{len(releases)} releases"
    most = ", the newest" if len(releases) >= MOST_RELEASES else ""
    console.info(f"{number} of {api.connection}{most}")
    return 0


def _day(date: str | None) -> str:
    """Return a date without its fractions of seconds."""
    return NONE if date is None else date.partition(".")[0].removesuffix("Z").replace("T", " ")


def _lines(
    release: str,
    files: Sequence[RemoteFile],
    bundles: Sequence[RemoteBundle],
    of_bundle: Mapping[str, Sequence[BundleFile]],
) -> list[str]:
    groups = by_spelling(files, _content)
    firsts = [group[0] for group in groups]
    lines = table(
        {
            "SIZE": [NONE if file.size is None else size_text(file.size) for file in firsts],
            "SHA1": [file.sha1[:12] for file in firsts],
            "DIST": [file.dist or NONE for file in firsts],
            "DEBUG ID": [file.debug_id or NONE for file in firsts],
            "NAME": [all_names(group) for group in groups],
        }
    )
    for bundle in bundles:
        dists = ["no dist" if each is None else f"dist {each}" for each in bundle.dists(release)]
        title = f"artifact bundle {bundle.id}, {' and '.join(dists)}, stored {bundle.date}"
        lines += ["", title] if lines else [title]
        within = by_spelling(of_bundle[bundle.id], _bundle_content)
        lines += table(
            {
                "SIZE": [
                    NONE if each.size is None else size_text(each.size) for each, *_ in within
                ],
                "KIND": [each.kind.replace("_", " ") for each, *_ in within],
                "DEBUG ID": [each.debug_id or NONE for each, *_ in within],
                "NAME": [all_names(group) for group in within],
            }
        )
    return lines


def _content(file: RemoteFile) -> Hashable:
    return file.sha1, file.size, file.dist


def _bundle_content(file: BundleFile) -> Hashable:
    return file.kind, file.size, file.debug_id


def _counted(
    files: Sequence[RemoteFile],
    bundles: Sequence[RemoteBundle],
    of_bundle: Mapping[str, Sequence[BundleFile]],
) -> str:
    parts = []
    if files or not bundles:
        groups = by_spelling(files, _content)
        size = size_text(sum(file.size or 0 for file, *_ in groups))
        parts.append(f"{files_text(len(groups))} ({size})")
    if bundles:
        within = [
            file
            for bundle in bundles
            for file, *_ in by_spelling(of_bundle[bundle.id], _bundle_content)
        ]
        number = "1 artifact bundle" if len(bundles) == 1 else f"{len(bundles)} artifact bundles"
        size = size_text(sum(file.size or 0 for file in within))
        parts.append(f"{number} of {files_text(len(within))} ({size})")
    return " and ".join(parts)


def _file_object(group: Sequence[RemoteFile]) -> dict[str, Any]:
    return _with_spellings(group, ("id", "name", "dist", "size", "sha1", "headers"))


def _with_spellings(
    group: Sequence[RemoteFile] | Sequence[BundleFile], keys: Sequence[str]
) -> dict[str, Any]:
    """Return the object of a file that is there under these names, the plainest first."""
    first, *others = group
    said = {key: getattr(first, key) for key in keys}
    spellings = [{"id": each.id, "name": each.name} for each in others]
    return {**said, "spellings": spellings} if spellings else said


def _bundle_object(
    bundle: RemoteBundle, release: str, files: Sequence[BundleFile]
) -> dict[str, Any]:
    keys = ("id", "name", "kind", "size", "debug_id")
    return {
        "id": bundle.id,
        "dists": bundle.dists(release),
        "date": bundle.date,
        "files": [_with_spellings(group, keys) for group in by_spelling(files, _bundle_content)],
    }
