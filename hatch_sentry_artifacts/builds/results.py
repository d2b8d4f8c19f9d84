"""What a build leaves of its upload: reports, and how a failed one is made up for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.builds.keeping import Kept, shown, upload_command
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import (
    REFUSED,
    UPLOAD_FAILED,
    ConfigurationError,
    SentryArtifactsError,
    UploadConflict,
    ValidationError,
)
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.report_files import Failure, append_summary, write_reports


@dataclass(frozen=True)
class Reporting:
    """Where the reports of a build go: `given` names a file by a command's flag."""

    options: Options
    folder: Path
    given: str | None
    dry_run: bool

    def write(self, result: Report | Failure, console: Console) -> None:
        """Write the report, and add to the page of GitHub's job, unless nothing was to be sent.

        Raises ConfigurationError if the report cannot be written.
        """
        named = self.given or self.options.report
        file = self.folder / named if named else None
        if not self.dry_run:
            problem = append_summary([result], os.environ, file)
            if problem:
                console.warning(problem)
        if file is not None and (self.given or not self.dry_run):
            write_reports([result], file, inside=None if self.given else self.folder)

    def write_failure(self, what: str, error: SentryArtifactsError, console: Console) -> None:
        """Write the error that left nothing else to report; it counts more than the report."""
        try:
            self.write(Failure(what, error), console)
        except ConfigurationError as problem:
            console.warning(*problem.lines)


def way_to_send(
    error: SentryArtifactsError, options: Options, wheel: Path, kept: Kept | None
) -> str:
    """Return how the upload is made up for without another build; "" if that is the only way.

    A finished wheel has neither maps that were left out of it, nor texts from the project: those
    have to be `kept`.
    """
    only_built = options.source_maps == "strip" or options.sources_content == "embed"
    sendable = error.exit_code in {UPLOAD_FAILED, REFUSED}
    if not sendable or isinstance(error, (UploadConflict, ValidationError)):
        return ""
    if kept is None and only_built:
        return ""
    command = kept.command if kept else upload_command(wheel)
    return (
        f"the wheel is finished and stays in {shown(wheel.parent)}; to send what is missing: "
        f"{command}"
    )
