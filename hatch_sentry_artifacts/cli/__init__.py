"""The command `hatch-sentry-artifacts`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from hatch_sentry_artifacts.cli.parser import parse
from hatch_sentry_artifacts.console import TerminalConsole, show_error
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, USAGE, OutputError, SentryArtifactsError
from hatch_sentry_artifacts.signals import ended_in_order

_INTERRUPTED = 130
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    # Modules, and what a command reads, live until its end: looking for garbage every 700 objects
    # takes a tenth of its start.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        parsed = parse(given)
    finally:
        # Help may have been printed to a stream that cannot be written.
        _flush(sys.stdout)
    in_json = getattr(parsed, "json", False)
    console = TerminalConsole.of(
        os.environ,
        verbosity=getattr(parsed, "verbose", False) - getattr(parsed, "quiet", False),
        results=sys.stderr if in_json else None,
    )
    try:
        with ended_in_order():
            code: int = parsed.run(parsed, console)
    except OutputError as error:
        console.error(*error.lines)
        _abandon(sys.stdout)
        return error.exit_code
    except SentryArtifactsError as error:
        show_error(console, error)
        return error.exit_code
    except KeyboardInterrupt:
        console.error("stopped; running this again does the rest")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of the output has closed it, so nothing more can be shown there.
        _abandon(sys.stdout)
        return UPLOAD_FAILED
    except OSError as error:
        # Faults of file systems that are not handled elsewhere.
        place = f"{error.filename}: " if error.filename else ""
        console.error(f"{place}{error.strerror or error}")
        return USAGE
    return code


def _flush(stream: TextIO | None) -> None:
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        _abandon(stream)


def _abandon(stream: TextIO | None) -> None:
    """Discard the buffer of a stream that cannot be written, so that the exit does not flush it."""
    if stream is not None:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
