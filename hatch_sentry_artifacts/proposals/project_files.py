"""What the files of a project say of how it is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.builds.workspaces import PYPROJECT, members, vcs_root
from hatch_sentry_artifacts.configuration.back_end import back_end_of, required_names
from hatch_sentry_artifacts.configuration.files import read_bytes, read_toml
from hatch_sentry_artifacts.configuration.project import (
    HOOK,
    TABLE,
    Project,
    find_project_folder,
    project_of,
    table_at,
)
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.edits import Keys

HATCH_FILE = "hatch.toml"
_REQUIRING = ("setuptools", "pdm.backend")
_OLD_FILES = ("setup.py", "setup.cfg")
_MOST_BYTES = 2 * 1024 * 1024
_SHOWN = 5


class Kind(Enum):
    """How a build can be made to upload.

    By a hook with a table of its own; by being required, as of setuptools and pdm-backend; or not.
    """

    HATCHLING = auto()
    REQUIRED = auto()
    OTHER = auto()


@dataclass(frozen=True)
class ProjectFiles:
    """The tables of pyproject.toml and hatch.toml; each is None if there is no such file."""

    folder: Path
    pyproject: Mapping[str, Any] | None
    hatch_toml: Mapping[str, Any] | None

    @cached_property
    def checkout(self) -> Path:
        """The folder that version control made around the project; else the project's."""
        return vcs_root(self.folder) or self.folder

    @property
    def back_end(self) -> str:
        """The back end, as [build-system] names it."""
        return back_end_of(self.pyproject or {})

    @property
    def kind(self) -> Kind:
        """How builds of the project upload."""
        if self.back_end.startswith("hatchling"):
            return Kind.HATCHLING
        return Kind.REQUIRED if self.back_end.startswith(_REQUIRING) else Kind.OTHER

    @property
    def requires(self) -> object:
        """What [build-system] requires; None if it does not say."""
        return (self.table("build-system") or {}).get("requires")

    @property
    def project(self) -> Project:
        """The configuration of the upload. Raises ConfigurationError as `read_project`."""
        return project_of(self.folder, self.pyproject, self.hatch_toml)

    @property
    def name(self) -> str | None:
        """The project's name, if a file states it."""
        stated = (self.table("project") or {}).get("name")
        poetry = (self.table("tool", "poetry") or {}).get("name")
        flit = (self.table("tool", "flit", "metadata") or {}).get("module")
        return next((each for each in (stated, poetry, flit) if isinstance(each, str)), None)

    @property
    def configures_hatch_apart(self) -> bool:
        """Whether Hatch takes the build's configuration from hatch.toml: then from there alone."""
        return self.kind is Kind.HATCHLING and "build" in (self.hatch_toml or {})

    @property
    def file(self) -> Path:
        """The file that has, or is to have, the configuration of the upload."""
        return self.folder / (HATCH_FILE if self.configures_hatch_apart else PYPROJECT)

    @property
    def tables(self) -> Mapping[str, Any]:
        """The tables of that file."""
        return (self.hatch_toml if self.configures_hatch_apart else self.pyproject) or {}

    def in_hatch(self, *keys: str) -> Keys:
        """Return the keys of one of Hatch's tables in that file."""
        return keys if self.configures_hatch_apart else ("tool", "hatch", *keys)

    @cached_property
    def own_table(self) -> Keys:
        """The keys of the table of options in that file, where it is or belongs."""
        if self.kind is not Kind.HATCHLING:
            return ("tool", TABLE)
        wanted = self.in_hatch("build", "targets", "wheel", "hooks", HOOK)
        general = self.in_hatch("build", "hooks", HOOK)
        # Also what is there and no table: whoever adds to it is told so.
        found = (e for e in (wanted, general) if HOOK in (table_at(self.tables, e[:-1]) or {}))
        return next(found, wanted)

    @property
    def options(self) -> Mapping[str, Any] | None:
        """The table of options; None if there is none."""
        return table_at(self.tables, self.own_table)

    def table(self, *keys: str) -> Mapping[str, Any] | None:
        """Return a table of pyproject.toml."""
        return table_at(self.pyproject, keys)

    def hatch_table(self, *keys: str) -> Mapping[str, Any]:
        """Return one of Hatch's tables in that file; empty if there is none."""
        return table_at(self.tables, self.in_hatch(*keys)) or {}

    @cached_property
    def requirements(self) -> frozenset[str]:
        """The names of what the project requires, at run time or to be built."""
        metadata = self.table("project") or {}
        names = required_names(metadata.get("dependencies")) + required_names(self.requires)
        poetry = self.table("tool", "poetry", "dependencies") or {}
        return frozenset([*names, *(required_names([*poetry]))])


def read_project_files(folder: Path) -> ProjectFiles:
    """Return the files of the project around `folder`.

    Raises ConfigurationError if there is none, if they cannot be read, or if they build no wheel.
    """
    if not (folder / PYPROJECT).exists() and _has_old_files(folder):
        return ProjectFiles(folder, None, None)
    found = find_project_folder(folder)
    pyproject = read_toml(found / PYPROJECT)
    if pyproject is None:
        raise ConfigurationError(
            f"{folder}: neither here nor above there is a {PYPROJECT}, and no setup.py or setup.cfg"
            " here: run this in the folder of the project that the wheel is built from"
        )
    files = ProjectFiles(found, pyproject, read_toml(found / HATCH_FILE))
    _refuse_none(files)
    return files


def read_content(file: Path) -> bytes:
    """Return the content of a TOML file; nothing if there is no such file."""
    return read_bytes(file, _MOST_BYTES) or b""


def _has_old_files(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _OLD_FILES)


def _refuse_none(files: ProjectFiles) -> None:
    """Raise ConfigurationError for files that only configure tools, or a workspace."""
    for keys, key in ((("tool", "uv"), "package"), (("tool", "poetry"), "package-mode")):
        if (files.table(*keys) or {}).get(key) is False:
            raise ConfigurationError(
                f"{files.folder / PYPROJECT}: {'.'.join(keys)}.{key} is false, so that no wheel is "
                "built here, and there is nothing to upload"
            )
    builds = [("project",), ("build-system",), ("tool", "poetry"), ("tool", "flit", "metadata")]
    if any(files.table(*keys) is not None for keys in builds) or _has_old_files(files.folder):
        return
    inner = [each.relative_to(files.folder).as_posix() for each in members(files.folder)]
    shown = ", ".join(inner[:_SHOWN]) + (", …" if len(inner) > _SHOWN else "")
    advice = (
        f"run this in the folder of one of its projects: {shown}"
        if inner
        else "add [build-system] and [project] first, or run this in the project's folder"
    )
    raise ConfigurationError(
        f"{files.folder / PYPROJECT}: has neither [project] nor [build-system], so that no wheel is"
        f" built here: {advice}"
    )
