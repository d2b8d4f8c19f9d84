"""`explain`: which file of a release Sentry uses for a URL, and the original position."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.debug_ids.uuids import canonical
from hatch_sentry_artifacts.cli.arguments import (
    CONNECTION_KEYS,
    Context,
    add_options,
    connect,
    read_context,
)
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, ConfigurationError, FilesHidden
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.gathering import distribution_artifacts, server_artifacts
from hatch_sentry_artifacts.explain.position import read_positions
from hatch_sentry_artifacts.explain.wording import explanation_json, explanation_lines

ARTIFACT_BUNDLE = "artifact-bundle"
_RESOLVED = 0
_NAMING_KEYS = ("paths", "include", "exclude")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "explain",
        usage="%(prog)s [options] URL[:LINE:COLUMN]",
        help=summary,
        description="Shows which file of a release, or of its artifact bundles, Sentry uses for a "
        "URL or a debug id, why it skips others, which source map the file leads to, and the "
        "original position. Lines and columns are counted from 1, as in browsers. The exit code "
        "is 0 if the position resolves, and 1 if it does not.",
    )
    parser.add_argument(
        "place",
        metavar="URL[:LINE:COLUMN]",
        help="as in the stack trace; also a line of it, or all of it, in quotes",
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
    """Print the explanation of each place; return 0 if all of them resolve."""
    positions = read_positions(parsed.place)
    context = read_context(parsed)
    debug_id = _debug_id(parsed.debug_id)
    codes = []
    with _artifacts(parsed.distribution, context, debug_id, console) as artifacts:
        for number, position in enumerate(positions):
            if number and not parsed.json:
                console.result("")
            found = explain(position, artifacts)
            codes.append(_show(found, console, in_json=parsed.json))
    if parsed.distribution is not None:
        for line in _hints(context.options, debug_id, resolved=not any(codes)):
            console.info(line)
    return max(codes)


def _show(found: Explanation, console: Console, *, in_json: bool) -> int:
    """Print one explanation; return its exit code."""
    if in_json:
        print_safely(explanation_json(found), sys.stdout)
    else:
        for line in explanation_lines(found):
            console.result(line)
    if found.error is not None:
        console.error(*found.error.lines)
        if isinstance(found.error, FilesHidden):
            console.info("--from looks into a wheel or folder")
        return found.error.exit_code
    return _RESOLVED if found.resolved else UPLOAD_FAILED


def _hints(options: Options, debug_id: str | None, *, resolved: bool) -> Iterator[str]:
    """Yield what a wheel or folder alone cannot show."""
    if not resolved and options.source_maps == "strip":
        yield (
            '`source-maps` is "strip", so the built wheel holds no maps: ask the server, or look '
            "into the package's folder"
        )
    if debug_id is not None and options.upload_as != ARTIFACT_BUNDLE:
        yield (
            "Sentry finds files by their debug id only if they are uploaded with `upload-as` set "
            f'to "{ARTIFACT_BUNDLE}"'
        )


@contextmanager
def _artifacts(
    distribution: Path | None, context: Context, debug_id: str | None, console: Console
) -> Iterator[Artifacts]:
    """Yield the artifacts to search: those of the wheel or folder, or else of the server."""
    options = context.options
    if distribution is not None:
        with distribution_artifacts(distribution, options, debug_id) as artifacts:
            yield artifacts
        return
    target = project_release(context.project, options)
    with connect(context, console) as api:
        yield server_artifacts(api, target, debug_id, workers=options.workers, notice=console.info)


def _debug_id(given: str | None) -> str | None:
    """Return the id as servers write it. Raises ConfigurationError if it is none."""
    if given is None:
        return None
    found = canonical(given)
    if found is None:
        raise ConfigurationError(
            f"--debug-id {given}: a debug id has 32 hexadecimal digits, such as "
            "5f2c0a3e-8d4b-4e0f-9a51-0d3b6c7e8f90"
        )
    return found
