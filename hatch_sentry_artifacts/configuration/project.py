"""Reads the configuration of the project in a folder: pyproject.toml and hatch.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.configuration.files import is_trusted, read_toml
from hatch_sentry_artifacts.configuration.options import HATCH_KEYS, Source
from hatch_sentry_artifacts.errors import ConfigurationError

HOOK = "sentry"
TABLE = "sentry-artifacts"
# hatch-sentry-artifacts comes as near to it, and sentry-artifacts-of-ours does not.
_SIMILAR = 0.84
_TARGET_HOOKS = ("build", "targets", "wheel", "hooks", HOOK)
_GLOBAL_HOOKS = ("build", "hooks", HOOK)


@dataclass(frozen=True)
class Project:
    """The configuration of a project. `name` and `version` only if its files state them."""

    folder: Path
    name: str | None
    version: str | None
    source: Source


def read_project(folder: Path) -> Project:
    """Return the project in `folder`; one without pyproject.toml has no configuration.

    Raises ConfigurationError if a file is no TOML, our table is none, or there are two.
    """
    pyproject = read_toml(folder / "pyproject.toml")
    return project_of(folder, pyproject, read_toml(folder / "hatch.toml"))


def project_of(
    folder: Path, pyproject: Mapping[str, Any] | None, hatch: Mapping[str, Any] | None
) -> Project:
    """Return the project with these tables of pyproject.toml and hatch.toml, as `read_project`."""
    tables = [
        *_hatch_tables(table_at(pyproject, ("tool", "hatch")), "tool.hatch"),
        *_hatch_tables(hatch, "hatch.toml: "),
    ]
    # Hatchling lets a hook's target table replace its global one.
    tables = tables[:1]
    own = (table_at(pyproject, ("tool",)) or {}).get(TABLE)
    if isinstance(own, dict):
        tables.append(Source(own, f"tool.{TABLE}"))
    elif own is not None:
        raise ConfigurationError(f"tool.{TABLE}: must be a table, [tool.{TABLE}]")
    if len(tables) > 1:
        raise ConfigurationError(
            f"both {tables[0].path} and {tables[1].path} configure the upload: keep the first "
            "for Hatch, or the second for setuptools"
        )
    metadata = table_at(pyproject, ("project",)) or {}
    name, version = metadata.get("name"), metadata.get("version")
    return Project(
        folder,
        name if isinstance(name, str) else None,
        version if isinstance(version, str) else None,
        tables[0] if tables else Source({}, f"tool.{TABLE}"),
    )


def find_project_folder(folder: Path) -> Path:
    """Return the nearest folder, from `folder` upwards, with a pyproject.toml; else `folder`.

    Above `folder`, files that another user owns do not count, as anyone can put one into a shared
    folder such as the system's temporary one.
    """
    for each in folder.parents if not _is_there(folder / "pyproject.toml") else ():
        files = [each / name for name in ("pyproject.toml", "hatch.toml")]
        if is_trusted(files[0]) and (is_trusted(files[1]) or not _is_there(files[1])):
            return each
    return folder


def _is_there(file: Path) -> bool:
    try:
        file.lstat()
    except (OSError, ValueError):
        return False
    return True


def require_table(folder: Path) -> None:
    """Raise ConfigurationError that says how to write the table that the project does not have."""
    tool = table_at(read_toml(folder / "pyproject.toml"), ("tool",)) or {}
    meant = misspelt_table(tool)
    found = f"; did you mean it by [tool.{meant}]?" if meant else ""
    raise ConfigurationError(
        f"the upload is ordered, but {folder / 'pyproject.toml'} has no table [tool.{TABLE}]{found}"
    )


def misspelt_table(tool: Mapping[str, Any]) -> str | None:
    """Return the name of the table below `tool` that is probably meant to be ours, and is not."""
    if TABLE in tool:
        return None
    spelt = {key.lower().replace("_", "-"): key for key in tool if isinstance(tool[key], dict)}
    return next((spelt[each] for each in get_close_matches(TABLE, spelt, 1, _SIMILAR)), None)


def strip_hatch_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hook's table without the keys that are Hatchling's own."""
    return {key: value for key, value in table.items() if key not in HATCH_KEYS}


def _hatch_tables(hatch: Mapping[str, Any] | None, path: str) -> list[Source]:
    found = []
    for keys in (_TARGET_HOOKS, _GLOBAL_HOOKS):
        table = table_at(hatch, keys)
        if table is not None:
            dot = "" if path.endswith(" ") else "."
            found.append(Source(strip_hatch_keys(table), path + dot + ".".join(keys)))
    return found


def table_at(parent: Mapping[str, Any] | None, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return the table at the end of `keys`; None if there is none."""
    found: Any = parent
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None
