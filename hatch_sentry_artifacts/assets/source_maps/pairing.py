"""Finds the source map of each script among the files of a distribution, to inject debug ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.names import HOST, url_name
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.errors import NamesError

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


def find_pairs(
    references: Mapping[str, str | None], maps: Collection[str], names: Mapping[str, str]
) -> list[Pair]:
    """Pair the scripts, given with what each refers to, with the maps at those paths.

    `names` has the URL names of all that have one: by them it is known what a reference means that
    begins at the top of a host, or names it. The others are paired by their paths. A script that
    refers to nothing, or to another host, has the map that is guessed by its name. A map that the
    script carries itself is none of these.
    """
    own = _Names({path: names[path] for path in (*references, *maps) if path in names})
    by_path = _Names({path: HOST + path for path in (*references, *maps)})
    found: dict[str, str] = {}
    unsure: list[str] = []
    for script, reference in references.items():
        if reference and sourcemaps.is_inline(reference):
            continue
        path = reference and (own.find(script, reference) or by_path.find(script, reference))
        if path and path in maps:
            found[script] = path
        elif not reference or sourcemaps.is_elsewhere(reference):
            unsure.append(script)
    free = sorted(set(maps) - set(found.values()))
    found |= _guessed(unsure, free, own)
    owners = Counter(found.values())
    return [_pair(script, found, owners) for script in references]


def names_if_possible(paths: Iterable[str], prefixes: Mapping[str, str] | None) -> dict[str, str]:
    """The URL names of those files that can have one, as `names.url_names` gives them."""
    names: dict[str, str] = {}
    for path in paths:
        with suppress(NamesError):
            name = url_name(path, prefixes)
            if name is not None:
                names[path] = name
    return names


class _Names:
    """Names of files, and the path of each name that only one of them has."""

    def __init__(self, names: Mapping[str, str]) -> None:
        counts = Counter(names.values())
        self.names = {path: name for path, name in names.items() if counts[name] == 1}
        self._paths = {name: path for path, name in self.names.items()}

    def find(self, script: str, reference: str) -> str | None:
        """The path of what the script's reference means."""
        name = self.names.get(script)
        if name is None:
            return None
        return sourcemaps.find_map(script, name, reference, self.names, self._paths)


def _guessed(scripts: Iterable[str], maps: Iterable[str], own: _Names) -> dict[str, str]:
    # No name begins with a slash.
    labels = {path: own.names.get(path, f"/{path}") for path in (*scripts, *maps)}
    paths = {label: path for path, label in labels.items()}
    guessed = sourcemaps.guess_maps(
        [labels[path] for path in scripts], [labels[path] for path in maps]
    )
    return {paths[script]: paths[source_map] for script, source_map in guessed.items()}


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
