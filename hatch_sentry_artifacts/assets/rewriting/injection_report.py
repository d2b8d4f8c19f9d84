"""What an injection of debug ids did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.debug_ids.inject import Step
from hatch_sentry_artifacts.assets.source_maps.pairing import Pair
from hatch_sentry_artifacts.assets.splices import Splice


@dataclass(frozen=True)
class Injection:
    """What became of a script and its map.

    `written` are the paths whose content is new, compressed copies among them. `other_ids`
    are those that the script registers besides its own. `error` says what
    went wrong, mostly before anything was written. `hashes` are the new integrity hashes of the old
    ones, by path. Hashes and splices are kept where they are asked for.
    """

    pair: Pair
    debug_id: str | None = None
    steps: tuple[Step, ...] = ()
    written: tuple[str, ...] = ()
    error: str | None = None
    other_ids: tuple[str, ...] = ()
    holds_hashes: bool = False
    hashes: Mapping[str, Mapping[bytes, bytes]] | None = None
    script_splices: tuple[Splice, ...] = ()
    map_splices: tuple[Splice, ...] = ()


@dataclass(frozen=True)
class InjectionReport:
    """What became of all pairs, and the pages and manifests whose integrity hashes are new.

    `alone` has the maps that belong to no script, each with the reason; `other_content` what is
    called like a script, but is none, each with what it is.
    """

    outcomes: tuple[Injection, ...]
    texts: tuple[str, ...]
    alone: Mapping[str, str]
    other_content: Mapping[str, str]

    @property
    def written(self) -> tuple[str, ...]:
        """All paths whose content is new."""
        return (*self.texts, *(path for each in self.outcomes for path in each.written))
