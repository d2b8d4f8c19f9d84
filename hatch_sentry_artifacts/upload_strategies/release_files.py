"""`upload-as = "release-files"`: each file is one of the release's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.console import Console, progress
from hatch_sentry_artifacts.errors import NotFound, UploadConflict
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.release_files import ReleaseFiles
from hatch_sentry_artifacts.sentry.releases.release_plan import Step, list_files, plan
from hatch_sentry_artifacts.sentry.releases.releases import open_release, require_destination
from hatch_sentry_artifacts.upload_strategies.strategy import Result, finalize, show_plan


@dataclass(frozen=True)
class ReleaseFilesStrategy:
    """Compares the release's files with the assets, and sends those that differ."""

    api: SentryApi
    options: Options
    console: Console

    def send(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Bring the release to hold the assets. Raises SentryArtifactsError."""
        api, options = self.api, self.options
        release = open_release(api, target.release, create=options.create_release)
        there = [] if release.empty else list_files(api, release.version, options.workers)
        steps = plan(assets, there, target.dist)
        files = ReleaseFiles(
            api,
            release.version,
            target.dist,
            on_conflict=options.on_conflict,
            workers=options.workers,
        )
        try:
            with progress(len(steps)) as advance:
                outcomes = files.send(steps, lambda _: advance(1))
        except UploadConflict as conflict:
            return Result([self._not_sent(step) for step in steps], conflict)
        for warning in files.warnings:
            self.console.warning(warning)
        result = Result(outcomes, files.refusal)
        if options.finalize_release and result.ok:
            return replace(result, error=finalize(api, lambda: release))
        return result

    def look(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Show what `send` would do, from what the server holds now."""
        require_destination(self.api)
        try:
            there = list_files(self.api, target.release, self.options.workers)
        except NotFound:
            there = []
        steps = plan(assets, there, target.dist)
        changes = {step.asset.path: step.change for step in steps}
        show_plan(assets, self.console, changes)
        return Result([self._planned(step) for step in steps])

    def _planned(self, step: Step) -> Outcome:
        """Return what would become of a file."""
        if step.change == "same":
            return Outcome(step.asset, Status.UNCHANGED)
        if step.change == "changed" and self.options.on_conflict == "keep":
            return Outcome(step.asset, Status.KEPT)
        if step.change == "changed" and self.options.on_conflict == "error":
            why = "the release holds other content of that name"
            return Outcome(step.asset, Status.FAILED, why)
        return Outcome(step.asset, Status.PLANNED)

    def _not_sent(self, step: Step) -> Outcome:
        """Return what becomes of a file when the upload stops before it."""
        planned = self._planned(step)
        if planned.status is not Status.PLANNED:
            return planned
        return Outcome(step.asset, Status.FAILED, "not sent")
