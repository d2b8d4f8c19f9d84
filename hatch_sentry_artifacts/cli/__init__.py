"""The command `hatch-sentry-artifacts`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.console import TerminalConsole
from hatch_sentry_artifacts.errors import SentryArtifactsError

_EXIT_CODES = """\
exit codes: 0 all is there, 1 upload failed or incomplete, 2 wrong usage or
configuration, 3 the server refused, 4 nothing to upload"""
_INTERRUPTED = 130
# Each with the module that has it, which is imported only if that command is run.
_COMMANDS = {
    "upload": ("upload", "upload the scripts and source maps of a wheel or folder"),
    "inject": ("inject", "put debug ids into the scripts and source maps of a folder"),
    "list": ("listing", "list the files and artifact bundles of a release on the server"),
    "explain": ("explain", "explain how Sentry resolves a URL of a stack trace"),
    "check": ("check", "check configuration, token and server"),
    "serve": ("serve", "run a small local Sentry to try things on"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parsed = _parser(given).parse_args(given)
    as_json = getattr(parsed, "json", False)
    console = TerminalConsole(os.environ, results=sys.stderr if as_json else None)
    try:
        code: int = parsed.run(parsed, console)
    except SentryArtifactsError as error:
        console.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        console.error("stopped; running this again does the rest")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough of it; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with all of the command that is `given`, and a line of each other."""
    parser = argparse.ArgumentParser(
        prog="hatch-sentry-artifacts",
        description="Uploads the JavaScript and source maps of a built wheel to Sentry.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    chosen = next((word for word in given if word in _COMMANDS), None)
    for name, (module, summary) in _COMMANDS.items():
        if name == chosen:
            import_module(f"{__name__}.{module}").add_parser(commands, summary)
        else:
            commands.add_parser(name, help=summary)
    return parser
