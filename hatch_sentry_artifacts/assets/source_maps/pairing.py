"""Finds the source map of each script; all commands use this."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.kinds import (
    is_map,
    is_script_map,
    strip_map_suffix,
)
from hatch_sentry_artifacts.assets.scripts.tokens import LINE_END
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts
from hatch_sentry_artifacts.assets.source_maps.lookup import Files, References, Script

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


class Pairing:
    """The map of each script that has one, by the script's path: `maps`."""

    def __init__(self, scripts: Iterable[Script], files: Files, maps: Mapping[str, str]) -> None:
        self.maps = maps
        self._scripts = {each.path: each for each in scripts}
        self._files = files

    @property
    def further(self) -> frozenset[str]:
        """The maps of scripts that are not called like maps, or are not selected."""
        return frozenset(self.maps.values()) - frozenset(self._files.maps)

    def pairs(self) -> list[Pair]:
        """Return all scripts with their maps, for an injection."""
        owners = Counter(self.maps.values())
        return [self._pair(path, owners) for path in self._scripts]

    def reason_alone(self, path: str) -> str:
        """Return why the map at that path belongs to no script."""
        if self._files.facts(path).foreign:
            return "it is no source map"
        likely = strip_map_suffix(path)
        script = self._scripts.get(likely)
        if script is not None:
            return f"{likely} {self._other_map(script, path)}"
        if likely in self._files.paths:
            return f"{likely} is there but not selected"
        return "none refers to it, or is named like it"

    def _other_map(self, script: Script, path: str) -> str:
        """Return why a script has not the map that is called like it."""
        if script.carries_map:
            return "carries a map of its own"
        if script.reference and not _may_be_guessed(script.reference):
            return f"refers to {script.reference} instead"
        lines = self._files.facts(path).lines
        if lines > script.lines:
            return f"is from another build, for the map is of at least {lines} lines"
        if script.path in self.maps:
            return f"has the map {self.maps[script.path]}"
        return "does not refer to it, and another script could mean it too"

    def _pair(self, script: str, owners: Mapping[str, int]) -> Pair:
        path = self.maps.get(script)
        if path is None or owners[path] == 1:
            return Pair(script, path)
        others = [each for each, its in self.maps.items() if its == path and each != script]
        return Pair(
            script,
            path,
            f"refers to {path}, as {' and '.join(sorted(others)[:3])} does, and a map has one "
            "debug id: give each script a map of its own, or leave all but one out with `exclude`",
        )


def pair_scripts(
    scripts: Sequence[Script], files: Files, known: Mapping[str, str] | None = None
) -> Pairing:
    """Pair the scripts with their maps; `known` has those whose scripts do not tell any more.

    What a script's reference names is its map, whatever it is called. Without a reference, or with
    one to another host or to a place of the server that holds none of these files, the map is
    guessed: by its name, as sentry-cli does, or else by what it calls its script. A guess does not
    hold against a map of more lines than the script has. A script that carries its map has no
    other.
    """
    references = References(files)
    found = dict(known or {})
    unsure: list[Script] = []
    for script in scripts:
        if script.path in found or script.carries_map:
            continue
        path = references.find(script) if script.reference else None
        if path is not None:
            found[script.path] = path
        elif script.reference is None or _may_be_guessed(script.reference):
            unsure.append(script)
    for guesses in (_neighbors, _named_alike, _naming_their_script):
        taken = frozenset(found.values())
        unsure = [each for each in unsure if each.path not in found]
        free = sorted(_guessable(files) - taken) if unsure else []
        by_path = {each.path: each for each in unsure}
        found |= {
            path: source_map
            for path, source_map in _undisputed(guesses(unsure, free, files))
            if source_map not in taken and _fits(files.facts(source_map), by_path[path])
        }
    return Pairing(scripts, files, found)


def _guessable(files: Files) -> frozenset[str]:
    """Return the maps that a script without a reference may have, also such as are not selected.

    Those are called by patterns of their own, as `jquery.min.map`.
    """
    others = (path for path in files.paths if path not in files.maps and is_script_map(path))
    return frozenset(files.maps).union(path for path in others if files.other_name(path))


def _fits(facts: MapFacts, script: Script) -> bool:
    return not (facts.foreign or maps_more_lines(facts, script))


def maps_more_lines(facts: MapFacts, script: Script) -> bool:
    """Return whether the map is of a script with more lines than this one.

    Only then is the script read again, for its other line ends.
    """
    return facts.lines > script.lines and facts.lines > all_lines(script)


def all_lines(script: Script) -> int:
    """Count the lines of the script, whatever ends them."""
    return sum(1 for _ in LINE_END.finditer(script.read())) + 1


def is_named_by_content(path: str) -> bool:
    """Return whether the name seems to contain a hash of the content, which injection changes."""
    return bool(_CONTENT_HASH.search(path))


def _may_be_guessed(reference: str) -> bool:
    """Return whether the reference leads to a place of which this distribution need not know."""
    return sourcemaps.is_elsewhere(reference) or sourcemaps.is_absolute_path(reference)


def _undisputed(guesses: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a script and a map that have no rivals, neither scripts nor maps."""
    pairs = list(dict.fromkeys(guesses))
    scripts = Counter(script for script, _ in pairs)
    maps = Counter(source_map for _, source_map in pairs)
    for script, source_map in pairs:
        if scripts[script] == maps[source_map] == 1:
            yield script, source_map


def _neighbors(
    scripts: Iterable[Script], maps: Iterable[str], files: Files
) -> Iterator[tuple[str, str]]:
    """Yield maps beside their scripts that are called as in a reference to elsewhere."""
    free = frozenset(maps)
    for script in scripts:
        file = sourcemaps.file_name(script.reference) if script.reference else None
        beside = posixpath.join(posixpath.dirname(script.path), file) if file else ""
        if beside in free or (
            is_map(beside) and beside in files.paths and files.other_name(beside) is not None
        ):
            yield script.path, beside


def _named_alike(
    scripts: Iterable[Script], maps: Iterable[str], files: Files
) -> Iterator[tuple[str, str]]:
    """Yield maps that are called as sentry-cli guesses, by URL names where there are any."""
    # No name begins with a slash.
    labels = {path: files.names.get(path) or files.other_name(path) or f"/{path}" for path in maps}
    paths = {label: path for path, label in labels.items()}
    for script in scripts:
        label = files.names.get(script.path, f"/{script.path}")
        guess = next((each for each in sourcemaps.guesses(label) if each in paths), None)
        if guess is not None:
            yield script.path, paths[guess]


def _naming_their_script(
    scripts: Iterable[Script], maps: Iterable[str], files: Files
) -> Iterator[tuple[str, str]]:
    """Yield maps that say which script they are of."""
    wanted = {each.path for each in scripts}
    for source_map in filter(is_script_map, maps):
        file = files.facts(source_map).file
        if not file:
            continue
        name = sourcemaps.file_name(file) or ""
        beside = posixpath.join(posixpath.dirname(source_map), name)
        meant = sourcemaps.referenced_path(source_map, file)
        yield from ((path, source_map) for path in {beside, meant} if path in wanted)
