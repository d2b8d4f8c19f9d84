"""The options that a build hands on, in a side file, to the upload of its wheel in another job."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hatch_sentry_artifacts.configuration.options import OPTIONS, Options, Source, read_options
from hatch_sentry_artifacts.configuration.release_name import release_variable
from hatch_sentry_artifacts.errors import ConfigurationError

# What the release is to be. Where it is, and how it is reached, is the other job's own.
_HANDED_ON = (
    "release",
    "dist",
    "upload-as",
    "source-maps",
    "debug-ids",
    "on-conflict",
    "create-release",
    "finalize-release",
    "release-url",
    "release-ref",
)
# What made names and contents; nothing of that can be changed any more.
_DONE = ("include", "exclude", "paths", "sources-content", "source-maps", "debug-ids")


def to_hand_on(options: Options, environment: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Return those options with their values, as in TOML.

    A release that SENTRY_RELEASE named for the build keeps that name; where nothing named it, the
    other job's SENTRY_RELEASE may.
    """
    values = {key: getattr(options, key.replace("-", "_")) for key in _HANDED_ON}
    if options.release is None and (named := release_variable(environment)):
        values["release"] = named.replace("{", "{{").replace("}", "}}")
    return {key: value for key, value in values.items() if value is not None}


def read_handed_on(
    given: Mapping[str, Any], file: str, *, project: Source, flags: Source
) -> Options:
    """Return the options of an upload from a side file: its own, below flags.

    `given` are the options in `file`; all others are those of the project here, if there is one.
    Raises ConfigurationError with all that is wrong in any of them.
    """
    refuse_done(flags)
    unknown = sorted(given.keys() - {*_HANDED_ON})
    unsafe = [key for key, value in given.items() if not str(value).isprintable()]
    if unknown or unsafe:
        raise ConfigurationError(
            f"{file}: is of no build of this version: its option {(unknown or unsafe)[0]!r} is "
            "none that a side file has; install the version that built the wheel"
        )
    here = {key: value for key, value in project.table.items() if key not in {*_HANDED_ON, *_DONE}}
    return read_options(Source(here, project.path), Source(given, file), flags)


def refuse_done(flags: Source) -> None:
    """Raise ConfigurationError for flags that come too late for what a build has done."""
    late = [f"--{key}" for key in OPTIONS if key in flags.table and key in _DONE]
    if late:
        raise ConfigurationError(
            f"{', '.join(late)}: a side file has names and contents as its build made them: leave "
            "that out, or upload wheels without a side file by a command of their own"
        )
