"""What follows the files of an upload: steps of their release, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases
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
    def _steps(self) -> Sequence[Callable[[Release], None]]:
        """What is wanted, in its order: the commits of the release belong before its end."""
        return [self._finalize] if self.options.finalize_release else []

    def _finalize(self, release: Release) -> None:
        """Mark the release as released."""
        Releases(self.api).finalize(release)
