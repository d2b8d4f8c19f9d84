"""What every build front end does: decide, check the options before the build, upload after it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.builds.mode import UploadMode, is_for_installer, own_project, read_mode

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.configuration.credentials.settings import Settings
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import Options, Source
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.report import Report

# The states of a bundle that the server has all of, and may make something of yet.
_UNDECIDED = {"created", "assembling"}


@dataclass(frozen=True)
class BuildUpload:
    """An upload that waits for its wheel.

    `folder` is the project's own, where it is known; `given_report` is a file that a command's own
    flag names, and not the project's configuration.
    """

    options: Options
    configured: Wanted
    folder: Path
    is_own: bool
    order: UploadMode
    flags: Wanted | None = None
    given_report: str | None = None

    def run(
        self,
        wheel: Path,
        console: Console,
        shipment: Shipment | None = None,
        on_disk: SourceTree | None = None,
    ) -> None:
        """Upload what `wheel` holds and `shipment` left out of it, or say in one line why not.

        `on_disk` is where the wheel's files come from. Raises SentryArtifactsError for what has to
        fail the build.
        """
        from hatch_sentry_artifacts.errors import (
            ConfigurationError,
            NothingToUpload,
            SentryArtifactsError,
        )

        if shipment:
            from hatch_sentry_artifacts.builds.shipping import check_wheel

            check_wheel(wheel, shipment)
        report: Report | None = None
        try:
            report = self._publish(wheel, console, shipment, on_disk)
            if report is not None:
                self._conclude(report, console)
        except NothingToUpload as error:
            console.warning(*error.lines)
        except ConfigurationError:
            raise
        except SentryArtifactsError as error:
            if self.options.on_error == "fail":
                raise
            *lines, last = error.lines
            console.warning(*lines, f'{last} (the build goes on, since on-error is "warn")')
        finally:
            lack = _lack_of_maps(report)
            if shipment and shipment.unshipped and lack:
                console.warning(f"{wheel.name} ships without its source maps, and Sentry {lack}")

    def settings(self) -> Settings:
        """Where to upload to, and with which token."""
        from hatch_sentry_artifacts.configuration.credentials.sentryclirc import home_folder
        from hatch_sentry_artifacts.configuration.credentials.settings import find_settings

        return find_settings(
            environment=os.environ,
            folder=self.folder,
            home=home_folder(),
            flags=self.flags,
            configured=self.configured,
        )

    def _publish(
        self,
        wheel: Path,
        console: Console,
        shipment: Shipment | None,
        on_disk: SourceTree | None,
    ) -> Report | None:
        """What was uploaded; None if nothing was to be."""
        settings = self.settings()
        if self.order is UploadMode.NONE:
            why = self._why_not(settings)
            if why:
                console.info(f"nothing uploaded to Sentry: {why}")
                return None
        # Late, since it brings all that talks to servers, which most builds have no use for.
        from hatch_sentry_artifacts.publish import Job, publish

        job = Job(
            wheel,
            self.options,
            settings,
            dry_run=self.order is UploadMode.DRY_RUN,
            shipment=shipment,
            on_disk=on_disk,
        )
        return publish(job, console)

    def _conclude(self, report: Report, console: Console) -> None:
        from hatch_sentry_artifacts.publish import conclude
        from hatch_sentry_artifacts.report import write_reports

        if self.given_report:
            write_reports([report], self.folder / self.given_report)
        elif self.options.report and not report.dry_run:
            write_reports([report], self.folder / self.options.report, inside=self.folder)
        conclude(report, console)

    def _why_not(self, settings: Settings) -> str:
        if settings.missing:
            # What is missing may stand in a file that could not be read.
            why = "; ".join([*settings.problems, *map(str, settings.missing)])
            return f"{why}, or SENTRY_ARTIFACTS=off for silence"
        if not self.is_own:
            return (
                "the wheel lands outside of the project that is built; "
                "SENTRY_ARTIFACTS=upload uploads all the same"
            )
        return ""


def _lack_of_maps(report: Report | None) -> str:
    """What is wrong with Sentry's maps, and what to do; "" if nothing is."""
    if report and report.bundle and report.failed and report.bundle.state in _UNDECIDED:
        return (
            "did not say yet whether it has them all: see `hatch-sentry-artifacts list` before "
            "you release it, or build it again, with the upload"
        )
    # A map is found by a header of its script, which no later upload of that script has.
    if report is None or report.dry_run or report.failed:
        return "has not got them all: build it again, with the upload, before you release it"
    return ""


def prepare(
    *,
    root: Path,
    destination: Path,
    environment: Mapping[str, str],
    read_source: Callable[[], Source],
) -> BuildUpload | None:
    """The upload for the wheel that is about to be built in `destination`; None if there is none.

    `read_source` is asked only where the build may upload: a machine that merely installs has
    nothing to do with the configuration. Raises ConfigurationError with all that is wrong in it,
    or if the upload is an order and lacks what it needs.
    """
    if is_for_installer(environment, destination):
        return None
    order = read_mode(environment)
    if order is UploadMode.OFF:
        return None
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import read_options

    source = read_source()
    options = read_options(source)
    own = own_project(root, destination)
    wanted = Wanted.of(options, source.path)
    upload = BuildUpload(options, wanted, own or root, own is not None, order)
    if order is UploadMode.UPLOAD:
        upload.settings().connection()
    return upload


def explicit(*, root: Path, flags: Source, dry_run: bool) -> BuildUpload:
    """The upload that a command asks for in the project at `root`, where `flags` win.

    Raises ConfigurationError with all that is wrong in either.
    """
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import read_options
    from hatch_sentry_artifacts.configuration.project import read_project

    source = read_project(root).source
    options, given = read_options(source, flags), read_options(flags)
    return BuildUpload(
        options,
        Wanted.of(read_options(source), source.path),
        root,
        is_own=True,
        order=UploadMode.DRY_RUN if dry_run else UploadMode.UPLOAD,
        flags=Wanted.of(given),
        given_report=given.report,
    )
