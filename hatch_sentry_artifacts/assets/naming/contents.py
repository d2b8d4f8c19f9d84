"""What the rules look at: the paths of a distribution, its metadata, and small files of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.names import installed
from hatch_sentry_artifacts.errors import DistributionError

_MOST_METADATA_BYTES = 8 * 1024 * 1024
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_ENTRY_POINTS = re.compile(r"[^/]+\.dist-info/entry_points\.txt")


@dataclass
class Budget:
    """How many bytes may still be read, so that no distribution takes long to look at."""

    bytes_left: int

    def take(self, size: int) -> bool:
        """Return whether that many bytes may be read, and count them."""
        if size > self.bytes_left:
            return False
        self.bytes_left -= size
        return True


@dataclass(frozen=True)
class Contents:
    """The files of a distribution, by where they are when it is installed.

    `served` are the paths of the files that are to be named.
    """

    members: Mapping[str, Member]
    served: frozenset[str]
    _metadata_file: Member | None = field(default=None, repr=False)
    _entry_points_file: Member | None = field(default=None, repr=False)

    @staticmethod
    def of(members: Iterable[Member], served: Iterable[str]) -> Contents:
        """Return the contents of a distribution with these members."""
        by_path = {installed(each.path): each for each in members}
        information = [path for path in by_path if ".dist-info/" in path]
        special = {
            pattern: next((by_path[path] for path in information if pattern.fullmatch(path)), None)
            for pattern in (_METADATA, _ENTRY_POINTS)
        }
        return Contents(
            by_path,
            frozenset(map(installed, served)),
            special[_METADATA],
            special[_ENTRY_POINTS],
        )

    def read(self, path: str, most: int, budget: Budget | None = None) -> bytes:
        """Return the content of a file; b"" if it has more than `most` bytes, or is damaged."""
        return _read(self.members.get(path), most, budget)

    def holds_folder(self, folder: str) -> bool:
        """Return whether a file to be named is below that folder."""
        return folder in self.folders

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders above the files that are to be named, but the top."""
        found: set[str] = set()
        for path in self.served:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def folders_called(self, name: str) -> Sequence[str]:
        """Return those of `folders` whose last segment is `name`."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for folder in sorted(self.folders):
            found.setdefault(folder.rpartition("/")[2], []).append(folder)
        return found

    @cached_property
    def packages(self) -> frozenset[str]:
        """The first folders of the files that are to be named."""
        return frozenset(path.partition("/")[0] for path in self.served if "/" in path)

    @cached_property
    def requirements(self) -> frozenset[str]:
        """The names of the projects that the wheel requires, whatever extra is asked for."""
        return frozenset(filter(None, map(_required, self._headers.get("requires-dist", ()))))

    @cached_property
    def classifiers(self) -> frozenset[str]:
        """The classifiers of the wheel."""
        return frozenset(self._headers.get("classifier", ()))

    @cached_property
    def entry_points(self) -> Mapping[str, Mapping[str, str]]:
        """The objects of the wheel's entry points, by group and name."""
        groups: dict[str, dict[str, str]] = {}
        group: dict[str, str] = {}
        text = _read(self._entry_points_file, _MOST_METADATA_BYTES).decode("utf-8", "replace")
        for line in map(str.strip, text.splitlines()):
            if line.startswith("[") and line.endswith("]"):
                group = groups.setdefault(line[1:-1].strip(), {})
            elif "=" in line and not line.startswith(("#", ";")):
                name, _, target = line.partition("=")
                group[name.strip()] = target.partition("[")[0].strip()
        return groups

    @cached_property
    def _headers(self) -> Mapping[str, list[str]]:
        if self._metadata_file is None:
            return {}
        from email.parser import BytesParser

        content = _read(self._metadata_file, _MOST_METADATA_BYTES)
        found: dict[str, list[str]] = {}
        for key, value in BytesParser().parsebytes(content, headersonly=True).items():
            found.setdefault(key.lower(), []).append(str(value).strip())
        return found


def _required(line: str) -> str | None:
    """Return the name of what the line requires; None if only with an extra, or elsewhere."""
    # Most uploads ask for no requirement.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return None
    if requirement.marker is not None and "extra" in str(requirement.marker):
        return None
    return canonicalize_name(requirement.name)


def _read(member: Member | None, most: int, budget: Budget | None = None) -> bytes:
    if member is None or member.size > most or (budget and not budget.take(member.size)):
        return b""
    try:
        with member.open() as content:
            found = content.read(most + 1)
    except DistributionError:
        return b""
    return found if len(found) <= most else b""
