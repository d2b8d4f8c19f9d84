"""`completion`: what completes commands, flags and file names in a shell."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hatch_sentry_artifacts.cli.parser import commands_of, make_parser
from hatch_sentry_artifacts.configuration.options import OPTIONS
from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import ConfigurationError

_SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")
_FILES = {"FILE", "WHEEL|FOLDER"}
_FOLDERS = {"FOLDER"}


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "completion",
        help=summary,
        description="Prints a script that lets a shell complete commands, flags and file names. "
        'For bash: eval "$(hatch-sentry-artifacts completion bash)"',
    )
    parser.add_argument("shell", choices=_SHELLS, metavar="|".join(_SHELLS), help="the shell")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, _console: Console) -> int:
    """Print the script."""
    try:
        import shtab
    except ModuleNotFoundError:
        raise ConfigurationError(
            "completion needs shtab: pip install 'hatch-sentry-artifacts[completion]'"
        ) from None
    parser = make_parser()
    _complete_values(parser)
    print_safely(shtab.complete(parser, shell=parsed.shell).rstrip("\n"), sys.stdout)
    return 0


def _complete_values(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which flags and arguments take file names, and which one of few words."""
    import shtab

    for command in commands_of(parser).values():
        _complete_values(command)
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to them
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab looks for it
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # the same
        elif action.dest in OPTIONS and OPTIONS[action.dest].choices:
            action.choices = OPTIONS[action.dest].choices
