"""What follows the files of an upload: steps of their release, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import ReleaseKept, SentryArtifactsError
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases
from hatch_sentry_artifacts.upload_strategies.commits import CommitsStep
from hatch_sentry_artifacts.upload_strategies.origin import Origin


@dataclass(frozen=True)
class Completion:
    """Completes the release of an upload whose files are there.

    Sentry takes what it knows of a release when it is marked as released: so that comes last.
    """

    api: SentryApi
    options: Options
    console: Console
    origin: Origin

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._steps)

    def complete(self, release: Release) -> SentryArtifactsError | None:
        """Do the steps; return the error that stopped one, or None.

        The files stay, whatever fails here.
        """
        try:
            for step in self._steps:
                step(release)
        except SentryArtifactsError as error:
            error.hint = error.hint or (
                f"the files of release {release.version} are there; running this again does the "
                "rest, and sends no file twice"
            )
            return error
        return None

    @property
    def aim(self) -> str:
        """What a release would, as a verb."""
        return "be finalized" if self.options.finalize_release else "have commits"

    @property
    def option(self) -> str:
        """The option that wants a release."""
        return "`finalize-release`" if self.options.finalize_release else '`commits = "auto"`'

    def without_release(self, error: SentryArtifactsError) -> SentryArtifactsError | None:
        """Return `error`, which says that there is no release; None if only its commits lack it."""
        if self.options.finalize_release:
            return error
        *lines, last = error.lines
        self.console.warning(*lines, f"{last}; the upload goes on")
        return None

    @property
    def _steps(self) -> Sequence[Callable[[Release], None]]:
        """What is wanted, in its order: the commits of the release belong before its end."""
        steps: list[Callable[[Release], None]] = []
        if self.options.commits == AUTO:
            steps.append(self._set_commits)
        if self.options.finalize_release:
            steps.append(self._finalize)
        return steps

    def _set_commits(self, release: Release) -> None:
        """Set the commits of the release, unless they have to stay."""
        try:
            self.origin.refuse_commits(release)
        except ReleaseKept as kept:
            self.console.info(str(kept))
            return
        CommitsStep(release.version, self.options, self.origin, self.console).send(self.api)

    def _finalize(self, release: Release) -> None:
        """Mark the release as released."""
        Releases(self.api).finalize(release)
