"""The command `hatch-sentry-artifacts`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn, TextIO

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.console import TerminalConsole, show_error
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, USAGE, OutputError, SentryArtifactsError
from hatch_sentry_artifacts.escaping import visible

_EXIT_CODES = """\
exit codes: 0 all is there, 1 upload failed or incomplete, 2 wrong usage or
configuration, 3 the server refused, 4 nothing to upload"""
_INTERRUPTED = 130
_FLAG = re.compile(r"(?<![\w-])--[\w-]+")
# Each with its module, which is imported only if that command is run.
_COMMANDS = {
    "upload": ("upload", "upload the scripts and source maps of a wheel or folder"),
    "inject": ("inject", "put debug ids into the scripts and source maps of a folder"),
    "list": ("listing", "list the files and artifact bundles of a release on the server"),
    "explain": ("explain", "explain how Sentry resolves a URL of a stack trace"),
    "check": ("check", "check configuration, token and server"),
    "serve": ("serve", "run a small local Sentry to try things on"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        parsed = _parse(given)
    finally:
        # Help may have been printed to a stream that cannot be written.
        _flush(sys.stdout)
    in_json = getattr(parsed, "json", False)
    console = TerminalConsole.of(os.environ, results=sys.stderr if in_json else None)
    try:
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


class _Parser(argparse.ArgumentParser):
    """A parser whose errors look like all others; those of its commands are of this class too."""

    def error(self, message: str) -> NoReturn:
        """Exit with the usage and `message`."""
        self.print_usage(sys.stderr)
        TerminalConsole.of(os.environ).error(message)
        self.exit(USAGE)


def _parse(given: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments. Exits with the usage if they are wrong."""
    parser = _Parser(
        prog="hatch-sentry-artifacts",
        description="Uploads the JavaScript and source maps of a built wheel to Sentry.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    chosen = next((word for word in given if word in _COMMANDS), None)
    # The chosen command with all that it takes, and a line of each other.
    for name, (module, summary) in _COMMANDS.items():
        if name == chosen:
            import_module(f"{__name__}.{module}").add_parser(commands, summary)
        else:
            commands.add_parser(name, help=summary)
    parsed, unknown = parser.parse_known_args(given)
    if unknown:
        _refuse(unknown, commands.choices[chosen] if chosen else parser)
    return parsed


def _refuse(unknown: Sequence[str], parser: argparse.ArgumentParser) -> None:
    """Exit with the usage of the command, and the flag that was probably meant."""
    flags = _FLAG.findall(parser.format_help())
    meant = [
        f"{word} (did you mean {near[0]}?)" if near else word
        for word in unknown
        for near in [get_close_matches(word.partition("=")[0], flags, 1)]
    ]
    parser.error(f"unrecognized arguments: {visible(' '.join(meant))}")


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
