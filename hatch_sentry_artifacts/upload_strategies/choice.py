"""Chooses the way to upload: the one that the options name, or that serves the scripts best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, RELEASE_FILES, Options
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import NotOffered
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.upload_strategies.expected import may_be_bundle
from hatch_sentry_artifacts.upload_strategies.origin import Origin
from hatch_sentry_artifacts.upload_strategies.strategy import UploadStrategy


@dataclass(frozen=True)
class Choice:
    """A way to upload; `why` says why it is that, "" if there is nothing to say.

    `loses_ids`: the scripts register debug ids, by which nothing will be found.
    """

    upload_as: str
    why: str = ""
    loses_ids: bool = False


def choose(options: Options, assets: Sequence[Asset], api: SentryApi) -> Choice:
    """Return the way to upload the assets; asks the server only if that decides.

    Raises the errors of `BundleApi.limits`, but for NotOffered.
    """
    if options.upload_as != AUTO:
        return Choice(options.upload_as)
    if not any(asset.registers_id for asset in assets):
        return Choice(RELEASE_FILES)
    if not may_be_bundle(options, assets):
        return Choice(RELEASE_FILES, "since `on-conflict` is of those alone", loses_ids=True)
    from hatch_sentry_artifacts.sentry.bundles.bundle_api import BundleApi

    try:
        BundleApi(api).limits()
    except NotOffered:
        return Choice(RELEASE_FILES, "since the server takes no artifact bundles", loses_ids=True)
    return Choice(ARTIFACT_BUNDLE, "since scripts register debug ids")


def plan_of(options: Options, assets: Sequence[Asset]) -> Choice:
    """Return the way to upload where no server can be asked."""
    if options.upload_as == AUTO and may_be_bundle(options, assets):
        return Choice(ARTIFACT_BUNDLE, "since scripts register debug ids, if the server takes it")
    return Choice(RELEASE_FILES if options.upload_as == AUTO else options.upload_as)


def tell(choice: Choice, line: str, console: Console) -> None:
    """Show what is about to be uploaded, and how, if that was chosen."""
    what = "an artifact bundle" if choice.upload_as == ARTIFACT_BUNDLE else "release files"
    console.info(f"{line}, as {what}, {choice.why}" if choice.why else line)
    if choice.loses_ids:
        console.warning(
            "no event will find its files by the debug ids in the scripts, only by release and name"
        )


def strategy_of(
    upload_as: str,
) -> Callable[[SentryApi, Options, Console, Origin], UploadStrategy]:
    """Return what makes the strategy; no other one is imported."""
    if upload_as == ARTIFACT_BUNDLE:
        from hatch_sentry_artifacts.upload_strategies.artifact_bundle import ArtifactBundleStrategy

        return ArtifactBundleStrategy
    from hatch_sentry_artifacts.upload_strategies.release_files import ReleaseFilesStrategy

    return ReleaseFilesStrategy
