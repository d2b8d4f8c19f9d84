"""Chooses the way to upload: the one that the options name, or that serves the scripts best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Asset, Finding
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, RELEASE_FILES, Options
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import NotOffered
from hatch_sentry_artifacts.sentry.api import SentryApi
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


def may_be_bundle(options: Options, assets: Sequence[Asset]) -> bool:
    """Return whether the assets are uploaded as a bundle, if the server takes those."""
    if options.upload_as != AUTO:
        return options.upload_as == ARTIFACT_BUNDLE
    return options.on_conflict == "replace" and any(asset.registers_id for asset in assets)


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


def useless_ids(options: Options, assets: Sequence[Asset]) -> Iterator[Finding]:
    """Yield the finding of debug ids that are put in, and sent where nothing is found by them."""
    if options.upload_as != RELEASE_FILES or options.debug_ids != "inject":
        return
    paths = dict.fromkeys(asset.path for asset in assets if asset.registers_id)
    if paths:
        first, *others = paths
        yield Finding(
            first,
            "debug-id-unused",
            "registers a debug id, by which Sentry finds no release file: leave `upload-as` out, "
            f'or set it to "{ARTIFACT_BUNDLE}"',
            tuple(others),
        )


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
