"""Warns of files of a bundle that servers other than Sentry would not find, or mistake."""

from __future__ import annotations

from collections.abc import Sequence

from hatch_sentry_artifacts.amounts import files_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.console import Console, some_of


def warn(assets: Sequence[Asset], console: Console, *, has_releases: bool) -> None:
    """Warn of files that Bugsink and GlitchTip would miss or mistake without a message."""
    _warn_of_missing_ids(assets, console)
    if has_releases:
        _warn_of_base_names(assets, console)


def _warn_of_base_names(assets: Sequence[Asset], console: Console) -> None:
    """Warn of scripts that GlitchTip cannot tell apart.

    It finds the script of a frame by the last segment of the frame's URL, whatever its folder.
    """
    names: dict[str, list[str]] = {}
    for asset in assets:
        if asset.has_map and not asset.also_named:
            names.setdefault(asset.name.rpartition("/")[2], []).append(asset.name)
    lines = [" and ".join(each) for each in names.values() if len(each) > 1]
    if lines:
        console.warning(
            "a GlitchTip, as this server may be, tells scripts apart by their file name alone, "
            "so it may show the source of one in place of the other: "
            + "; ".join(some_of(lines, more="in `upload --dry-run`"))
        )


def _warn_of_missing_ids(assets: Sequence[Asset], console: Console) -> None:
    """Warn of maps that Bugsink would not find.

    It finds maps by the debug id of an event alone, and only such as are files. A script that
    does not register its id has events without one.
    """
    mapped = [asset for asset in assets if asset.has_map and not asset.also_named]
    without = sum(not asset.registers_id for asset in mapped)
    if without:
        console.warning(
            f"{files_text(without)} with a source map, but without a debug id in events: a "
            "Bugsink, as this server may be, finds no map without one, and says nothing; build "
            'with `debug-ids = "inject"`'
        )
    carried = sum(asset.carries_map for asset in mapped)
    if carried:
        console.warning(
            f"{files_text(carried)} with a source map inside: a Bugsink, as this server may "
            "be, looks for maps in files of their own alone; let the bundler write those, or "
            'build with `source-maps = "strip"`'
        )
