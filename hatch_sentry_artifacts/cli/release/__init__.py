"""`release`: the life of a release, a module a command."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hatch_sentry_artifacts.cli.parser import add_common

# Each with its module.
_COMMANDS = {
    "create": ("create", "create a release, and link the projects to it"),
    "commits": ("commits", "set the commits of a release, from the history of the repository"),
    "finalize": ("finalize", "mark a release as released"),
    "show": ("show", "show a release, with its deploys"),
    "list": ("listing", "list releases"),
    "archive": ("archive", "take a release out of lists"),
    "restore": ("restore", "bring an archived release back into lists"),
    "delete": ("delete", "delete a release, with its files"),
    "propose": ("propose", "print the name of the release of the newest wheel"),
}


def add_parser(commands: Any, summary: str) -> None:
    """Add the command with its own commands to the parser's `commands`."""
    parser = commands.add_parser(
        "release",
        usage="%(prog)s COMMAND [options]",
        help=summary,
        description="Looks at releases on the server, and changes them. Where no release is named, "
        "it is that of the project's newest wheel.",
    )
    own = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, prog=parser.prog
    )
    for name, (module, line) in _COMMANDS.items():
        import_module(f"{__name__}.{module}").add_parser(own, line)
        add_common(own.choices[name])
