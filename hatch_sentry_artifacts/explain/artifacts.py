"""Finds the artifact that Sentry takes for a URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from urllib.parse import urljoin

from hatch_sentry_artifacts.assets.names import HOST
from hatch_sentry_artifacts.explain.near_misses import NearMiss, near_misses

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True)
class Artifact:
    """A file of a release, or of a wheel as it would be uploaded.

    `read` gives its content; it raises SentryArtifactsError if that cannot be had.
    """

    name: str
    dist: str | None
    size: int
    headers: Mapping[str, str]
    read: Callable[[], bytes] = field(repr=False)

    def header(self, key: str) -> str | None:
        """The value of a header, whose case does not matter; None if it is empty or missing."""
        values = (value for each, value in self.headers.items() if each.lower() == key.lower())
        return next(values, "").strip() or None


class Status(str, Enum):
    """What became of a candidate."""

    ANSWERS = "answers"
    ABSENT = "absent"
    OTHER_DIST = "other-dist"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class Candidate:
    """A name that Sentry looks for; `dists` are those that have it, None standing for no dist."""

    name: str
    status: Status
    dists: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Search:
    """How a URL was looked for: what answers, or else which names come near."""

    url: str
    candidates: tuple[Candidate, ...]
    artifact: Artifact | None
    near: tuple[NearMiss, ...]


@dataclass(frozen=True)
class Artifacts:
    """All that could answer, and the dist of the event; `label` says in words where they are."""

    label: str
    files: tuple[Artifact, ...]
    release: str | None = None
    dist: str | None = None

    def find(self, url: str) -> Search:
        """Look for the artifact of `url`.

        A dist sees only its own files, no dist only those of none.
        """
        found: Artifact | None = None
        tried: list[Candidate] = []
        for name in candidates(url):
            there = self._by_name.get(name, {})
            if found is not None:
                tried.append(Candidate(name, Status.NOT_ASKED))
            elif self.dist in there:
                found = there[self.dist]
                tried.append(Candidate(name, Status.ANSWERS, (self.dist,)))
            elif there:
                tried.append(Candidate(name, Status.OTHER_DIST, tuple(there)))
            else:
                tried.append(Candidate(name, Status.ABSENT))
        near: Iterable[NearMiss] = ()
        if found is None:
            others = [file for file in self.files if file.name not in {each.name for each in tried}]
            near = near_misses(url, [(file.name, file.dist) for file in others], self.dist)
        return Search(url, tuple(tried), found, tuple(near))

    @cached_property
    def _by_name(self) -> Mapping[str, Mapping[str | None, Artifact]]:
        names: dict[str, dict[str | None, Artifact]] = {}
        for file in self.files:
            names.setdefault(file.name, {})[file.dist] = file
        return names


def candidates(url: str) -> tuple[str, ...]:
    """The names that Sentry looks for, in its order; two, or four if the URL has a query.

    As its own `ReleaseFile.normalize` does, which has no public description: the fragment is
    dropped, names are compared as they are, and `~` stands for any scheme and host.
    """
    whole, _, query = url.partition("#")[0].partition("?")
    path = _SCHEME.sub("", whole).partition("/")
    any_host = "~" + path[1] + path[2]
    if not query:
        return whole, any_host
    return f"{whole}?{query}", whole, f"{any_host}?{query}", any_host


def map_url(script_url: str, reference: str) -> str:
    """The URL that a script's reference to its map means, for schemes of any kind.

    `~/` is the top of the script's host.
    """
    if _SCHEME.match(reference):
        return reference
    wanted = reference[1:] if reference.startswith(HOST) else reference
    scheme = _SCHEME.match(script_url)
    if scheme is None:
        return urljoin(script_url, wanted)
    # urljoin leaves URLs of schemes that it does not know as they are.
    joined = urljoin("http://" + script_url[scheme.end() :], wanted)
    return scheme[0] + joined.partition("://")[2]
