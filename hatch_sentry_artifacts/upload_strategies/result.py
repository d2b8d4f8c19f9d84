"""What each way to upload gives back, and shows of its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import BundleReport, size_text


@dataclass(frozen=True)
class Result:
    """What became of each file, in the order of the report; and what stopped the upload, if so."""

    outcomes: Sequence[Outcome]
    error: SentryArtifactsError | None = None
    bundle: BundleReport | None = None

    @property
    def ok(self) -> bool:
        """Whether all files are there."""
        return self.error is None and all(
            outcome.status is not Status.FAILED for outcome in self.outcomes
        )


def not_sent(outcome: Outcome) -> Outcome:
    """What becomes of a file when the upload stops before it."""
    if outcome.status is not Status.PLANNED:
        return outcome
    return Outcome(outcome.asset, Status.FAILED, "not sent")


def show_plan(
    assets: Sequence[Asset], console: Console, changes: Mapping[str, str] | None = None
) -> None:
    """A line for each file; `changes` says, by path, how the release would change by it."""
    for asset in assets:
        change = f"{changes[asset.path]:<8}" if changes is not None else ""
        said = dict(asset.headers) | ({"Debug-Id": asset.debug_id} if asset.debug_id else {})
        headers = "".join(f"  {key}: {value}" for key, value in said.items())
        console.result(f"{change}{size_text(asset.size):>9}  {asset.name}{headers}")
