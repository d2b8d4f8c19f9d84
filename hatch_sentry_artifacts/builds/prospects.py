"""Says why a build in this project, in this environment, would not upload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.builds.landing import DIST, find_landing
from hatch_sentry_artifacts.builds.mode import (
    HATCH_TRUE,
    HATCH_VARIABLE,
    MODE_VARIABLE,
    UploadMode,
    decide,
)
from hatch_sentry_artifacts.configuration.back_end import PLUGIN, back_end_of, names_plugin
from hatch_sentry_artifacts.configuration.files import read_toml
from hatch_sentry_artifacts.configuration.project import HOOK, TABLE, misspelt_table, table_at

_ALL_HOOKS, _NO_HOOKS = "HATCH_BUILD_HOOKS_ENABLE", "HATCH_BUILD_NO_HOOKS"
_RIGHT_PLACES = {"build.hooks", "build.targets.wheel.hooks"}
_HOOK_TABLE = f"[tool.hatch.build.targets.wheel.hooks.{HOOK}]"
_SIMILAR = 0.8


@dataclass(frozen=True)
class Prospect:
    """One thing about a build: `what` it is, and a sentence.

    `wrong` is what no build gets past; else it may be meant so, or differ in the release pipeline.
    A `hint` is right as it is, for most.
    """

    what: str
    text: str
    wrong: bool = False
    hint: bool = False


@dataclass(frozen=True)
class _Files:
    """The tables of a project, as its files have them."""

    pyproject: Mapping[str, Any]
    hatch: Mapping[str, Any]

    @property
    def back_end(self) -> str:
        return back_end_of(self.pyproject)

    @property
    def requires(self) -> object:
        return (table_at(self.pyproject, ("build-system",)) or {}).get("requires")


def find_prospects(folder: Path, environment: Mapping[str, str]) -> Iterator[Prospect]:
    """Yield what keeps a build of the project in `folder` from uploading, and what to do.

    Raises ConfigurationError for an order that is none, or a file that cannot be read.
    """
    pyproject = read_toml(folder / "pyproject.toml")
    if pyproject is None:
        return
    hatch = table_at(pyproject, ("tool", "hatch")) or {}
    files = _Files(pyproject, hatch)
    directory = DIST
    if files.back_end.startswith("hatchling"):
        apart = read_toml(folder / "hatch.toml") or {}
        files = _Files(pyproject, {**hatch, **apart})
        yield from _hatch(files, environment)
        given = (table_at(files.hatch, ("build",)) or {}).get("directory")
        directory = given if isinstance(given, str) else DIST
    elif files.back_end.startswith("setuptools"):
        yield from _with_table(files, "setuptools")
    elif files.back_end.startswith("pdm.backend"):
        yield from _with_table(files, "pdm-backend")
    else:
        yield Prospect(
            "back end",
            f"{files.back_end} takes no hooks of others: run `{PLUGIN} upload` after the build",
        )
        return
    yield from _decision(folder, directory, environment)


def _decision(folder: Path, directory: str, environment: Mapping[str, str]) -> Iterator[Prospect]:
    decision = decide(environment, find_landing(folder, folder / directory))
    if decision.is_off and not decision.for_installer:
        yield Prospect("build", f"{MODE_VARIABLE}=off: a build here uploads nothing, and is silent")
    elif decision.mode is UploadMode.OFF:
        yield Prospect("build", f"a build here uploads nothing: {decision.why_not}")
    elif decision.mode is UploadMode.DRY_RUN:
        yield Prospect("build", f"{MODE_VARIABLE}=dry-run: a build here sends nothing")


def _hatch(files: _Files, environment: Mapping[str, str]) -> Iterator[Prospect]:
    places = list(_hook_tables(files.hatch))
    table = next((found for place, name, found in places if _is_ours(place, name)), None)
    if table is None:
        yield _no_hook(files, places)
        return
    if not names_plugin(table.get("dependencies")) and not names_plugin(files.requires):
        yield Prospect(
            "plugin",
            f'no build installs it: set `dependencies = ["{PLUGIN}"]` in the hook\'s table',
            wrong=True,
        )
    yield from _switch(table, environment)


def _switch(table: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[Prospect]:
    """Yield why Hatch does not run the hook in this environment."""
    if environment.get(_NO_HOOKS, "") in HATCH_TRUE:
        yield Prospect("hook", f"off: {_NO_HOOKS} is set, so Hatch runs no hook")
    elif table.get("enable-by-default") is False:
        given = environment.get(_ALL_HOOKS, "")
        if HATCH_TRUE.isdisjoint((given, environment.get(HATCH_VARIABLE, ""))):
            wrong = f"{_ALL_HOOKS} is {given!r}, not true; " if given else ""
            yield Prospect(
                "hook",
                f"off: {wrong}the table has `enable-by-default = false`, so set "
                f"{HATCH_VARIABLE}=true where the release is built ({MODE_VARIABLE} alone does not "
                "run it)",
            )


def _no_hook(files: _Files, places: list[tuple[str, str, Mapping[str, Any]]]) -> Prospect:
    """Return what is wrong where Hatch finds no table for our hook."""
    own = table_at(files.pyproject, ("tool",)) or {}
    other = TABLE if TABLE in own else misspelt_table(own)
    for place, name, _ in places:
        if get_close_matches(HOOK, re.split(r"[-_]", name.lower()), 1, _SIMILAR):
            return Prospect(
                "table",
                f"[tool.hatch.{place}.{name}] counts for nothing: name it {_HOOK_TABLE}",
                wrong=True,
            )
    if other:
        return Prospect(
            "table",
            f"[tool.{other}] is for setuptools, and this project's back end is hatchling: name it "
            f"{_HOOK_TABLE}",
            wrong=True,
        )
    return Prospect(
        "table", f"a build has no hook of ours: add {_HOOK_TABLE}, as `{PLUGIN} init` proposes"
    )


def _is_ours(place: str, name: str) -> bool:
    return place in _RIGHT_PLACES and name == HOOK


def _hook_tables(
    tables: Mapping[str, Any], place: str = ""
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the tables of hooks, in whatever place: the place, the name, and the table."""
    for name, table in tables.items():
        if not isinstance(table, dict) or name in {"envs", "metadata", "version"}:
            continue
        if get_close_matches(place.rpartition(".")[2], ["hooks"], 1, 0.7) or name == HOOK:
            yield place, name, table
        else:
            yield from _hook_tables(table, f"{place}.{name}".lstrip("."))


def _with_table(files: _Files, back_end: str) -> Iterator[Prospect]:
    tool = table_at(files.pyproject, ("tool",)) or {}
    hatch = next((place for place, name, _ in _hook_tables(files.hatch) if name == HOOK), None)
    if TABLE not in tool:
        other = misspelt_table(tool)
        other = f"tool.{other}" if other else f"tool.hatch.{hatch}.{HOOK}" if hatch else ""
        yield Prospect(
            "table",
            f"[{other}] counts for nothing with {back_end}: name it [tool.{TABLE}]"
            if other
            else f"a build with {back_end} uploads nothing without [tool.{TABLE}]: "
            f"`{PLUGIN} init` proposes one",
            wrong=bool(other),
        )
    if not names_plugin(files.requires):
        yield Prospect(
            "plugin",
            f'not in `requires` of [build-system], so no build uploads: add "{PLUGIN}" there, or '
            f"run `{PLUGIN} upload` after the build",
        )
