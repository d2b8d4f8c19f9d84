"""Finds the wheel for a command that names none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError


@dataclass(frozen=True)
class BuiltWheel:
    """A wheel in dist/; `name` and `version` are those of its METADATA, `built` its time in ns."""

    path: Path
    name: str
    version: str
    built: int

    def is_of(self, version: str) -> bool:
        """Return whether `version` is that of the wheel, however either is written."""
        return _normal(version) == _normal(self.version)


@dataclass(frozen=True)
class Choice:
    """The wheels of one version, one for each platform, and the project's others in dist/."""

    chosen: Sequence[BuiltWheel]
    others: Sequence[BuiltWheel]
    why: str

    @cached_property
    def paths(self) -> list[Path]:
        """The files of the chosen wheels."""
        return [wheel.path for wheel in self.chosen]

    def __str__(self) -> str:
        return (
            f"{_names(self.chosen)} is taken, {self.why}; in {self.chosen[0].path.parent} there "
            f"is also {_names(self.others)}"
        )


def choose_wheels(project: Project) -> Choice:
    """Return the wheels of the project's version in its dist/, else those of the newest build.

    The version is the one that pyproject.toml states: to ask a build back end for one that it
    computes would run the project's code.
    Raises ConfigurationError if there is none, or if it cannot be told which project is meant.
    """
    folder = project.folder / "dist"
    wheels = _project_wheels(list(_wheels_in(folder)), project, folder)
    newest = max(wheels, key=lambda wheel: (wheel.built, wheel.path.name))
    version, why = newest.version, "the one built last"
    stated = project.version
    if stated is not None and any(wheel.is_of(stated) for wheel in wheels):
        version, why = stated, f"of the project's version {stated}"
    elif stated is not None:
        why += f", as there is none of the project's version {stated}"
    else:
        why += ", as pyproject.toml states no version"
    chosen = [wheel for wheel in wheels if wheel.is_of(version)]
    return Choice(chosen, [wheel for wheel in wheels if wheel not in chosen], why)


def current_release(project: Project) -> tuple[str | None, str | None]:
    """Return the project's name and version, of the wheel in dist/, else of its pyproject.toml."""
    try:
        wheel = choose_wheels(project).chosen[0]
    except ConfigurationError:
        return project.name, project.version
    return wheel.name, wheel.version


def _wheels_in(folder: Path) -> Iterator[BuiltWheel]:
    # Imported late, since most commands read no wheels.
    from hatch_sentry_artifacts.assets.distribution.wheel import Wheel

    for path in sorted(folder.glob("*.whl")):
        try:
            with Wheel(path) as wheel:
                yield BuiltWheel(path, wheel.name, wheel.version, path.stat().st_mtime_ns)
        except (DistributionError, OSError):
            continue  # no wheel; if it is named, its fault is reported


def _project_wheels(
    wheels: Sequence[BuiltWheel], project: Project, folder: Path
) -> Sequence[BuiltWheel]:
    from packaging.utils import canonicalize_name

    if project.name is not None:
        wanted = canonicalize_name(project.name)
        wheels = [wheel for wheel in wheels if canonicalize_name(wheel.name) == wanted]
    names = sorted({canonicalize_name(wheel.name) for wheel in wheels})
    if len(names) > 1:
        raise ConfigurationError(
            f"{folder} holds wheels of {', '.join(names)}: name the wheel to upload"
        )
    if not wheels:
        of = f" of {project.name}" if project.name else ""
        raise ConfigurationError(
            f"there is no wheel{of} in {folder}: build it first, or name a wheel or folder"
        )
    return wheels


def _normal(version: str) -> str:
    from packaging.version import InvalidVersion, Version

    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def _names(wheels: Sequence[BuiltWheel]) -> str:
    return ", ".join(wheel.path.name for wheel in wheels)
