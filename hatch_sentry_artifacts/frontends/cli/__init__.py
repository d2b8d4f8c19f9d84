"""The command `hatch-sentry-artifacts`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.console import TerminalConsole
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.frontends.cli import check, explain, inject, listing, serve, upload

_EXIT_CODES = """\
exit codes: 0 all is there, 1 upload failed or incomplete, 2 wrong usage or
configuration, 3 the server refused, 4 nothing to upload"""
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parsed = _parser().parse_args(arguments)
    as_json = getattr(parsed, "json", False)
    console = TerminalConsole(os.environ, results=sys.stderr if as_json else None)
    try:
        code: int = parsed.run(parsed, console)
    except SentryArtifactsError as error:
        console.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        console.error("stopped; what was sent is there, and running this again sends the rest")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough of it; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hatch-sentry-artifacts",
        description="Uploads the JavaScript and source maps of a built wheel to Sentry.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (upload, inject, listing, explain, check, serve):
        command.add_parser(commands)
    return parser
