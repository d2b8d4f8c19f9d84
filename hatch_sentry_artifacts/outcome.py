"""The outcome of each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hatch_sentry_artifacts.assets.asset import Asset


class Status(str, Enum):
    """The result for a file."""

    UPLOADED = "uploaded"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT = "kept"
    FAILED = "failed"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, its status, and the error if it failed."""

    asset: Asset
    status: Status
    error: str | None = None
