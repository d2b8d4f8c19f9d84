"""Tells scripts and their source maps from other files, by how their names end."""

from __future__ import annotations

import re

MAP_SUFFIX = ".map"
# The last two are what React Native runs.
_SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".jsbundle", ".bundle")
# Maps of what is no script, and so in no stack trace: of style sheets and type declarations.
_OTHER_MAPS = re.compile(r".*\.(?:css|d\.[cm]?ts)\.(?:[0-9a-z]+\.)?map")


def is_script(path: str) -> bool:
    """Whether the file at `path` is JavaScript; `include` may select anything."""
    return path.lower().endswith(_SCRIPT_SUFFIXES)


def is_map(path: str) -> bool:
    """Whether the file at `path` is taken for a source map, of whatever."""
    return path.lower().endswith(MAP_SUFFIX)


def is_script_map(path: str) -> bool:
    """Whether the file at `path` is a source map that a script may have."""
    return is_map(path) and _OTHER_MAPS.fullmatch(path.lower()) is None


def without_map_suffix(path: str) -> str:
    """The path of what the map at `path` is named like."""
    return path[: -len(MAP_SUFFIX)] if is_map(path) else path
