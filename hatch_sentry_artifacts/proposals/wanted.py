"""Decides what the project's configuration lacks. What it says stays, whatever it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement

from hatch_sentry_artifacts.configuration.back_end import PLUGIN, names_plugin
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.connection import RELEASE, Found, connection_entries
from hatch_sentry_artifacts.proposals.edits import Add, Edit, Entry, Extend, dotted
from hatch_sentry_artifacts.proposals.ignored import covers
from hatch_sentry_artifacts.proposals.project_files import Kind, ProjectFiles

KEPT_MAPS = "build/source-maps"
_BROTLI = "brotli"
_BUILD = ("build-system",)
_FORCING = ("force-include", "shared-data", "extra-metadata")
_SETUPTOOLS = "setuptools>=70.1"
# Versions that make wheels without the package `wheel`, as far as one can know them.
_OWN_WHEELS = [f"{major}.1.0" for major in range(70, 130)]


@dataclass(frozen=True)
class Reasons:
    """Why options are proposed; each is "" where they are not.

    `artifacts` are folders that the wheel must hold, though version control ignores them.
    `keeps_maps` is whether the folder for what is kept is ignored, as it must not be in an sdist.
    """

    debug_ids: str = ""
    strip: str = ""
    artifacts: tuple[str, ...] = ()
    has_brotli: bool = False
    keeps_maps: bool = False


def wanted_edits(
    files: ProjectFiles, connection: Mapping[str, Found], reasons: Reasons
) -> list[Edit]:
    """Return the edits of the file that has, or is to have, the configuration.

    Raises ConfigurationError for a list that is none.
    """
    edits: list[Edit] = []
    if files.kind is Kind.REQUIRED:
        edits += _required(files)
    elif files.kind is Kind.HATCHLING:
        edits += _artifacts(files, reasons.artifacts)
    edits += _table(files, connection, reasons)
    return edits


def _table(
    files: ProjectFiles, connection: Mapping[str, Found], reasons: Reasons
) -> Iterator[Edit]:
    table = files.options
    entries = connection_entries(connection, table)
    if files.kind is Kind.HATCHLING and not names_plugin(files.requires):
        dependencies = [PLUGIN, *([_BROTLI] if table is None and reasons.has_brotli else [])]
        if table is None or "dependencies" not in table:
            entries.insert(0, Entry("dependencies", dependencies))
        elif not names_plugin(_list(files, (*files.own_table, "dependencies"))):
            yield Extend(files.own_table, "dependencies", (PLUGIN,))
    if table is None:
        if files.kind is Kind.HATCHLING:
            comment = "installing from the sdist needs no plugin"
            entries.insert(0, Entry("enable-by-default", value=False, comment=comment))
        entries += _new_entries(files, reasons)
    if entries:
        yield Add(files.own_table, tuple(entries))


def _new_entries(files: ProjectFiles, reasons: Reasons) -> Iterator[Entry]:
    yield Entry("release", RELEASE, "pages have to tell Sentry the same")
    if files.kind is Kind.OTHER:
        return  # what changes a wheel is done before it is built
    if reasons.debug_ids:
        yield Entry("debug-ids", "inject", reasons.debug_ids)
    if reasons.strip:
        yield Entry("source-maps", "strip", reasons.strip)
        if reasons.keeps_maps:
            yield Entry("keep-maps", KEPT_MAPS, "for a job that uploads later")


def _artifacts(files: ProjectFiles, folders: Sequence[str]) -> Iterator[Edit]:
    """Yield what lets Hatch pack the folders: the wheel's own list, if there is one, counts."""
    general, wheel = files.hatch_table("build"), files.hatch_table("build", "targets", "wheel")
    if wheel.get("ignore-vcs", general.get("ignore-vcs")) is True:
        return
    place = files.in_hatch("build", *(("targets", "wheel") if "artifacts" in wheel else ()))
    table = wheel if "artifacts" in wheel else general
    # What these name is packed whatever version control says.
    forced = [
        path
        for given in (general.get("force-include"), *map(wheel.get, _FORCING))
        for path in (given if isinstance(given, dict) else ())
    ]
    given = _list(files, (*place, "artifacts")) if "artifacts" in table else []
    missing = tuple(
        f"/{each}/"
        for each in folders
        if not covers(given, each) and not covers([f"/{path.strip('/')}" for path in forced], each)
    )
    if not missing:
        return
    if "artifacts" in table:
        yield Extend(place, "artifacts", missing)
    else:
        comment = "built, so git ignores it; the wheel holds it all the same"
        yield Add(place, (Entry("artifacts", [*missing], comment),))


def _required(files: ProjectFiles) -> Iterator[Edit]:
    """Yield what lets a build with setuptools or pdm-backend install the plugin."""
    build_system = files.table(*_BUILD)
    if build_system is None:
        back_end = Entry("build-backend", "setuptools.build_meta")
        yield Add(_BUILD, (Entry("requires", [_SETUPTOOLS, PLUGIN]), back_end))
    elif "requires" not in build_system:
        yield Add(_BUILD, (Entry("requires", [_SETUPTOOLS, PLUGIN]),))
    else:
        requires = _list(files, (*_BUILD, "requires"))
        if not names_plugin(requires):
            yield Extend(_BUILD, "requires", (PLUGIN + _extra(requires),))


def _extra(requires: Sequence[str]) -> str:
    """Return the extra that brings the package `wheel` for setuptools that has to be old."""
    for line in requires:
        try:
            found = Requirement(line)
        except InvalidRequirement:
            continue
        if found.name.lower() == "setuptools" and not any(
            map(found.specifier.contains, _OWN_WHEELS)
        ):
            return "[setuptools]"
    return ""


def _list(files: ProjectFiles, keys: tuple[str, ...]) -> list[str]:
    """Return a list of texts. Raises ConfigurationError if it is none."""
    found: object = files.tables
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return found
    raise ConfigurationError(f"{files.file}: {dotted(keys)}: must be a list of strings")
