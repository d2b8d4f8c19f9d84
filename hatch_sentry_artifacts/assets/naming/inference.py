"""Infers where the files of a distribution are served, from what it holds; runs none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.django import django_places, settings_places
from hatch_sentry_artifacts.assets.naming.frameworks import doubts_of_frameworks
from hatch_sentry_artifacts.assets.naming.jupyter import jupyter_places
from hatch_sentry_artifacts.assets.naming.naming import Naming, Prefixes, table_naming
from hatch_sentry_artifacts.assets.naming.pages import Pages
from hatch_sentry_artifacts.assets.naming.rules import Doubt, Place
from hatch_sentry_artifacts.assets.naming.themes import theme_places

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.naming.sources import Sources


def find_naming(paths: Prefixes | None, members: Iterable[Member], served: Iterable[str]) -> Naming:
    """Return the naming that `paths` says; without it, the one that the members tell.

    `served` are the paths of the files that are to be named.
    """
    if paths is not None:
        return table_naming(paths)
    contents = Contents.of(members, served)
    places: dict[str, Place] = {}
    doubts: dict[str, Doubt] = {}
    sources = _sources(contents)
    for rule in _rules(contents, sources):
        earlier = {*places, *doubts}
        for found in rule():
            if not contents.holds_folder(found.folder) or _is_held(found.folder, earlier):
                continue
            if isinstance(found, Doubt):
                doubts.setdefault(found.folder, found)
            else:
                _add(places, found)
    for doubt in _last_doubts(contents, sources):
        doubts.setdefault(doubt.folder, doubt)
    return Naming(tuple(places.values()), tuple(doubts.values()))


def _rules(
    contents: Contents, sources: Sources | None
) -> Iterator[Callable[[], Iterator[Place | Doubt]]]:
    """Yield the rules, the surest first: what one of them holds is none of the later ones'."""
    yield lambda: jupyter_places(contents)
    yield lambda: django_places(contents)
    yield lambda: theme_places(contents)
    if sources is not None:
        yield sources.components
    pages = Pages.of(contents)
    yield pages.told
    yield lambda: settings_places(contents)
    if sources is not None:
        yield sources.mounted
    embedded = sources is not None and sources.embedded
    yield lambda: pages.likely(embedded=embedded)


def _last_doubts(contents: Contents, sources: Sources | None) -> Iterator[Doubt]:
    if sources is None:
        return doubts_of_frameworks(contents, "", "")
    return doubts_of_frameworks(contents, sources.server, sources.unread)


def _sources(contents: Contents) -> Sources | None:
    """Return what the Python sources tell; None if there are none."""
    if not any(path.endswith(".py") for path in contents.members):
        return None
    # Imported late, since it imports Python's parser.
    from hatch_sentry_artifacts.assets.naming.sources import Sources

    return Sources.of(contents)


def _is_held(folder: str, earlier: AbstractSet[str]) -> bool:
    while folder and folder not in earlier:
        folder = folder.rpartition("/")[0]
    return bool(folder)


def _add(places: dict[str, Place], found: Place) -> None:
    """Add a place; a folder that is served in several places has all of their prefixes."""
    known = places.setdefault(found.folder, found)
    if known is not found:
        prefixes = dict.fromkeys([*known.prefixes, *found.prefixes])
        places[found.folder] = Place(known.folder, tuple(prefixes), known.rule, known.copy)
