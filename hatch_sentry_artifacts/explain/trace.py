"""Reads whole stack traces, as they are copied from browsers, logs and Sentry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.frame import (
    Frame,
    read_frame,
    read_only_frame,
    shortened,
)
from hatch_sentry_artifacts.explain.position import EXAMPLE, NoSuchPlace

# Engines keep fewer; those that do not, of an endless recursion, repeat a few places.
MOST_FRAMES = 500
_MOST_CHARACTERS = 200_000
# A trace in a log or in JSON has its line ends as an escape.
_ESCAPED_END = re.compile(r"(?:\\r)?\\n(?=\s*at\s|[^\\\s]*@|[\s\"'}]*\Z)")
# One that a shell or a form made one line of.
_LOST_END = re.compile(r"(?<=[\d)>])[ \t]+(?=at\s(?!line\s\d))")


@dataclass(frozen=True)
class Trace:
    """The frames of a trace; `left_out` is the number of those that were too many."""

    frames: tuple[Frame, ...]
    left_out: int = 0


def read_trace(text: str) -> Trace:
    """Return the frame that `text` is, or every frame of a trace of several lines.

    A line that is no frame, such as the error's message, is passed over. Raises
    ConfigurationError if there is no frame, or none of a script.
    """
    if len(text) > _MOST_CHARACTERS:
        raise ConfigurationError(
            f"that is {len(text)} characters, more than a trace has: give the trace alone"
        )
    lines = _lines(text)
    if len(lines) <= 1:
        return Trace((read_only_frame(text),))
    frames = [frame for frame in map(_frame, lines) if frame is not None]
    if all(frame.foreign for frame in frames):
        raise ConfigurationError(
            f"none of the {len(lines)} lines is a frame of a script, with its URL or path, and "
            f"line, such as at render ({EXAMPLE})"
        )
    return Trace(tuple(frames[:MOST_FRAMES]), len(frames[MOST_FRAMES:]))


def _lines(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = _LOST_END.sub("\n", _ESCAPED_END.sub("\n", lines[0])).splitlines()
    return [line for line in lines if line.strip()]


def _frame(line: str) -> Frame | None:
    """Return the frame of a trace's line; one without a line number is a message."""
    try:
        frame = read_frame(line)
    except NoSuchPlace as error:
        return Frame(shortened(line.strip()), None, str(error))
    except ConfigurationError:
        return None
    if frame is None or (frame.position is not None and frame.position.line is None):
        return None
    return frame
