"""Looks at what a project has besides its configuration: bundlers, built files, its wheel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.assets.naming.frameworks import why_computed
from hatch_sentry_artifacts.builds.workspaces import folders_below
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.proposals.bundlers import Bundler, find_bundlers
from hatch_sentry_artifacts.proposals.ignored import ignored_folders, is_ignored, script_folders
from hatch_sentry_artifacts.proposals.project_files import Kind, ProjectFiles
from hatch_sentry_artifacts.proposals.texts import text_of
from hatch_sentry_artifacts.proposals.wanted import KEPT_MAPS, Reasons
from hatch_sentry_artifacts.proposals.wheel_look import WheelLook, look_at_wheel

_MOST_SETTINGS = 50
_HASHING = re.compile(r"\b(?:Compressed)?ManifestStaticFilesStorage\b")
_CLOSED = ("Private :: ", "License :: Other/Proprietary")
# Folders whose settings are those of no release.
_TRIALS = frozenset({"test", "tests", "testing", "docs", "example", "examples", "demo", "sandbox"})
_PLACEHOLDER = "FOLDER"


@dataclass(frozen=True)
class Surroundings:
    """What was found: `wheel` is None if none is built, `scripts` the folders of built scripts."""

    bundlers: tuple[Bundler, ...]
    wheel: WheelLook | None
    name: str | None
    requirements: frozenset[str]
    scripts: tuple[str, ...]
    reasons: Reasons


def look_around(files: ProjectFiles, options: Options) -> Surroundings:
    """Return what the project's folder holds; nothing of it is run."""
    bundlers = tuple(find_bundlers(files.folder))
    outputs = [each.output for each in bundlers if each.output]
    wheel = look_at_wheel(files.project, options)
    requirements = files.requirements | (wheel.requirements if wheel else frozenset())
    artifacts = ignored_folders(files.folder, outputs) if files.kind is Kind.HATCHLING else []
    return Surroundings(
        bundlers,
        wheel,
        (wheel.name if wheel else None) or files.name,
        requirements,
        tuple(script_folders(files.folder, outputs)) or (_PLACEHOLDER,),
        Reasons(
            debug_ids=_why_ids(files, wheel, requirements),
            strip=_why_strip(files),
            artifacts=tuple(artifacts),
            has_brotli=wheel is not None and wheel.has_brotli,
            keeps_maps=is_ignored(files.folder, KEPT_MAPS),
        ),
    )


def _why_ids(files: ProjectFiles, wheel: WheelLook | None, requirements: frozenset[str]) -> str:
    """Return why names cannot be relied upon, as a comment; "" if they can."""
    if wheel and wheel.unknown:
        return "events find files by them, whatever the URL"
    if computed := why_computed(requirements):
        return computed
    if any(_HASHING.search(text_of(each)) for each in _settings_files(files.folder)):
        return "ManifestStaticFilesStorage gives files other names later"
    return ""


def _why_strip(files: ProjectFiles) -> str:
    classifiers = (files.table("project") or {}).get("classifiers")
    found = classifiers if isinstance(classifiers, list) else []
    closed = any(isinstance(each, str) and each.startswith(_CLOSED) for each in found)
    return "the sources are not for everybody" if closed else ""


def _settings_files(folder: Path) -> Iterator[Path]:
    """Yield the modules that may be settings of Django."""
    left = _MOST_SETTINGS
    for each in folders_below(folder):
        if not _TRIALS.isdisjoint(each.relative_to(folder).parts):
            continue
        for file in sorted(each.glob("settings.py" if each.name != "settings" else "*.py")):
            left -= 1
            if left < 0:
                return
            yield file
