"""The parser of the command line, with what all commands have in common."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.console import TerminalConsole
from hatch_sentry_artifacts.errors import USAGE
from hatch_sentry_artifacts.escaping import visible

_EXIT_CODES = """\
exit codes: 0 all is there, 1 upload failed or incomplete, 2 wrong usage or
configuration, 3 the server refused, 4 nothing to upload, 130 stopped"""
_FLAG = re.compile(r"(?<![\w-])--[\w-]+")
# Each with its module, which is imported only if that command is run.
_COMMANDS = {
    "init": ("init", "propose the configuration of this project, and what else it needs"),
    "upload": ("upload", "upload the scripts and source maps of a wheel or folder"),
    "inject": ("inject", "put debug ids into the scripts and source maps of a folder"),
    "list": ("listing", "list the files and artifact bundles of a release on the server"),
    "release": ("release", "create, finalize, show, archive or delete a release"),
    "deploy": ("deploy", "tell that a release was deployed"),
    "explain": ("explain", "explain how Sentry resolves a URL of a stack trace"),
    "verify": ("verify", "verify that errors of a running site would be readable"),
    "prune": ("prune", "delete what old releases hold on the server"),
    "check": ("check", "check what an upload needs, and why a build would not do it"),
    "serve": ("serve", "run a small local Sentry to try things on"),
    "completion": ("completion", "print what completes commands and flags in a shell"),
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors look like all others; those of its commands are of this class too."""

    def error(self, message: str) -> NoReturn:
        """Exit with the usage and `message`."""
        self.print_usage(sys.stderr)
        TerminalConsole.of(os.environ).error(message)
        self.exit(USAGE)


def parse(given: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments. Exits with the usage, or with help, if they are wrong."""
    words = [word for word in given if not word.startswith("-")]
    chosen = words[0] if words else None
    parser = make_parser([chosen] if chosen else [])
    _require_command(parser, _COMMANDS, chosen, given)
    if chosen is not None and (own := commands_of(commands_of(parser)[chosen])):
        second = words[1] if words[1:] else None
        _require_command(commands_of(parser)[chosen], own, second, given)
    parsed, unknown = parser.parse_known_args(given)
    if unknown:
        _refuse(unknown, _innermost(parser, given))
    return parsed


def _require_command(
    parser: argparse.ArgumentParser, commands: Iterable[str], word: str | None, given: Sequence[str]
) -> None:
    """Exit with help if no command of the parser is given, and with what is meant for a wrong one.

    Flags such as --help and --version need none.
    """
    if word is None:
        if not any(each.startswith("-") for each in given):
            parser.print_help(sys.stderr)
            parser.exit(USAGE)
        return
    if word not in commands:
        near = get_close_matches(word, commands, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(commands)}"
        parser.error(f"there is no command {visible(word)}: {meant}")


def make_parser(chosen: Iterable[str] = _COMMANDS) -> Parser:
    """Return a parser with all that the chosen commands take, and a line of each other."""
    parser = Parser(
        prog="hatch-sentry-artifacts",
        description="Uploads the JavaScript and source maps of a built wheel to Sentry.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_common(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (module, summary) in _COMMANDS.items():
        if name in chosen:
            package = __name__.rpartition(".")[0]
            import_module(f"{package}.{module}").add_parser(commands, summary)
            add_common(commands.choices[name])
        else:
            commands.add_parser(name, help=summary)
    return parser


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command takes, also before its name."""
    # Without a default, so that those of a command do not take back those before its name.
    for short, name, text in (
        ("-v", "verbose", "show every file and every finding"),
        ("-q", "quiet", "show warnings and errors alone"),
    ):
        parser.add_argument(
            short, f"--{name}", action="store_true", default=argparse.SUPPRESS, help=text
        )


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a parser's commands, by their names."""
    actions = parser._actions  # noqa: SLF001 - argparse has no other way to them
    return next(
        (
            dict(each.choices)
            for each in actions
            if isinstance(each, argparse._SubParsersAction)  # noqa: SLF001
        ),
        {},
    )


def _innermost(parser: argparse.ArgumentParser, given: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that is given, which may be one of a group's."""
    for word in given:
        parser = commands_of(parser).get(word, parser)
    return parser


def _refuse(unknown: Sequence[str], parser: argparse.ArgumentParser) -> NoReturn:
    """Exit with the usage of the command, and the flag that was probably meant."""
    flags = _FLAG.findall(parser.format_help())
    meant = [
        f"{word} (did you mean {near[0]}?)" if near else word
        for word in unknown
        for near in [get_close_matches(word.partition("=")[0], flags, 1)]
    ]
    parser.error(f"unrecognized arguments: {visible(' '.join(meant))}")
