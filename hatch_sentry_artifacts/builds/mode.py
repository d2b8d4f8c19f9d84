"""Decides whether a build uploads: a release pipeline's does, an installer's never."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fnmatch import fnmatch
from pathlib import Path

from hatch_sentry_artifacts.errors import ConfigurationError

MODE_VARIABLE = "SENTRY_ARTIFACTS"
# Hatchling takes exactly these values of these variables as an order to run a hook.
_HATCH_VARIABLES = ("HATCH_BUILD_HOOK_ENABLE_SENTRY", "HATCH_BUILD_HOOKS_ENABLE")
_HATCH_TRUE = {"1", "true"}
# pip sets it for every wheel that it builds, on the machine of whoever installs.
_PIP_VARIABLE = "PIP_BUILD_TRACKER"
# uv builds what it installs in such a folder of its cache, tox in this one of the project.
_FOLDERS_OF_INSTALLERS = ("builds-v[0-9]*", ".tox")


class UploadMode(Enum):
    """What the environment asks of a build."""

    UPLOAD = "upload"
    DRY_RUN = "dry-run"
    OFF = "off"
    NONE = ""


def is_for_installer(environment: Mapping[str, str], destination: Path) -> bool:
    """Whether the wheel is built by pip, uv or tox only to be installed."""
    return _PIP_VARIABLE in environment or any(
        fnmatch(parent.name, pattern)
        for parent in (destination, *destination.parents)
        for pattern in _FOLDERS_OF_INSTALLERS
    )


def read_mode(environment: Mapping[str, str]) -> UploadMode:
    """What `SENTRY_ARTIFACTS`, or Hatch's own variables, say. ConfigurationError if unknown."""
    given = environment.get(MODE_VARIABLE, "").strip()
    if given:
        try:
            return UploadMode(given)
        except ValueError:
            raise ConfigurationError(
                f"{MODE_VARIABLE} is {given!r}; it must be upload, dry-run or off"
            ) from None
    if any(environment.get(variable) in _HATCH_TRUE for variable in _HATCH_VARIABLES):
        return UploadMode.UPLOAD
    return UploadMode.NONE


def own_project(root: Path, destination: Path) -> Path | None:
    """The project's own folder, if the wheel at `destination` lands inside it; else None.

    That folder holds the very pyproject.toml that is built: so it is for `hatch build`,
    `python -m build` and `uv build` into dist/, also where they build in an unpacked sdist, and
    so it is not for any installer.
    """
    try:
        built = (root / "pyproject.toml").read_bytes()
    except OSError:
        return None
    for folder in (destination.resolve(), *destination.resolve().parents):
        candidate = folder / "pyproject.toml"
        try:
            if candidate.is_file() and candidate.read_bytes() == built:
                return folder
        except OSError:
            continue
    return None
