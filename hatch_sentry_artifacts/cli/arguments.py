"""Turns the options into flags, and flags with the project's configuration into settings."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.configuration.credentials.sentryclirc import home_folder
from hatch_sentry_artifacts.configuration.credentials.settings import Settings, find_settings
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.configuration.option import Kind
from hatch_sentry_artifacts.configuration.options import OPTIONS, Options, Source, read_options
from hatch_sentry_artifacts.configuration.project import (
    Project,
    find_project_folder,
    read_project,
)
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import ConfigurationError

if TYPE_CHECKING:
    from hatch_sentry_artifacts.sentry.api import SentryApi

CONNECTION_KEYS = ("organization", "project", "url", "timeout")
_NAMING_KEYS = ("paths", "include", "exclude")
_REPEATED = {Kind.TEXTS, Kind.PATTERNS, Kind.PREFIXES}
_METAVARS = {
    Kind.TEXT: "TEXT",
    Kind.TEXTS: "SLUG",
    Kind.URL: "URL",
    Kind.TEMPLATE: "TEMPLATE",
    Kind.COUNT: "N",
    Kind.SECONDS: "SECONDS",
    Kind.SECONDS_OR_ZERO: "SECONDS",
    Kind.PATTERNS: "PATTERN",
    Kind.PREFIXES: "FOLDER=PREFIX",
    Kind.FOLDER: "FOLDER",
}


@dataclass(frozen=True)
class Context:
    """The project of a command, its options, and its connection settings.

    `given` are the flags as in TOML, `flags` the options that they alone set.
    """

    project: Project
    options: Options
    flags: Options
    settings: Settings
    given: Source


def add_options(
    parser: argparse.ArgumentParser,
    keys: Iterable[str],
    *,
    helps: Mapping[str, str] | None = None,
    about: str = "as in the project's configuration, over which these win",
) -> None:
    """Add a flag to `parser` for each of the options `keys`, in that order.

    `helps` has the words of those that mean something else to the command than to an upload;
    `about` what they are to it.
    """
    group = parser.add_argument_group("project options", about)
    for key in keys:
        option = OPTIONS[key]
        common: dict[str, Any] = {"dest": key, "default": argparse.SUPPRESS}
        text = (helps or {}).get(key, option.help).replace("`", "").replace("%", "%%")
        if option.kind is Kind.SWITCH:
            group.add_argument(
                *option.flags, action=argparse.BooleanOptionalAction, help=text, **common
            )
            continue
        if option.choices:
            common["metavar"] = "|".join(option.choices)
        else:
            common["metavar"] = "FILE" if key == "report" else _METAVARS[option.kind]
        if option.kind in _REPEATED:
            common["action"] = "append"
            text = text.partition(", or a list")[0] + " (may be repeated)"
        default = option.default_text.replace("`", "")
        group.add_argument(
            *option.flags, help=f"{text} [{default}]".replace(" [none]", ""), **common
        )
        if option.kind is Kind.SECONDS_OR_ZERO:
            common = {**common, "action": "store_const", "const": "0"}
            group.add_argument(f"--no-{key}", help=f"the same as --{key} 0", **common)


def read_context(parsed: argparse.Namespace) -> Context:
    """Return the project around the working directory, with flags. Raises ConfigurationError."""
    project = read_project(find_project_folder(Path.cwd()))
    flags = read_flags(parsed)
    options = read_options(project.source, flags)
    given, configured = read_options(flags), read_options(project.source)
    settings = find_settings(
        environment=os.environ,
        folder=project.folder,
        home=home_folder(),
        flags=Wanted.of(given),
        configured=Wanted.of(configured, project.source.path),
        by_command=True,
    )
    return Context(project, options, given, settings, flags)


def read_flags(parsed: argparse.Namespace) -> Source:
    """Return the options that the command line gives. Raises ConfigurationError."""
    return Source(
        {key: _value(key, given) for key, given in vars(parsed).items() if key in OPTIONS}
    )


def connect(
    context: Context, console: Console, *, patience: float = math.inf
) -> AbstractContextManager[SentryApi]:
    """Return a context manager with the API of the context's server.

    A request that had no answer after `patience` seconds is given up. Raises ConfigurationError,
    also where the token, organization or project is missing.
    """
    # Imported late, for commands that need no server.
    from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
    from hatch_sentry_artifacts.sentry.session import connected

    return connected(
        context.settings.connection(),
        workers=context.options.workers,
        timeout=min(context.options.timeout, patience),
        notice=console.info,
        policy=RetryPolicy(patience=patience, advice=""),
    )


def _value(key: str, given: Any) -> object:
    """Return a flag's value as TOML would have it. Raises ConfigurationError."""
    option = OPTIONS[key]
    if option.kind is Kind.PREFIXES:
        return AUTO if list(given) == [AUTO] else _prefixes(key, given)
    return option.from_text(given) if isinstance(given, str) else given


def _prefixes(key: str, given: Sequence[str]) -> dict[str, list[str]]:
    """Return the prefixes of each folder, which may be given several times."""
    result: dict[str, list[str]] = {}
    for pair in given:
        folder, prefix = _prefix(key, pair)
        result.setdefault(folder, []).append(prefix)
    return result


def _prefix(key: str, pair: str) -> tuple[str, str]:
    """Return a folder and its prefix. Raises ConfigurationError if a shell expanded its `~`."""
    folder, _, prefix = pair.partition("=")
    home = str(home_folder() or "").rstrip("/")
    if home and f"{prefix}/".startswith(f"{home}/"):
        meant = f"{folder}=~{prefix[len(home) :]}"
        raise ConfigurationError(
            f"--{key} {pair}: the shell made your home folder of the ~: quote it, --{key} '{meant}'"
        )
    return folder, prefix


def add_distribution(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the flags that name a wheel or folder instead of a server; `text` is the help."""
    parser.add_argument("--from", dest="distribution", type=Path, metavar="WHEEL|FOLDER", help=text)
    parser.add_argument(
        "--side-file",
        type=Path,
        metavar="FILE",
        help="with --from WHEEL: the side file that its build wrote (`keep-maps`), with the maps "
        "that the wheel does not hold",
    )


def add_look_up(parser: argparse.ArgumentParser, *, release: str, dist: str) -> None:
    """Add the options by which files are looked for, on a server or in a wheel.

    `release` and `dist` say whose these are.
    """
    add_options(
        parser,
        ("release", "dist", *CONNECTION_KEYS, *_NAMING_KEYS, "upload-as"),
        helps={
            "release": f"{release}; {{name}} and {{version}} are those of the project",
            "dist": dist,
        },
    )


def read_side_file(parsed: argparse.Namespace) -> Path | None:
    """Return the side file. Raises ConfigurationError if no wheel is named with it."""
    file: Path | None = parsed.side_file
    if file is not None and parsed.distribution is None:
        raise ConfigurationError(f"--side-file {file}: name its wheel, too, with --from")
    return file
