"""Finds the wheel that a command means when none is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import ConfigurationError

if TYPE_CHECKING:
    from packaging.version import Version


def newest_wheels(project: Project) -> Sequence[Path]:
    """The wheels of the project's newest version in its dist/: one, or one for each platform.

    Raises ConfigurationError if there is none, or if it cannot be told which project is meant.
    """
    from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

    folder = project.folder / "dist"
    found: dict[str, dict[Version, list[Path]]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, _ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        found.setdefault(name, {}).setdefault(version, []).append(path)
    if project.name is not None:
        wanted = canonicalize_name(project.name)
        found = {name: wheels for name, wheels in found.items() if name == wanted}
    if len(found) > 1:
        raise ConfigurationError(
            f"{folder} holds wheels of {', '.join(found)}: name the wheel to upload"
        )
    if not found:
        of = f" of {project.name}" if project.name else ""
        raise ConfigurationError(
            f"there is no wheel{of} in {folder}: build it first, or name a wheel or folder"
        )
    (versions,) = found.values()
    return versions[max(versions)]


def current_release(project: Project) -> tuple[str | None, str | None]:
    """The project's name and version, from its newest wheel, else from its pyproject.toml."""
    from packaging.utils import parse_wheel_filename

    try:
        name, version, _, _ = parse_wheel_filename(newest_wheels(project)[0].name)
    except ConfigurationError:
        return project.name, project.version
    return project.name or name, str(version)
