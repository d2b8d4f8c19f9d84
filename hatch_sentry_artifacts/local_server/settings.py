"""What one local server holds: its folder, its organization and projects, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Made up, and of no use anywhere else: a personal token's and an org auth token's abilities.
DEFAULT_TOKEN = "0ff1ce5eed" * 6 + "0123"
CI_TOKEN = "c1c1c1beef" * 6 + "4567"


def _default_tokens() -> Mapping[str, frozenset[str]]:
    full = {"org:read", "project:read", "project:write", "project:releases", "org:ci"}
    return {DEFAULT_TOKEN: frozenset(full), CI_TOKEN: frozenset({"org:ci"})}


@dataclass(frozen=True)
class Settings:
    """One organization with its projects; `tokens` maps each token to its scopes.

    `folder` holds the database and the contents; it is made if missing, and everything in it is
    found again by the next server of that folder.
    """

    folder: Path
    organization: str = "acme"
    projects: tuple[str, ...] = ("web", "other")
    tokens: Mapping[str, frozenset[str]] = field(default_factory=_default_tokens, repr=False)
