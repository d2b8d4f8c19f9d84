"""Finds scripts that need a source map and have none, and what makes their bundler write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.file_facts import File
from hatch_sentry_artifacts.assets.kinds import MAP_SUFFIX
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.scripts.writers import (
    HEAD_BYTES,
    Writer,
    find_writer,
    outermost,
)
from hatch_sentry_artifacts.assets.source_maps.pairing import Pairing

# How libraries name what they publish, and the folders that are for copies of them.
_LIBRARY = re.compile(r".*[.-](?:min|pack)\.[cm]?js", re.IGNORECASE)
_LIBRARY_FOLDERS = frozenset(
    {
        "vendor",
        "vendors",
        "vendored",
        "third_party",
        "third-party",
        "thirdparty",
        "3rdparty",
        "node_modules",
        "bower_components",
    }
)
# Hashes of contents in the names that bundlers give.
_HASHED = re.compile(r".*[.-](?=[\w-]*\d)(?:[0-9a-f]{8,64}|[0-9A-Z]{8}|[\w-]{8})\.[cm]?js")
_FEWEST_BYTES = 200
_LONG_LINES = 160
# The work is bounded, as an upload must not take longer by it.
_MOST_TRIES = 8
_TRIES_OF_A_FOLDER = 3
_MOST_COMPARED = 50


@dataclass(frozen=True)
class Unmapped:
    """The findings, one for each tool, and a sentence on libraries, which mostly have no maps."""

    findings: tuple[Finding, ...] = ()
    note: str = ""


def find_unmapped(
    scripts: Sequence[File], pairing: Pairing, tree: SourceTree | None = None
) -> Unmapped:
    """Return what is to be said of those of all `scripts` that have no map and refer to none.

    `tree` is the project on disk that they come from, if there is one.
    """
    without = sorted(
        (each for each in scripts if _lacks_map(each, pairing)),
        key=lambda each: each.member.size,
        reverse=True,
    )
    libraries = _libraries(without)
    others = [each for each in without if each.path not in libraries]
    groups: dict[str, tuple[Writer | None, list[File]]] = {}
    hands = _Hands(others)
    for script in others:
        if hands.is_written(script):
            writer = hands.writer(script)
            groups.setdefault(writer.name if writer else "", (writer, []))[1].append(script)
    are = "is a library" if len(libraries) == 1 else "are libraries"
    note = (
        f"{len(libraries)} of {len(scripts)} scripts {are} without a source map, by name (.min.js) "
        "or folder (such as vendor/)"
        if libraries
        else ""
    )
    return Unmapped(tuple(_finding(*group, len(scripts), tree) for group in groups.values()), note)


def _lacks_map(script: File, pairing: Pairing) -> bool:
    facts = script.facts
    has_map = script.path in pairing.maps or facts.reference or facts.source_map
    return bool(script.member.size) and not has_map and facts.other_content is None


def _libraries(scripts: Sequence[File]) -> set[str]:
    """Return the paths of what others published, by folders and names.

    A project may call its own bundle `app.min.js`: if all are called so, only a comment at the
    beginning, with the library's name and license, tells them apart.
    """
    found = {each.path for each in scripts if _in_library_folder(each.path)}
    rest = [each for each in scripts if each.path not in found]
    named = [each for each in rest if _LIBRARY.fullmatch(each.path)]
    if len(named) == len(rest):
        named = [each for each in named[:_MOST_COMPARED] if _head(each).startswith(b"/*")]
    return found.union(each.path for each in named)


def _in_library_folder(path: str) -> bool:
    return not _LIBRARY_FOLDERS.isdisjoint(path.lower().split("/")[:-1])


class _Hands:
    """Which tools wrote the scripts of each folder, as a few of them show."""

    def __init__(self, scripts: Sequence[File]) -> None:
        self._by_path: dict[str, Writer] = {}
        self._by_folder: dict[str, Writer] = {}
        self._compared = 0
        folders: dict[str, list[File]] = {}
        for script in scripts:
            folders.setdefault(_folder(script.path), []).append(script)
        tries = _MOST_TRIES
        for folder, group in folders.items():
            for script in group[: min(tries, _TRIES_OF_A_FOLDER)]:
                tries -= 1
                if (writer := find_writer(_head(script))) is not None:
                    self._by_path[script.path] = writer
                    self._add(folder, writer)
                    if writer.packs:
                        break
        self._near = {folder: self._nearest(folder) for folder in folders}

    def _add(self, folder: str, writer: Writer) -> None:
        for each in _upwards(folder):
            self._by_folder[each] = outermost(self._by_folder.get(each), writer)

    def _nearest(self, folder: str) -> Writer | None:
        return next(
            (self._by_folder[each] for each in _upwards(folder) if each in self._by_folder), None
        )

    def writer(self, script: File) -> Writer | None:
        """Return what wrote the script: what it shows itself, or what the nearest others show."""
        own = self._by_path.get(script.path)
        return own if own is not None and own.packs else self._near[_folder(script.path)]

    def is_written(self, script: File) -> bool:
        """Return whether a tool wrote the script, and not a person."""
        long_lines = script.member.size > _LONG_LINES * script.facts.lines
        if script.path in self._by_path or (long_lines and script.member.size >= _FEWEST_BYTES):
            return True
        writer = self.writer(script)
        if writer is None:
            return False
        if _HASHED.fullmatch(script.path):
            return True
        self._compared += 1
        return self._compared <= _MOST_COMPARED and writer.wrote(_head(script))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = _folder(folder)
    yield folder


def _head(script: File) -> bytes:
    with script.member.open() as content:
        return content.read(HEAD_BYTES)


def _finding(
    writer: Writer | None, scripts: Sequence[File], total: int, tree: SourceTree | None
) -> Finding:
    count = len(scripts)
    first, *others = (each.path for each in scripts)
    lack = f"{count} of {total} scripts {'has' if count == 1 else 'have'} no source map"
    if on_disk := next(_maps_on_disk(scripts, tree), None):
        message = (
            f"{lack}, but on disk there is {on_disk}, which the build leaves out; include the maps "
            'in the build, and set `source-maps = "strip"` if they are not to ship'
        )
        return Finding(first, "map-left-out", message, tuple(others))
    advice = (
        f"{writer.name} wrote {'it' if count == 1 else 'them'}: {writer.switch}"
        if writer
        else "let the tool that wrote "
        f"{'it' if count == 1 else 'them'} write source maps too, and build again"
    )
    message = f"{lack}, so that Sentry cannot show original lines; {advice}"
    return Finding(first, "no-map", message, tuple(others))


def _maps_on_disk(scripts: Sequence[File], tree: SourceTree | None) -> Iterator[str]:
    for script in scripts[:_TRIES_OF_A_FOLDER] if tree else ():
        name = script.path.rpartition("/")[2] + MAP_SUFFIX
        if tree and (file := tree.find(script.path, name)):
            yield tree.shown(file)
