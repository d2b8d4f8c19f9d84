"""Recognizes scripts, their source maps and unfinished files by the ends of their names."""

from __future__ import annotations

import re

MAP_SUFFIX = ".map"
SIDE_FILE_SUFFIX = ".sentry.zip"
# The last two are bundles of React Native.
_SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".jsbundle", ".bundle")
# Maps of files that are in no stack trace: style sheets and type declarations.
_OTHER_MAPS = re.compile(r".*\.(?:css|d\.[cm]?ts)\.(?:[0-9a-z]+\.)?map")
# Most build back ends leave compiled Python out of what they pack, and so what is called like it:
# also those builds that this plugin takes no part in.
STAGED_SUFFIX = ".sentry-artifacts.pyc"
_STAGED_SUFFIXES = (STAGED_SUFFIX, ".sentry-artifacts.tmp")  # the other is of earlier versions


def is_script(path: str) -> bool:
    """Return whether the file at `path` is JavaScript; `include` may select anything."""
    return path.lower().endswith(_SCRIPT_SUFFIXES)


def is_map(path: str) -> bool:
    """Return whether the file at `path` is taken for a source map, of a script or anything else."""
    return path.lower().endswith(MAP_SUFFIX)


def is_script_map(path: str) -> bool:
    """Return whether the file at `path` is a source map that a script may have."""
    return is_map(path) and _OTHER_MAPS.fullmatch(path.lower()) is None


def is_staged(path: str) -> bool:
    """Return whether it is a file of ours that is to take the place of another, or was to."""
    return path.endswith(_STAGED_SUFFIXES)


def is_side_file(path: str) -> bool:
    """Return whether the file at `path` is one that a build kept for the upload of its wheel."""
    return path.lower().endswith(SIDE_FILE_SUFFIX)


def strip_map_suffix(path: str) -> str:
    """Return the path of the file that the map at `path` is named after."""
    return path[: -len(MAP_SUFFIX)] if is_map(path) else path
