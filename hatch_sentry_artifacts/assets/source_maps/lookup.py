"""Finds the file of a distribution that a script's reference to its map means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from hatch_sentry_artifacts.assets.kinds import is_map, is_script
from hatch_sentry_artifacts.assets.names import HOST
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts
from hatch_sentry_artifacts.errors import DistributionError


@dataclass(frozen=True, slots=True)
class Script:
    r"""What has to be known of a script to find its map.

    `reference` is what its last comment says, None without one, or where that is the map itself:
    then it `carries_map`. `lines` counts those that "\n" ends, and the last. `read` gives all of
    its content.
    """

    path: str
    reference: str | None
    carries_map: bool
    lines: int
    read: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Files:
    """What has to be known of the other files of a distribution.

    `paths` has all of them, `names` the URL names of those that are selected and have one. `maps`
    are the selected ones that are called like source maps. `other_name` gives the URL name of a
    file that is not selected, None if it may not be uploaded; `facts` those of a file as a map.
    """

    paths: Collection[str]
    maps: Collection[str]
    names: Mapping[str, str]
    facts: Callable[[str], MapFacts]
    other_name: Callable[[str], str | None] = lambda _: None


class References:
    """Finds what references mean."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._own = _Names(files.names)
        self._by_path = _Names({path: HOST + path for path in files.paths})
        self._others: _Names | None = None

    def find(self, script: Script) -> str | None:
        """Return the path of the map that the script refers to; None if it is not there."""
        reference = script.reference or ""
        path = sourcemaps.referenced_path(script.path, reference)
        if path is None or path not in self._files.paths:
            # By the script's own name, if it has one, it is known what begins at the top of a host.
            path = self._own.find(script.path, reference)
            if path is None and script.path in self._files.names:
                path = self._all().find(script.path, reference)
            if path is None:
                path = self._by_path.find(script.path, reference)
        return path if path is not None and self._is_map(path) else None

    def _is_map(self, path: str) -> bool:
        files = self._files
        if path in files.maps:
            return True
        if is_script(path) or (path not in files.names and files.other_name(path) is None):
            return False
        if is_map(path):
            return True
        try:
            return files.facts(path).problem is None
        except DistributionError:
            return False

    def _all(self) -> _Names:
        """Return the names of all files that may be uploaded."""
        if self._others is None:
            names = dict(self._files.names)
            for path in self._files.paths:
                name = None if path in names else self._files.other_name(path)
                if name is not None:
                    names[path] = name
            self._others = _Names(names)
        return self._others


class _Names:
    """Names of files, and the path of each name that only one of them has."""

    def __init__(self, names: Mapping[str, str]) -> None:
        counts = Counter(names.values())
        self.names = {path: name for path, name in names.items() if counts[name] == 1}
        self._paths = {name: path for path, name in self.names.items()}

    def find(self, script: str, reference: str) -> str | None:
        """Return the path of what the script's reference means by its name."""
        name = self.names.get(script)
        if name is None:
            return None
        meant = sourcemaps.possible_names(name, reference)
        return next((self._paths[each] for each in meant if each in self._paths), None)
