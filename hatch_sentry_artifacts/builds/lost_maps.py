"""Warns where a wheel ships without maps that the server has not got either."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
    from hatch_sentry_artifacts.builds.keeping import Kept
    from hatch_sentry_artifacts.console import Console
    from hatch_sentry_artifacts.report import Report

# The states of a bundle that the server has completely, but has not assembled yet.
_UNDECIDED = {"created", "assembling"}
_LACKS = "does not have them all"


def tell_of_lost_maps(
    wheel: Path,
    shipment: Shipment | None,
    report: Report | None,
    console: Console,
    kept: Kept | None = None,
) -> None:
    """Warn if `wheel` ships without maps that the server has not got either.

    If they are `kept`, say how they are sent instead: then nothing is lost.
    """
    lack = _lack_of_maps(report)
    if not lack or not shipment or not shipment.unshipped:
        return
    line = f"{wheel.name} ships without its source maps, and Sentry {lack}"
    if kept:
        console.info(f"{line} yet; to send them: {kept.command}")
    elif lack == _LACKS:
        # A map is found by a header of its script, which no later upload of that script has.
        console.warning(f"{line}: build it again, with the upload, before you release it")
    else:
        console.warning(
            f"{line}: see `hatch-sentry-artifacts list` before you release it, or build it again, "
            "with the upload"
        )


def _lack_of_maps(report: Report | None) -> str:
    """Return what is wrong with Sentry's maps; "" if nothing is."""
    if report and report.bundle and report.failed and report.bundle.state in _UNDECIDED:
        return "did not say yet whether it has them all"
    if report is None or report.dry_run or report.failed:
        return _LACKS
    return ""
