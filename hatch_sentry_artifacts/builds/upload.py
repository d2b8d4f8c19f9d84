"""What every build does about the upload: decide before the build, upload after it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.builds.keeping import Keeping, Kept, find_keeping, is_wanted
from hatch_sentry_artifacts.builds.landing import find_landing
from hatch_sentry_artifacts.builds.lost_maps import tell_of_lost_maps
from hatch_sentry_artifacts.builds.mode import MODE_VARIABLE, Decision, UploadMode, decide

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.builds.results import Reporting
    from hatch_sentry_artifacts.configuration.credentials.settings import Settings
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import Options, Source
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.errors import SentryArtifactsError
    from hatch_sentry_artifacts.payload import Content
    from hatch_sentry_artifacts.report import Report


@dataclass(frozen=True)
class NoUpload:
    """A build that uploads nothing. `options` is None if they must not matter.

    `keeping` is where it keeps what an upload in another job needs; None if it does not.
    """

    decision: Decision
    options: Options | None = None
    keeping: Keeping | None = None

    def run(
        self,
        wheel: Path,
        console: Console,
        shipment: Shipment | None = None,
        source_tree: SourceTree | None = None,
        *,
        final: Path | None = None,
    ) -> None:
        """Show the reason in one line, if there is one, and warn if the maps are lost.

        The arguments are those of `BuildUpload.run`. Raises SentryArtifactsError if what was to be
        kept cannot be.
        """
        if self.decision.why_not:
            console.info(f"nothing uploaded to Sentry: {self.decision.why_not}")
        elif not (self.keeping and self.keeping.problem):
            from hatch_sentry_artifacts.console import SilentConsole

            console = SilentConsole()
        kept = None
        if self.keeping and self.options:
            from hatch_sentry_artifacts.payload import Content

            content = Content(wheel, self.options, shipment=shipment, source_tree=source_tree)
            kept = self.keeping.keep_if_possible(content, final or wheel, console)
        tell_of_lost_maps(wheel, shipment, None, console, kept)


@dataclass(frozen=True)
class BuildUpload:
    """An upload that waits for its wheel.

    `folder` is the project's, in its checkout if that is known; `given_report` is a file that a
    command's own flag names, and not the project's configuration. `keeping` as in NoUpload.
    """

    decision: Decision
    options: Options
    configured: Wanted
    folder: Path
    flags: Wanted | None = None
    given_report: str | None = None
    keeping: Keeping | None = None

    def run(
        self,
        wheel: Path,
        console: Console,
        shipment: Shipment | None = None,
        source_tree: SourceTree | None = None,
        *,
        final: Path | None = None,
    ) -> None:
        """Upload what `wheel` holds and `shipment` left out of it, or say in one line why not.

        `source_tree` is where the wheel's files come from, `final` where it lies in the end. Raises
        SentryArtifactsError if the build is to fail.
        """
        from hatch_sentry_artifacts.builds.results import way_to_send
        from hatch_sentry_artifacts.conclusion import conclude
        from hatch_sentry_artifacts.console import RecordingConsole
        from hatch_sentry_artifacts.errors import SentryArtifactsError
        from hatch_sentry_artifacts.payload import Content

        report: Report | None = None
        kept: Kept | None = None
        hint = ""
        recording = RecordingConsole(console)
        content = Content(wheel, self.options, shipment=shipment, source_tree=source_tree)
        try:
            if self.keeping:
                everything = self.decision.mode is UploadMode.DRY_RUN
                kept = self.keeping.keep(content, final or wheel, recording, everything=everything)
            if kept:
                # So what is uploaded here and what may be elsewhere cannot differ.
                content = Content(wheel, self.options, side_file=kept.file)
            report = self._publish(content, console, tuple(recording.warnings))
            if report is not None:
                self._reporting().write(report, console)
                conclude(report, console)
        except SentryArtifactsError as error:
            hint = error.hint = error.hint or way_to_send(error, self.options, final or wheel, kept)
            self._pass_over(error, wheel, console, has_report=report is not None)
        finally:
            if not (kept and hint):
                tell_of_lost_maps(wheel, shipment, report, console, kept)

    def _pass_over(
        self, error: SentryArtifactsError, wheel: Path, console: Console, *, has_report: bool
    ) -> None:
        """Show why the build goes on in spite of `error`, or raise it."""
        from hatch_sentry_artifacts.errors import NothingToUpload

        passed_over = self._passes_over(error)
        if not has_report and not (passed_over and isinstance(error, NothingToUpload)):
            self._reporting().write_failure(wheel.name, error, console)
        if not passed_over:
            raise error
        *lines, last = error.lines
        console.warning(*lines, f"{last}{self._why_it_goes_on(error)}")
        if error.hint:
            console.info(error.hint)

    def check_settings(self) -> None:
        """Raise ConfigurationError if the upload is ordered and lacks what it needs."""
        from hatch_sentry_artifacts.errors import ConfigurationError

        if self.decision != Decision(UploadMode.UPLOAD, ordered=True):
            return
        try:
            self.settings().connection()
        except ConfigurationError as error:
            if not self._passes_over(error):
                raise

    def settings(self) -> Settings:
        """Return where to upload to, and with which token."""
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
        self, content: Content, console: Console, warnings: tuple[str, ...]
    ) -> Report | None:
        """Return what was uploaded; None if nothing was to be. `warnings` were shown already."""
        settings = self.settings()
        if settings.missing and not self.decision.ordered:
            # The missing setting may be in a file that could not be read.
            lacks = "; ".join([*settings.problems, *map(str, settings.missing)])
            console.info(
                f"nothing uploaded to Sentry: {lacks}; {MODE_VARIABLE}=off silences this line"
            )
            return None
        # Imported late, since it imports all HTTP code, which most builds do not need.
        from hatch_sentry_artifacts.configuration.checkout import read_checkout
        from hatch_sentry_artifacts.publish import Job, publish
        from hatch_sentry_artifacts.upload_strategies.origin import Origin

        checkout = read_checkout(self.folder, os.environ)
        job = Job(
            content,
            settings,
            dry_run=self.decision.mode is UploadMode.DRY_RUN,
            origin=Origin(self.decision.ordered, checkout),
            warnings=warnings,
        )
        return publish(job, console)

    def _reporting(self) -> Reporting:
        from hatch_sentry_artifacts.builds.results import Reporting

        dry_run = self.decision.mode is UploadMode.DRY_RUN
        return Reporting(self.options, self.folder, self.given_report, dry_run)

    def _passes_over(self, error: SentryArtifactsError) -> bool:
        """Return whether the build goes on in spite of `error`."""
        from hatch_sentry_artifacts.errors import (
            ConfigurationError,
            CredentialsMissing,
            NothingToUpload,
            ReleaseKept,
        )

        if isinstance(error, ReleaseKept):
            return True
        if isinstance(error, NothingToUpload) and not self._is_order_to_upload():
            return True
        if self.options.on_error == "fail":
            return False
        if isinstance(error, CredentialsMissing):
            # As in a pipeline for a fork, which gets no secrets. What an organization
            # token says of the organization is missing with it.
            return self.settings().token is None
        return not isinstance(error, ConfigurationError)

    def _is_order_to_upload(self) -> bool:
        return self.decision.ordered and self.decision.mode is UploadMode.UPLOAD

    def _why_it_goes_on(self, error: SentryArtifactsError) -> str:
        from hatch_sentry_artifacts.errors import ReleaseKept

        warns = self.options.on_error == "warn" and not isinstance(error, ReleaseKept)
        return ' (the build goes on, since on-error is "warn")' if warns else ""


def prepare(
    *,
    root: Path,
    destination: Path,
    environment: Mapping[str, str],
    read_source: Callable[[], Source],
) -> BuildUpload | NoUpload:
    """Return what to do with the wheel that is about to be built in `destination`.

    `read_source` is called only if the build may upload: an installation does not need the
    configuration. Raises ConfigurationError with all that is wrong in it,
    or if the upload is an order and lacks what it needs.
    """
    landing = find_landing(root, destination)
    decision = decide(environment, landing)
    if decision.for_installer or (decision.is_off and not is_wanted(read_source)):
        return NoUpload(decision)
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import read_options

    source = read_source()
    options = read_options(source)
    keeping = find_keeping(options, landing, destination)
    if decision.mode is UploadMode.OFF:
        return NoUpload(decision, options, keeping)
    wanted = Wanted.of(options, source.path)
    upload = BuildUpload(decision, options, wanted, landing.project, keeping=keeping)
    upload.check_settings()
    return upload


def explicit(*, root: Path, destination: Path, flags: Source, dry_run: bool) -> BuildUpload:
    """Return the upload that a command asks for in the project at `root`, where `flags` win.

    `destination` is where its wheel lands.
    Raises ConfigurationError with all that is wrong in either.
    """
    from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
    from hatch_sentry_artifacts.configuration.options import read_options
    from hatch_sentry_artifacts.configuration.project import read_project

    source = read_project(root).source
    options, given = read_options(source, flags), read_options(flags)
    mode = UploadMode.DRY_RUN if dry_run else UploadMode.UPLOAD
    return BuildUpload(
        Decision(mode, ordered=True),
        options,
        Wanted.of(read_options(source), source.path),
        root,
        flags=Wanted.of(given),
        given_report=given.report,
        keeping=find_keeping(options, find_landing(root, destination), destination),
    )


def editable_order(environment: Mapping[str, str], root: Path) -> str:
    """Return the line on an order to upload that an editable wheel does not follow, "" if none."""
    decision = decide(environment, find_landing(root, root), editable=True)
    return f"nothing uploaded to Sentry: {decision.why_not}" if decision.why_not else ""
