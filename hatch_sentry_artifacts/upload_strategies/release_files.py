"""`upload-as = "release-files"`: each file is one of the release's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import ConfigurationError, ReleaseKept, UploadConflict
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.progress import progress
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.asides import Leftovers
from hatch_sentry_artifacts.sentry.releases.contents import Contents
from hatch_sentry_artifacts.sentry.releases.release_files import ReleaseFiles, refuse_conflicts
from hatch_sentry_artifacts.sentry.releases.release_plan import Step, list_files, plan
from hatch_sentry_artifacts.sentry.releases.releases import (
    Release,
    Releases,
    require_destination,
)
from hatch_sentry_artifacts.upload_strategies.completion import Completion
from hatch_sentry_artifacts.upload_strategies.origin import BY_ORDER, Origin
from hatch_sentry_artifacts.upload_strategies.strategy import Result, show_plan


@dataclass(frozen=True)
class ReleaseFilesStrategy:
    """Compares the release's files with the assets, and sends those that differ."""

    api: SentryApi
    options: Options
    console: Console
    origin: Origin = BY_ORDER

    def send(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Upload the assets to the release. Raises SentryArtifactsError."""
        with progress(self.console, sum(each.size for each in assets), len(assets)) as advance:
            return self._send(assets, target, advance)

    def _send(
        self, assets: Sequence[Asset], target: ReleaseName, advance: Callable[[int], None]
    ) -> Result:
        api, options = self.api, self.options
        releases = Releases(api)
        release = self._open(releases, target)
        there = [] if release.empty else list_files(api, release.version, options.workers)
        steps = plan(assets, there, target.dist)
        try:
            self._refuse_conflicts(steps, release)
        except (UploadConflict, ReleaseKept) as conflict:
            return Result([self._not_sent(step, release) for step in steps], conflict)
        if options.create_release:
            release = releases.fill(self._link(releases, release), self.origin.fields.named)
        files = ReleaseFiles(
            Contents(api, release.version, target.dist),
            Leftovers(there, target.dist),
            on_conflict=options.on_conflict,
            others=lambda: self._others(releases.find(release.version) or release),
            workers=options.workers,
            stop=api.transport.stop,
        )
        outcomes = files.send(steps, lambda outcome: advance(outcome.asset.size))
        for warning in files.warnings:
            self.console.warning(warning)
        result = Result(outcomes, files.refusal, has_page=True)
        if not result.ok:
            return result
        completion = Completion(api, options, self.console, self.origin)
        return replace(result, error=completion.complete(release))

    def look(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Show what `send` would do, from what the server holds now."""
        require_destination(self.api)
        release = self._find(Releases(self.api), target)
        there = list_files(self.api, target.release, self.options.workers) if release else []
        steps = plan(assets, there, target.dist)
        changes = {step.asset.name: step.change for step in steps}
        show_plan(assets, self.console, changes)
        error: UploadConflict | None = None
        if release is not None and self.options.on_conflict == "replace":
            try:
                self._refuse_conflicts(steps, release)
            except UploadConflict as conflict:
                error = conflict
        return Result([self._planned(step, release) for step in steps], error)

    def _find(self, releases: Releases, target: ReleaseName) -> Release | None:
        """Return the release, or None. Raises NotOffered before anything is changed."""
        release = releases.find(target.release)
        if release is None or self.api.connection.projects[0] not in release.projects:
            releases.require_files(target.release)
        return release

    def _open(self, releases: Releases, target: ReleaseName) -> Release:
        """Return the release, created if it is to be; it is linked only when all is well."""
        version, create = target.release, self.options.create_release
        own = self.api.connection.projects
        release = self._find(releases, target)
        if release is None:
            if create:
                return releases.create(version, self.origin.fields.of_new)
            require_destination(self.api)
            raise ConfigurationError(
                f"there is no release {version} in {self.api.connection}: create it first, or "
                "leave out `create-release = false`"
            )
        if not create and release.projects and own[0] not in release.projects:
            raise ConfigurationError(
                f"release {version} is not linked to the project {own[0]}, but to "
                f"{', '.join(release.others(own))}: link it first, or leave out "
                "`create-release = false`"
            )
        return release

    def _link(self, releases: Releases, release: Release) -> Release:
        own = self.api.connection.projects
        linked = releases.link(release)
        if (others := self._others(release)) and linked.projects != release.projects:
            self.console.warning(
                f"release {release.version} was one of {', '.join(others)} and is now also one of "
                f"{', '.join(own)}: if those are different packages, give each its own release, "
                'with `release = "{name}@{version}"`'
            )
        return linked

    def _others(self, release: Release) -> Sequence[str]:
        return release.others(self.api.connection.projects)

    def _refuse_conflicts(self, steps: Sequence[Step], release: Release) -> None:
        refuse_conflicts(
            steps,
            release.version,
            on_conflict=self.options.on_conflict,
            others=self._others(release),
        )
        if self.options.on_conflict == "replace":
            # A header that is put in changes nothing that is there.
            names = [
                step.asset.name
                for step in steps
                if step.there is not None and step.there.sha1 != step.asset.sha1
            ]
            self.origin.refuse_replacing(release, names)

    def _planned(self, step: Step, release: Release | None) -> Outcome:
        """Return what would become of a file."""
        if step.change == "same":
            return Outcome(step.asset, Status.UNCHANGED)
        if step.change == "changed" and self.options.on_conflict == "keep":
            return Outcome(step.asset, Status.KEPT)
        shared = release is not None and self._others(release)
        if step.change == "changed" and (shared or self.options.on_conflict == "error"):
            why = "the release holds other content of that name"
            return Outcome(step.asset, Status.FAILED, why)
        return Outcome(step.asset, Status.PLANNED)

    def _not_sent(self, step: Step, release: Release) -> Outcome:
        """Return what becomes of a file when the upload stops before it."""
        planned = self._planned(step, release)
        if planned.status is not Status.PLANNED:
            return planned
        return Outcome(step.asset, Status.FAILED, "not sent")
