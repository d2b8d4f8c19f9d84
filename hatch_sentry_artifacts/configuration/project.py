"""Reads the configuration of the project in a folder: pyproject.toml and hatch.toml."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.configuration.options import Source
from hatch_sentry_artifacts.errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HOOK = "sentry"
TABLE = "sentry-artifacts"
# Hatchling's own keys of a hook's table
# (https://hatch.pypa.io/latest/config/build/#build-hooks).
HATCH_KEYS = frozenset(
    {
        "dependencies",
        "enable-by-default",
        "require-runtime-dependencies",
        "require-runtime-features",
    }
)
_TARGET_HOOKS = ("build", "targets", "wheel", "hooks", HOOK)
_GLOBAL_HOOKS = ("build", "hooks", HOOK)


@dataclass(frozen=True)
class Project:
    """What the files of a project's folder say. `name` and `version` only if they stand there."""

    folder: Path
    name: str | None
    version: str | None
    source: Source


def read_project(folder: Path) -> Project:
    """The project in `folder`; one without pyproject.toml has no configuration.

    Raises ConfigurationError if a file is no TOML, our table is none, or there are two.
    """
    pyproject = read_toml(folder / "pyproject.toml")
    tables = [
        *_hatch_tables(_table(pyproject, ("tool", "hatch")), "tool.hatch"),
        *_hatch_tables(read_toml(folder / "hatch.toml"), "hatch.toml: "),
    ]
    # Hatchling lets a hook's target table replace its global one.
    tables = tables[:1]
    own = (_table(pyproject, ("tool",)) or {}).get(TABLE)
    if isinstance(own, dict):
        tables.append(Source(own, f"tool.{TABLE}"))
    elif own is not None:
        raise ConfigurationError(f"tool.{TABLE}: must be a table, [tool.{TABLE}]")
    if len(tables) > 1:
        raise ConfigurationError(
            f"both {tables[0].path} and {tables[1].path} configure the upload: keep the first "
            "for Hatch, or the second for setuptools"
        )
    metadata = _table(pyproject, ("project",)) or {}
    name, version = metadata.get("name"), metadata.get("version")
    return Project(
        folder,
        name if isinstance(name, str) else None,
        version if isinstance(version, str) else None,
        tables[0] if tables else Source({}, f"tool.{TABLE}"),
    )


def without_hatch_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """A hook's table without the keys that are Hatchling's own."""
    return {key: value for key, value in table.items() if key not in HATCH_KEYS}


def _hatch_tables(hatch: Mapping[str, Any] | None, path: str) -> list[Source]:
    found = []
    for keys in (_TARGET_HOOKS, _GLOBAL_HOOKS):
        table = _table(hatch, keys)
        if table is not None:
            dot = "" if path.endswith(" ") else "."
            found.append(Source(without_hatch_keys(table), path + dot + ".".join(keys)))
    return found


def _table(parent: Mapping[str, Any] | None, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    found: Any = parent
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def read_toml(file: Path) -> Mapping[str, Any] | None:
    """The tables of a TOML file, None if there is no such file. Raises ConfigurationError."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read as TOML: {error}") from None
