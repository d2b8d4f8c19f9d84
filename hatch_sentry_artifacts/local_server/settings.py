"""The settings of a local server: its folder, organization, projects and tokens."""

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


_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class ChunkUpload:
    """The limits for uploads of chunks that the server announces; sizes in bytes.

    `accept` without `artifact_bundles_v2` makes a server that never asks for missing chunks, so
    that they have to be there first. `assembling_polls` is how many polls get the state
    `assembling` before the outcome, as on a server with slow workers.
    """

    chunk_size: int = 8 * _MEBIBYTE
    chunks_per_request: int = 64
    max_request_size: int = 32 * _MEBIBYTE
    max_file_size: int = 2048 * _MEBIBYTE
    concurrency: int = 8
    compression: tuple[str, ...] = ("gzip",)
    # sentry-cli 2 sends no bundle to a server that does not announce `release_files`.
    accept: tuple[str, ...] = ("release_files", "artifact_bundles", "artifact_bundles_v2")
    assembling_polls: int = 0

    @property
    def asks_for_missing_chunks(self) -> bool:
        """Whether the response to an assemble request names the chunks that are missing."""
        return "artifact_bundles_v2" in self.accept


@dataclass(frozen=True)
class Settings:
    """One organization with its projects; `tokens` maps each token to its scopes.

    `folder` holds the database and the contents; it is made if missing, and everything in it is
    found again by the next server of that folder. Releases of `with_issues` and `with_sessions`,
    versions each, cannot be deleted: they are the first of an issue, or have health data.
    `repositories` are those that an integration knows, by name: the url, and the provider's id.
    """

    folder: Path
    organization: str = "acme"
    projects: tuple[str, ...] = ("web", "other")
    tokens: Mapping[str, frozenset[str]] = field(default_factory=_default_tokens, repr=False)
    chunk_upload: ChunkUpload = ChunkUpload()
    with_issues: frozenset[str] = frozenset()
    with_sessions: frozenset[str] = frozenset()
    repositories: Mapping[str, tuple[str, str]] = field(default_factory=dict)
