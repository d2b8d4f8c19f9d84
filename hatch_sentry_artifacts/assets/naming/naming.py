"""Names files: the deepest folder that has a place decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from hatch_sentry_artifacts.assets.names import (
    HOST,
    check_path,
    encode,
    installed,
    strip_first_folder,
)
from hatch_sentry_artifacts.assets.naming.rules import FIRST_FOLDER, TABLE, Doubt, Place, Rule
from hatch_sentry_artifacts.errors import NamesError

# The value of the option: folders, each with its prefix or prefixes; None to infer them.
Prefixes = Mapping[str, "str | tuple[str, ...]"]
_SPELLED_OTHERWISE = re.compile(r"[@+,;=&$:\[\]|]")
_WILD = re.compile(r"(\*\*/|\*)")


@dataclass(frozen=True)
class Named:
    """The names of a file, the first of which is the one to show, and the rule that gave them.

    `doubt` says why they may be wrong. See Place for `copy`.
    """

    names: tuple[str, ...]
    rule: Rule
    doubt: str = ""
    copy: bool = False


@dataclass(frozen=True)
class Naming:
    """The places of a distribution.

    `doubts` are of the files that no place holds. With `only_places`, those have no name; else they
    have that of their path without its first folder.
    """

    places: tuple[Place, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    only_places: bool = False

    def named(self, path: str) -> Named | None:
        """Return the `~/…` or `http(s)://…` names of the file at `path`; None if it has none.

        `path` is relative to the distribution, with "/" between its segments. Raises NamesError if
        it holds control characters or is no valid Unicode.
        """
        check_path(path)
        found = self._place(path)
        if found is not None:
            place, rest = found
            return Named(tuple(_names(place, path, rest)), place.rule, copy=place.copy)
        return None if self.only_places else self.fallback(path)

    def fallback(self, path: str, doubt: str = "") -> Named:
        """Return the names of a file that no place holds."""
        spelled = _spellings(strip_first_folder(path), FIRST_FOLDER)
        names = tuple(HOST + each for each in spelled)
        return Named(names, FIRST_FOLDER, doubt or self._doubt(path))

    def _doubt(self, path: str) -> str:
        where = installed(path)
        found = (self._doubts.get(where[:end]) for end in _ends(where))
        return str(next(filter(None, found), ""))

    @cached_property
    def _doubts(self) -> Mapping[str, Doubt]:
        return {each.folder: each for each in reversed(self.doubts)}

    def _place(self, path: str) -> tuple[Place, str] | None:
        """Return the place of the file, and its path there."""
        if not self.places:
            return None
        where = path if self.only_places else installed(path)
        best: tuple[int, Place] | None = None
        for end in _ends(where):
            if (place := self._by_folder.get(where[:end])) is not None:
                best = end, place
                break
        for pattern, place in self._wild:
            found = pattern.match(where)
            if found and (best is None or found.end() > best[0]):
                best = found.end(), place
        return (best[1], where[best[0] :].lstrip("/")) if best else None

    @cached_property
    def _by_folder(self) -> Mapping[str, Place]:
        return {each.folder: each for each in self.places if "*" not in each.folder or self._exact}

    @property
    def _exact(self) -> bool:
        # Inferred places begin with `*.data` where they are in a data folder of any version.
        return not self.only_places

    @cached_property
    def _wild(self) -> list[tuple[re.Pattern[str], Place]]:
        wild = [each for each in self.places if "*" in each.folder and not self._exact]
        return [(key_pattern(each.folder), each) for each in wild]


def table_naming(paths: Prefixes) -> Naming:
    """Return the naming that the option `paths` says."""
    places = (
        Place(folder, (prefixes,) if isinstance(prefixes, str) else prefixes, TABLE)
        for folder, prefixes in paths.items()
    )
    return Naming(tuple(places), only_places=True)


def key_pattern(key: str) -> re.Pattern[str]:
    """Return what matches the beginning of the paths that a key of `paths` with wildcards holds.

    `*` stands for any text in one segment, `**/` for any folders, as few as possible.
    """
    parts = {"**/": "(?:[^/]+/)*?", "*": "[^/]*"}
    pattern = "".join(parts.get(each) or re.escape(each) for each in _WILD.split(key))
    return re.compile(pattern + "(?=/|$)")


def is_below(path: str, key: str) -> bool:
    """Return whether a key of `paths` holds the file at `path`."""
    if "*" in key:
        return key_pattern(key).match(path) is not None
    return _holds(key, path)


def url_names(found: Iterable[str], naming: Naming) -> dict[str, str]:
    """Return the name of each path that has one. Raises NamesError where two paths share a name."""
    return {path: named.names[0] for path, named in name_files(found, naming).items()}


def name_files(
    found: Iterable[str],
    naming: Naming,
    same: Callable[[str, str], bool] = lambda _one, _other: True,
) -> dict[str, Named]:
    """Return the names of each path that has some.

    Where inference gives two paths one name, the first has it; the other, too, if they are the
    `same`, and else its path's. Raises NamesError where two paths share a name otherwise.
    """
    result: dict[str, Named] = {}
    owners: dict[str, str] = {}
    clashes: list[str] = []
    all_named = {path: named for path in found if (named := naming.named(path)) is not None}
    for path in sorted(all_named, key=lambda each: all_named[each].copy):
        named = all_named[path]
        if not naming.only_places and named.rule is not FIRST_FOLDER:
            other = _owner(owners, named, path)
            if other is not None and same(other, path):
                result[path] = named
                continue
            if other is not None:
                doubt = Doubt(path, f"{other} has the name {named.names[0]}")
                named = naming.fallback(path, str(doubt))
        other = _owner(owners, named, path)
        if other is not None:
            clashes.append(f"{path} and {other} would both be {named.names[0]}")
        owners.update(dict.fromkeys(named.names, path))
        result[path] = named
    if clashes:
        raise NamesError(
            "two files for one name, so nothing was uploaded:",
            *(f"  {clash}" for clash in clashes),
            "give their folders different prefixes in `paths`, or leave one out with `exclude`",
        )
    return {path: result[path] for path in all_named}


def name_if_possible(path: str, naming: Naming) -> str | None:
    """Return the first name of a file; None if it can have none."""
    with suppress(NamesError):
        named = naming.named(path)
        return named.names[0] if named else None
    return None


def names_if_possible(paths: Iterable[str], naming: Naming) -> dict[str, str]:
    """Return the first names of those files that can have one."""
    named = ((path, name_if_possible(path, naming)) for path in paths)
    return {path: name for path, name in named if name is not None}


def _owner(owners: Mapping[str, str], named: Named, path: str) -> str | None:
    found = (owners[name] for name in named.names if name in owners)
    return next((each for each in found if each != path), None)


def _names(place: Place, path: str, rest: str) -> Iterator[str]:
    for spelled in _spellings(rest or path.rpartition("/")[2], place.rule):
        for prefix in place.prefixes:
            if rest:
                yield prefix.rstrip("/") + "/" + spelled
            else:
                yield prefix + spelled if prefix.endswith("/") else prefix


def _spellings(path: str, rule: Rule) -> Iterator[str]:
    """Yield the path as browsers leave it, then as they report it where others encoded it."""
    also = rule.encoded if _SPELLED_OTHERWISE.search(path) else ()
    yield from dict.fromkeys(encode(path, each) for each in ("", *also))


def _ends(path: str) -> Iterator[int]:
    """Yield the ends of the path and of the folders above it, the deepest first, 0 at last."""
    end = len(path)
    while end > 0:
        yield end
        end = path.rfind("/", 0, end)
    yield 0


def _holds(folder: str, path: str) -> bool:
    return folder in {"", path} or path.startswith(folder + "/")
