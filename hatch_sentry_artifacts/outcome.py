"""What became of a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hatch_sentry_artifacts.assets.asset import Asset


class Status(str, Enum):
    """What became of a file."""

    UPLOADED = "uploaded"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT = "kept"
    FAILED = "failed"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, what became of it, and why if it failed."""

    asset: Asset
    status: Status
    error: str | None = None
