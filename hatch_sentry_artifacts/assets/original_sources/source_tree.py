"""Finds the files of a project that its scripts and source maps name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

from hatch_sentry_artifacts.assets.kinds import strip_map_suffix
from hatch_sentry_artifacts.assets.source_maps.facts import is_absolute

# Larger than any source written by hand; larger files are output of bundlers.
MOST_TEXT_BYTES = 8 * 1024 * 1024
# Languages that are compiled to JavaScript or embedded in it. Without .json and .py, which may
# hold settings.
_SUFFIXES = (
    ".js .jsx .mjs .cjs .es .es6 .ts .tsx .mts .cts .flow .jsm "
    ".vue .svelte .astro .marko .riot .tag .mdx .html .htm .xhtml .svg "
    ".hbs .handlebars .mustache .pug .jade .ejs .eta .njk .soy "
    ".css .pcss .postcss .scss .sass .less .styl .stylus "
    ".coffee .litcoffee .ls .civet .imba .elm .purs .gleam .res .resi .re .rei .ml .mli .mll .mly "
    ".hs .fs .fsx .rs .go .dart .kt .java .scala .clj .cljs .cljc .hx .nim .zig .as .wat "
    ".c .cc .cpp .cxx .h .hh .hpp "
    ".graphql .gql .glsl .vert .frag .wgsl .peg .pegjs .peggy .jison .ne"
)
SOURCE_SUFFIXES = frozenset(_SUFFIXES.split())


@dataclass(frozen=True)
class SourceTree:
    """The files of a project from which a distribution was made.

    `place` returns where the file at a path of the distribution comes from; None if unknown.

    Maps name the files to read and upload, and anybody may have written a map. So only files are
    found that lie below `root` after links are followed, in no folder and under no name that begins
    with a dot; and only those are read whose names end as sources do: no keys, no settings, no
    `.env`, no `.git`.
    """

    root: Path
    place: Callable[[str], Path | None]

    def find(self, path: str, relative: str) -> Path | None:
        """Return the file to which the URL `relative` leads from the distribution's file `path`."""
        place = self._place(path)
        if place is None:
            return None
        # Generators write paths as they are, or as URLs.
        for each in dict.fromkeys((relative, unquote(relative))):
            file = None if is_absolute(each) else self._allowed(place.parent / each)
            if file:
                return file
        return None

    def text(self, path: str, relative: str) -> str | None:
        """Return the file's text; None unless it is in SOURCE_SUFFIXES, UTF-8 and not too large."""
        file = self.find(path, relative)
        if file is None or file.suffix.lower() not in SOURCE_SUFFIXES:
            return None
        try:
            with file.open("rb") as opened:
                content = opened.read(MOST_TEXT_BYTES + 1)
            return None if len(content) > MOST_TEXT_BYTES else content.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None

    def shown(self, file: Path) -> str:
        """Return the name of `file`, which was found here, for messages."""
        return file.relative_to(self._top).as_posix()

    def _place(self, path: str) -> Path | None:
        # A map that a script carried is no file of the project, but the script is.
        return self.place(path) or self.place(strip_map_suffix(path))

    @cached_property
    def _top(self) -> Path:
        return self.root.resolve()

    def _allowed(self, file: Path) -> Path | None:
        try:
            real = file.resolve(strict=True)
            if not real.is_relative_to(self._top) or not real.is_file():
                return None
        # No such file, an impossible name, a loop of links.
        except (OSError, ValueError, RuntimeError):
            return None
        hidden = any(part.startswith(".") for part in real.relative_to(self._top).parts)
        return None if hidden else real


def tree_of_folder(folder: Path) -> SourceTree:
    """Return the tree of a folder that is itself a distribution.

    Its root is the project around the folder, if there is one.
    """
    top = folder.resolve()
    around = (each for each in (top, *top.parents) if (each / "pyproject.toml").is_file())
    return SourceTree(next(around, top), lambda path: top.parent / path)


def tree_of_build(root: Path, list_files: Callable[[], Mapping[str, Path]]) -> SourceTree:
    """Return the tree of a project that was built in the folder `root`.

    `list_files` returns where each file of the distribution comes from. It is called once, and only
    if a file is searched; if it fails, nothing is found.
    """
    lock = Lock()
    files: dict[str, Path] = {}
    asked = False

    def place(path: str) -> Path | None:
        nonlocal asked
        with lock:
            if not asked:
                asked = True
                # The build is over, and its back end may have removed files.
                with suppress(Exception):
                    files.update(list_files())
        return files.get(path)

    return SourceTree(root, place)
