"""`explain`: which file of a release Sentry uses for each frame, and the original position."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
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
from hatch_sentry_artifacts.cli.standard_input import given_text
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, ConfigurationError, FilesHidden
from hatch_sentry_artifacts.explain.answers import Answer, Outcome, answer_frames
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.explanation import explain
from hatch_sentry_artifacts.explain.gathering import distribution_artifacts, server_artifacts
from hatch_sentry_artifacts.explain.trace import read_trace
from hatch_sentry_artifacts.explain.trace_wording import answer_json, answer_lines, summary_lines

ARTIFACT_BUNDLE = "artifact-bundle"
_NAMING_KEYS = ("paths", "include", "exclude")


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "explain",
        usage="%(prog)s [options] URL[:LINE:COLUMN] | TRACE | -",
        help=summary,
        description="Shows which file of a release, or of its artifact bundles, Sentry uses for a "
        "URL or a debug id, why it skips others, which source map the file leads to, and the "
        "original position. Lines and columns are counted from 1, as in browsers. The exit code "
        "is 0 if every frame resolves that is the page's own, and 1 if one does not.",
    )
    parser.add_argument(
        "place",
        nargs="*",
        metavar="URL[:LINE:COLUMN]",
        help="as in the stack trace; also a line of it, or all of it, in quotes; - or nothing "
        "reads the trace from standard input",
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
    parser.add_argument("--json", action="store_true", help="print JSON, an object a frame")
    add_options(
        parser,
        ("release", "dist", *CONNECTION_KEYS, *_NAMING_KEYS, "upload-as"),
        helps={
            "release": "release of the event; {name} and {version} are those of the project",
            "dist": "dist of the event",
        },
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the explanation of each frame; return 0 if all of the page's own resolve."""
    trace = read_trace(given_text(parsed.place))
    context = read_context(parsed)
    debug_id = _debug_id(parsed.debug_id)
    show = _Show(console, count=len(trace.frames), in_json=parsed.json)
    with _artifacts(parsed.distribution, context, debug_id, console) as artifacts:
        for answer in answer_frames(trace.frames, partial(explain, artifacts=artifacts)):
            show.answer(answer)
    show.summary(trace.left_out)
    if parsed.distribution is not None:
        for line in _hints(context.options, debug_id, resolved=show.code == 0):
            console.info(line)
    return show.code


class _Show:
    """Prints answers as they come, and remembers the exit code."""

    def __init__(self, console: Console, *, count: int, in_json: bool) -> None:
        self.code = 0
        self._console = console
        self._count = count
        self._in_json = in_json
        self._answers: list[Answer] = []
        self._told: set[str] = set()

    def answer(self, answer: Answer) -> None:
        """Print the answer to a frame; an error that came before is not told again."""
        if self._in_json:
            print_safely(answer_json(answer), sys.stdout)
        else:
            if self._answers:
                self._console.result("")
            for line in answer_lines(answer, self._count):
                self._console.result(line)
        self._answers.append(answer)
        self.code = max(self.code, self._code(answer))

    def summary(self, left_out: int) -> None:
        """Print what became of each frame, if there are several."""
        if self._count > 1 and not self._in_json:
            self._console.result("")
            for line in summary_lines(self._answers, left_out):
                self._console.result(line)

    def _code(self, answer: Answer) -> int:
        error = answer.found.error if answer.found is not None else None
        if error is None:
            return UPLOAD_FAILED if answer.outcome is Outcome.UNRESOLVED else 0
        if str(error) not in self._told:
            self._told.add(str(error))
            self._console.error(*error.lines)
            if isinstance(error, FilesHidden):
                self._console.info("--from looks into a wheel or folder")
        return error.exit_code


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
