"""Looks at the newest wheel as a build's upload would, and says what would be wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution, open_distribution
from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.assets.scripts.sdk_release import releases_said
from hatch_sentry_artifacts.builds.prospects import Prospect
from hatch_sentry_artifacts.configuration.checkout import read_checkout
from hatch_sentry_artifacts.configuration.finding import choose_wheels
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.configuration.release_name import release_name, version_remark
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError

_PAGES = (".html", ".htm", ".jinja", ".jinja2", ".j2")
# How much text is searched for `Sentry.init`, in bytes.
_MOST_FILE_BYTES = 8 * 1024 * 1024
_MOST_BYTES = 64 * 1024 * 1024


def find_wheel_prospects(project: Project, options: Options) -> Iterator[Prospect]:
    """Yield what is wrong with the wheel of the project's version in dist/, else the newest."""
    try:
        path = choose_wheels(project).chosen[0].path
    except ConfigurationError:
        yield Prospect("wheel", f"none in {project.folder / 'dist'} yet: build it, to have it seen")
        return
    try:
        with open_distribution(path) as distribution:
            yield from _look(distribution, path, project.folder, options)
    except SentryArtifactsError as error:
        yield Prospect("wheel", " ".join(error.lines))


def _look(
    distribution: Distribution, path: Path, folder: Path, options: Options
) -> Iterator[Prospect]:
    version = distribution.version
    release = release_name(options, distribution.name, version, owner=path.name, hint="").release
    shallow = read_checkout(folder, os.environ).shallow
    if remark := version_remark(version, options, shallow=shallow):
        yield Prospect("version", remark)
    said = _releases_in(distribution)
    if len(said) == 1 and release not in said:
        ((literal, place),) = said.items()
        yield Prospect(
            "release",
            f'{place} tells Sentry the release "{literal}", but uploads go to {release}: events '
            "find only files of their own release, so let both be the same",
        )
    found = collect(
        distribution, include=options.include, exclude=options.exclude, paths=options.paths
    )
    if found.hint and options.debug_ids != "inject":
        yield Prospect("names", f"{path.name}: {found.hint}", hint=True)
    stripped = options.source_maps == "strip"
    yield from (
        Prospect("wheel", f"{path.name}: {finding}")
        for finding in _first_of_each_rule(found.findings)
        if not (stripped and finding.rule == "no-map")
    )


def _first_of_each_rule(findings: tuple[Finding, ...]) -> list[Finding]:
    return list({finding.rule: finding for finding in reversed(findings)}.values())[::-1]


def _releases_in(distribution: Distribution) -> dict[str, str]:
    """Return the releases that scripts and pages of the wheel set, each with one such file."""
    found: dict[str, str] = {}
    left = _MOST_BYTES
    for member in distribution.members:
        wanted = is_script(member.path) or member.path.lower().endswith(_PAGES)
        if not wanted or member.size > min(left, _MOST_FILE_BYTES):
            continue
        left -= member.size
        with member.open() as content:
            text = content.read()
        if b"dsn" in text and b"release" in text:
            for release in releases_said(text.decode("utf-8", "replace")):
                found.setdefault(release, member.path)
    return found
