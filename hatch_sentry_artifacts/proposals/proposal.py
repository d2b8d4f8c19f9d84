"""Puts together what a project lacks for uploads: one file's new content, and advice."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.builds.prospects import find_prospects
from hatch_sentry_artifacts.configuration.credentials.settings import Settings, find_settings
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.configuration.options import Options, read_options
from hatch_sentry_artifacts.configuration.project import project_of
from hatch_sentry_artifacts.configuration.release_name import release_template
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.about_files import file_sections
from hatch_sentry_artifacts.proposals.advice import Section, section
from hatch_sentry_artifacts.proposals.browser_release import browser_section
from hatch_sentry_artifacts.proposals.connection import (
    Found,
    connection_section,
    find_connection,
)
from hatch_sentry_artifacts.proposals.editing import edit_toml
from hatch_sentry_artifacts.proposals.edits import Edit, apply_to
from hatch_sentry_artifacts.proposals.front_end import find_front_end
from hatch_sentry_artifacts.proposals.pipeline import pipeline_sections
from hatch_sentry_artifacts.proposals.project_files import (
    Kind,
    ProjectFiles,
    read_content,
    read_project_files,
)
from hatch_sentry_artifacts.proposals.surroundings import Surroundings, look_around
from hatch_sentry_artifacts.proposals.wanted import wanted_edits


@dataclass(frozen=True)
class Proposal:
    """The file to change, its content `before` and `after`, and what to do besides."""

    file: Path
    back_end: str
    before: bytes
    after: bytes
    edits: tuple[Edit, ...]
    sections: tuple[Section, ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be changed."""
        return self.before != self.after

    @property
    def diff(self) -> list[str]:
        """The lines of a unified diff; none if nothing changes."""
        name = self.file.name
        old, new = _lines(self.before), _lines(self.after)
        return [*difflib.unified_diff(old, new, name if old else "/dev/null", name, lineterm="")]


def _lines(content: bytes) -> list[str]:
    """Return the lines as TOML has them: other characters do not end one."""
    lines = [line.removesuffix("\r") for line in content.decode("utf-8").split("\n")]
    return lines if lines[-1] else lines[:-1]


def propose(
    folder: Path, environment: Mapping[str, str], home: Path | None, flags: Options
) -> Proposal:
    """Return the proposal for the project around `folder`.

    Raises ConfigurationError if there is none, if what it says is wrong, or if what is there cannot
    be added to.
    """
    files = read_project_files(folder)
    options = _read_options(files)
    settings = _settings(files, options, environment, home, flags)
    found = find_connection(settings)
    around = look_around(files, options)
    edits = wanted_edits(files, found, around.reasons)
    before = read_content(files.file)
    after = edit_toml(before, edits, files.file.name)
    result = _options_with(files, edits)
    return Proposal(
        files.file,
        files.back_end,
        before,
        after,
        tuple(edits),
        (*_connection(files, found, settings), *_sections(files, around, result)),
    )


def _read_options(files: ProjectFiles) -> Options:
    """Return the options that the project has already. Raises ConfigurationError for wrong ones."""
    for each in find_prospects(files.folder, {}):
        if each.wrong and each.what == "table":
            raise ConfigurationError(f"{files.folder}: {each.text}; then run `init` again")
    return read_options(files.project.source)


def _options_with(files: ProjectFiles, edits: list[Edit]) -> Options:
    """Return the options as the edited file has them, read as a build reads them."""
    tables = apply_to(files.tables, edits, files.file.name)
    apart = files.configures_hatch_apart
    project = project_of(
        files.folder,
        files.pyproject if apart else tables,
        tables if apart else files.hatch_toml,
    )
    return read_options(project.source)


def _settings(
    files: ProjectFiles,
    options: Options,
    environment: Mapping[str, str],
    home: Path | None,
    flags: Options,
) -> Settings:
    return find_settings(
        environment=environment,
        folder=files.folder,
        home=home,
        flags=Wanted.of(flags),
        configured=Wanted.of(options, files.project.source.path),
    )


def _connection(
    files: ProjectFiles, found: Mapping[str, Found], settings: Settings
) -> Iterator[Section]:
    lines = connection_section(found, files.options, settings.problems)
    if files.kind is Kind.REQUIRED and files.table("build-system") is None:
        lines.append(
            "There was no [build-system], for which front ends take setuptools, as is proposed. If "
            "another back end is meant, name it first."
        )
    if lines:
        yield section("Where uploads go", *lines)


def _sections(files: ProjectFiles, around: Surroundings, options: Options) -> Iterator[Section]:
    yield from file_sections(files, around, options)
    front_end = find_front_end(files, around.bundlers)
    yield from pipeline_sections(files, front_end, around.scripts, options)
    yield browser_section(around.name, release_template(options), around.requirements)
