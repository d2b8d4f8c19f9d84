"""Which release a command is about: the one that it names, or that of the newest wheel."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from hatch_sentry_artifacts.cli.arguments import CONNECTION_KEYS, Context, add_options
from hatch_sentry_artifacts.configuration.release_name import (
    ReleaseName,
    check_release,
    project_release,
)
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import ConfigurationError

NAMES = {"release": "release to take; {name} and {version} are those of the project"}


def add_release(
    parser: argparse.ArgumentParser,
    more: Iterable[str] = (),
    connection: Iterable[str] = CONNECTION_KEYS,
) -> None:
    """Add the argument RELEASE, and the flags of the options that name it and the server.

    `more` are the keys of other options that the command has, `connection` those of the server.
    """
    parser.add_argument(
        "named",
        nargs="?",
        metavar="RELEASE",
        help="the release [that of the project's newest wheel]",
    )
    add_options(parser, ("release", *more, *connection), helps=NAMES)


def wanted_release(parsed: argparse.Namespace, context: Context, console: Console) -> str:
    """Return the release that is named, else that of the newest wheel.

    Raises ConfigurationError, also for a name that Sentry does not take.
    """
    named: str | None = parsed.named
    if named is None:
        return own_release(context, console).release
    if "release" in parsed:
        raise ConfigurationError(f"both {named} and --release name a release: leave one out")
    check_release(named, "name another")
    return named


def own_release(context: Context, console: Console) -> ReleaseName:
    """Return the release of the newest wheel, and tell if the environment names it."""
    target = project_release(context.project, context.options)
    if target.remark:
        console.info(target.remark)
    return target
