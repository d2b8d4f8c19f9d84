"""Chooses the way to upload that a project's options name."""

from __future__ import annotations

from collections.abc import Callable

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.upload_strategies.origin import Origin
from hatch_sentry_artifacts.upload_strategies.strategy import UploadStrategy


def strategy_of(
    options: Options,
) -> Callable[[SentryApi, Options, Console, Origin], UploadStrategy]:
    """Return what makes the strategy; no other one is imported."""
    if options.upload_as == "artifact-bundle":
        from hatch_sentry_artifacts.upload_strategies.artifact_bundle import ArtifactBundleStrategy

        return ArtifactBundleStrategy
    from hatch_sentry_artifacts.upload_strategies.release_files import ReleaseFilesStrategy

    return ReleaseFilesStrategy
