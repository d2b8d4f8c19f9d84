"""Tells from options and scripts how they will be uploaded, without HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hatch_sentry_artifacts.assets.asset import Asset, Finding
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, RELEASE_FILES, Options
from hatch_sentry_artifacts.configuration.values import AUTO


def may_be_bundle(options: Options, assets: Sequence[Asset]) -> bool:
    """Return whether the assets are uploaded as a bundle, if the server takes those."""
    if options.upload_as != AUTO:
        return options.upload_as == ARTIFACT_BUNDLE
    return options.on_conflict == "replace" and any(asset.registers_id for asset in assets)


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
