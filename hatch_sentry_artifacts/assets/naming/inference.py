"""Infers where the files of a distribution are served, from what it holds; runs none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.django import django_places
from hatch_sentry_artifacts.assets.naming.jupyter import jupyter_places
from hatch_sentry_artifacts.assets.naming.naming import Naming, Prefixes, table_naming
from hatch_sentry_artifacts.assets.naming.rules import Doubt, Place

# The surest first: what one of them holds is none of the later ones'.
_RULES: tuple[Callable[[Contents], Iterator[Place | Doubt]], ...] = (
    jupyter_places,
    django_places,
)


def find_naming(paths: Prefixes | None, members: Iterable[Member], served: Iterable[str]) -> Naming:
    """Return the naming that `paths` says; without it, the one that the members tell.

    `served` are the paths of the files that are to be named.
    """
    if paths is not None:
        return table_naming(paths)
    contents = Contents.of(members, served)
    places: dict[str, Place] = {}
    doubts: dict[str, Doubt] = {}
    for rule in _RULES:
        earlier = places.keys() | doubts.keys()
        for found in rule(contents):
            if not contents.holds_folder(found.folder) or _is_held(found.folder, earlier):
                continue
            if isinstance(found, Doubt):
                doubts.setdefault(found.folder, found)
            else:
                _add(places, found)
    return Naming(tuple(places.values()), tuple(doubts.values()))


def _is_held(folder: str, earlier: Iterable[str]) -> bool:
    return any(f"{folder}/".startswith(f"{each}/") for each in earlier)


def _add(places: dict[str, Place], found: Place) -> None:
    """Add a place; a folder that is served in several places has all of their prefixes."""
    known = places.setdefault(found.folder, found)
    if known is not found:
        prefixes = dict.fromkeys([*known.prefixes, *found.prefixes])
        places[found.folder] = Place(known.folder, tuple(prefixes), known.rule, known.copy)
