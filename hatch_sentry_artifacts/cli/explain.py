"""`explain`: which file of a release Sentry uses for each frame, and the original position."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hatch_sentry_artifacts.assets.debug_ids.uuids import canonical
from hatch_sentry_artifacts.cli.answers_output import AnswersOutput
from hatch_sentry_artifacts.cli.arguments import (
    Context,
    add_distribution,
    add_look_up,
    connect,
    read_context,
    read_side_file,
)
from hatch_sentry_artifacts.cli.standard_input import given_text
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, RELEASE_FILES, Options
from hatch_sentry_artifacts.configuration.release_name import project_release
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.answers import answer_frames
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.event import Event, read_event
from hatch_sentry_artifacts.explain.event_answers import EventArtifacts, with_causes
from hatch_sentry_artifacts.explain.event_gathering import (
    local_event_artifacts,
    server_event_artifacts,
)
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.frame import Frame
from hatch_sentry_artifacts.explain.gathering import distribution_artifacts, server_artifacts
from hatch_sentry_artifacts.explain.trace import read_trace
from hatch_sentry_artifacts.explain.trace_wording import event_lines
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.events import fetch_event, read_event_id


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "explain",
        usage="%(prog)s [options] URL[:LINE:COLUMN] | --event ID",
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
    add_distribution(parser, "look there, at what would be uploaded, and ask no server")
    parser.add_argument(
        "--event",
        metavar="ID",
        help="explain the frames of an event on the server, by its id or its page's address, and "
        "why those that are minified there are; the token needs event:read and project:read",
    )
    parser.add_argument(
        "--debug-id",
        metavar="ID",
        help="the debug id that the event has for the script; Sentry looks for it first",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, an object a frame")
    add_look_up(parser, release="release of the event", dist="dist of the event")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the explanation of each frame; return 0 if all of the page's own resolve."""
    if parsed.event is not None:
        return _run_event(parsed, console)
    trace = read_trace(given_text(parsed.place))
    context = read_context(parsed)
    debug_id = _debug_id(parsed.debug_id)
    output = AnswersOutput(console, count=len(trace.frames), in_json=parsed.json)
    with _artifacts(parsed, context, debug_id, console) as artifacts:
        for answer in answer_frames(trace.frames, partial(_explain, artifacts)):
            output.show(answer)
    output.summarize(trace.left_out)
    _tell_hints(parsed, context, console, by_id=debug_id is not None, resolved=output.code == 0)
    return output.code


def _run_event(parsed: argparse.Namespace, console: Console) -> int:
    """Print why each frame of an event is as Sentry shows it."""
    if parsed.place or parsed.debug_id is not None:
        raise ConfigurationError("--event brings its own frames and debug ids: give it alone")
    event_id = read_event_id(parsed.event)
    context = read_context(parsed)
    with connect(context, console) as api:
        event = read_event(fetch_event(api, event_id))
        with _event_artifacts(parsed, context, event, api, console) as artifacts:
            heading = event_lines(event, str(api.connection), artifacts.problem)
            output = AnswersOutput(
                console, count=len(event.trace.frames), in_json=parsed.json, heading=list(heading)
            )
            complete = partial(with_causes, artifacts=artifacts)
            for answer in answer_frames(event.trace.frames, artifacts.explain, complete):
                output.show(answer)
    output.summarize(event.trace.left_out)
    by_id = any(frame.debug_id for frame in event.trace.frames)
    _tell_hints(parsed, context, console, by_id=by_id, resolved=output.code == 0)
    return output.code


@contextmanager
def _event_artifacts(
    parsed: argparse.Namespace, context: Context, event: Event, api: SentryApi, console: Console
) -> Iterator[EventArtifacts]:
    """Yield what an event's frames are searched in: a wheel or folder, or else the server."""
    distribution, side_file = parsed.distribution, read_side_file(parsed)
    if distribution is not None:
        with distribution_artifacts(distribution, context.options, None, side_file) as artifacts:
            yield local_event_artifacts(event, artifacts)
        return
    try:
        own = project_release(context.project, context.options)
    except ConfigurationError:
        own = None
    workers = context.options.workers
    yield server_event_artifacts(api, event, own, workers=workers, notice=console.info)


def _explain(artifacts: Artifacts, frame: Frame) -> Explanation:
    assert frame.position is not None  # noqa: S101 - only such frames are explained
    return explain(frame.position, artifacts)


def _tell_hints(
    parsed: argparse.Namespace, context: Context, console: Console, *, by_id: bool, resolved: bool
) -> None:
    """Tell what a wheel or folder alone cannot show."""
    if parsed.distribution is not None:
        for line in _hints(context.options, by_id=by_id, resolved=resolved):
            console.info(line)


def _hints(options: Options, *, by_id: bool, resolved: bool) -> Iterator[str]:
    """Yield what a wheel or folder alone cannot show."""
    if not resolved and options.source_maps == "strip":
        yield (
            '`source-maps` is "strip", so the built wheel holds no maps: ask the server, name the '
            "side file of the wheel (--side-file), or look into the package's folder"
        )
    if by_id and options.upload_as == RELEASE_FILES:
        yield (
            "Sentry finds files by their debug id only if they are uploaded with `upload-as` set "
            f'to "{ARTIFACT_BUNDLE}"'
        )


@contextmanager
def _artifacts(
    parsed: argparse.Namespace, context: Context, debug_id: str | None, console: Console
) -> Iterator[Artifacts]:
    """Yield the artifacts to search: those of the wheel or folder, or else of the server."""
    options = context.options
    distribution, side_file = parsed.distribution, read_side_file(parsed)
    if distribution is not None:
        with distribution_artifacts(distribution, options, debug_id, side_file) as artifacts:
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
