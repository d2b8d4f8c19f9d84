"""The Protocol of a way to upload, its result, and what all ways share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import BundleReport


@dataclass(frozen=True)
class Result:
    """The outcome of each asset, in the order of the assets; `error` stopped the upload.

    `has_page`: the server shows the release to people.
    """

    outcomes: Sequence[Outcome]
    error: SentryArtifactsError | None = None
    bundle: BundleReport | None = None
    has_page: bool = False

    @property
    def ok(self) -> bool:
        """Whether all files are there."""
        return self.error is None and all(
            outcome.status is not Status.FAILED for outcome in self.outcomes
        )


class UploadStrategy(Protocol):
    """A way to upload to one server, with one project's options."""

    def look(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Show what `send` would do, and change nothing. Raises SentryArtifactsError."""

    def send(self, assets: Sequence[Asset], target: ReleaseName) -> Result:
        """Upload the assets for the target. Raises SentryArtifactsError."""


def stopped(assets: Sequence[Asset], error: SentryArtifactsError) -> Result:
    """Return the result of an upload that `error` stopped before anything was sent."""
    return Result([Outcome(asset, Status.FAILED, "not sent") for asset in assets], error)


def show_plan(
    assets: Sequence[Asset], console: Console, changes: Mapping[str, str] | None = None
) -> None:
    """Print a line for each asset; `changes` says, by name, how the release would change by it."""
    for asset in assets:
        change = f"{changes[asset.name]:<8}" if changes is not None else ""
        shown = dict(asset.headers) | ({"Debug-Id": asset.debug_id} if asset.debug_id else {})
        headers = "".join(f"  {key}: {value}" for key, value in shown.items())
        rule = f"  [{asset.rule}]" if asset.rule else ""
        console.result(f"{change}{size_text(asset.size):>9}  {asset.name}{headers}{rule}")
