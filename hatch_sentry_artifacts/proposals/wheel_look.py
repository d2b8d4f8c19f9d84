"""Looks at the newest built wheel: which scripts have a map, and which names are guesses."""

from __future__ import annotations

import os.path
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution, open_distribution
from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.rules import Place
from hatch_sentry_artifacts.configuration.finding import choose_wheels
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    NothingToUpload,
    SentryArtifactsError,
)

_BROTLI = ".br"


@dataclass(frozen=True)
class Unknown:
    """A folder of scripts in the wheel, and why nobody knows the names that browsers report.

    `knowable` is whether a person can say their prefix.
    """

    folder: str
    reason: str
    knowable: bool


@dataclass(frozen=True)
class WheelLook:
    """What a wheel holds. `problem` says why it could not be looked at, or has no scripts."""

    file_name: str
    name: str | None = None
    scripts: int = 0
    mapped: int = 0
    unknown: tuple[Unknown, ...] = ()
    inferred: tuple[Place, ...] = ()
    hint: str = ""
    about_maps: tuple[str, ...] = ()
    requirements: frozenset[str] = frozenset()
    has_brotli: bool = False
    problem: str = ""
    is_empty: bool = False


def look_at_wheel(project: Project, options: Options) -> WheelLook | None:
    """Return what the newest wheel in dist/ holds; None if there is none."""
    try:
        path = choose_wheels(project).chosen[0].path
    except ConfigurationError:
        return None
    try:
        with open_distribution(path) as distribution:
            return _look(distribution, path.name, options)
    except NothingToUpload:
        return WheelLook(path.name, problem=f"{path.name} holds no scripts", is_empty=True)
    except SentryArtifactsError as error:
        return WheelLook(path.name, problem=" ".join(error.lines))


def _look(distribution: Distribution, file_name: str, options: Options) -> WheelLook:
    found = collect(
        distribution, include=options.include, exclude=options.exclude, paths=options.paths
    )
    scripts = {each.path: each for each in found.assets if is_script(each.path)}
    contents = Contents.of(distribution.members, scripts)
    naming = find_naming(options.paths, distribution.members, scripts)
    doubts = {str(each): each for each in naming.doubts}
    unknown = []
    for finding in found.findings:
        if finding.rule == "name-guessed":
            text = next((each for each in doubts if finding.message.endswith(each)), "")
            doubt = doubts.get(text)
            reason = doubt.reason if doubt else finding.message
            knowable = doubt.knowable if doubt else True
            folder = (doubt.folder if doubt else "") or _common_folder(finding)
            unknown.append(Unknown(folder, reason, knowable))
    paths = [member.path for member in distribution.members]
    return WheelLook(
        file_name,
        name=distribution.name,
        scripts=len(scripts),
        mapped=sum(1 for each in scripts.values() if each.has_map),
        unknown=tuple(unknown),
        inferred=_with_scripts(naming.places, contents),
        hint=found.hint,
        about_maps=tuple(
            f"{each.message[:1].upper()}{each.message[1:]}."
            for each in found.findings
            if each.rule in {"no-map", "map-left-out"}
        ),
        requirements=contents.requirements,
        has_brotli=any(f"{path}{_BROTLI}" in set(paths) for path in scripts),
    )


def _with_scripts(places: tuple[Place, ...], contents: Contents) -> tuple[Place, ...]:
    return tuple(
        each
        for each in places
        if contents.holds_folder(each.folder) or each.folder in contents.served
    )


def _common_folder(finding: Finding) -> str:
    folders = [path.rpartition("/")[0] for path in (finding.path, *finding.others)]
    return os.path.commonpath(folders) if all(folders) else ""
