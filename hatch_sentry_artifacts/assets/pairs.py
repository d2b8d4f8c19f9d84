"""Finds the source map of each script among the files of a distribution, to inject debug ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.assets import sourcemaps
from hatch_sentry_artifacts.assets.names import HOST

MAP_SUFFIX = ".map"
# A part of a file's name that bundlers make of the content: hexadecimal, base 32 or base 64.
_CONTENT_HASH = re.compile(
    r"[.-](?=[^.]*\d)(?:[0-9a-f]{8,64}|[0-9A-Z]{8}|(?=[^.]*[a-z])(?=[^.]*[A-Z])[\w-]{8,22})\.[^/]*$"
)


@dataclass(frozen=True)
class Pair:
    """A script and its map, by their paths; `refused` says why they can't have a debug id."""

    script: str
    source_map: str | None
    refused: str | None = None


def find_pairs(references: Mapping[str, str | None], maps: Collection[str]) -> list[Pair]:
    """Pair the scripts, given with what each refers to, with the maps at those paths.

    A script that refers to nothing, or to another host, has the map that is guessed by its name.
    A map that the script carries itself is none of these.
    """
    names = {path: HOST + path for path in (*references, *maps)}
    paths = {name: path for path, name in names.items()}
    found: dict[str, str] = {}
    unsure: list[str] = []
    for script, reference in references.items():
        if reference and sourcemaps.is_inline(reference):
            continue
        path = reference and sourcemaps.find_map(script, names[script], reference, names, paths)
        if path and path in maps:
            found[script] = path
        elif not reference or sourcemaps.is_elsewhere(reference):
            unsure.append(names[script])
    free = [names[path] for path in sorted(set(maps) - set(found.values()))]
    for name, guessed in sourcemaps.guess_maps(unsure, free).items():
        found[paths[name]] = paths[guessed]
    owners = Counter(found.values())
    return [_pair(script, found, owners) for script in references]


def _pair(script: str, found: Mapping[str, str], owners: Mapping[str, int]) -> Pair:
    path = found.get(script)
    if path is None or owners[path] == 1:
        return Pair(script, path)
    others = [each for each, its in found.items() if its == path and each != script]
    return Pair(
        script,
        path,
        f"refers to {path}, as {' and '.join(sorted(others)[:3])} does, and a map has one debug "
        "id: give each script a map of its own, or leave all but one out with `exclude`",
    )


def is_named_by_content(path: str) -> bool:
    """Whether the file's name seems to hold a hash of its content, which injection changes."""
    return bool(_CONTENT_HASH.search(path))
