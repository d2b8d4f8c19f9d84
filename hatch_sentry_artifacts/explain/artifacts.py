"""Finds the artifact that Sentry takes for a URL or a debug id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from hatch_sentry_artifacts.assets.names import unspelled
from hatch_sentry_artifacts.explain.near_misses import NearMiss, near_misses
from hatch_sentry_artifacts.explain.urls import candidates, stem


class Kind(str, Enum):
    """The kind of a searched file; the values are those of a bundle's manifest."""

    SCRIPT = "minified_source"
    MAP = "source_map"


@dataclass(frozen=True)
class Artifact:
    """A file of a release or of a bundle, or of a wheel as it would be uploaded.

    `size` is in bytes, None if unknown; `date` is when it, or its bundle, was stored, in ISO 8601,
    "" if unknown; `sha1` is that of the content, None if the server does not tell it. `kind` is
    that in the manifest of its bundle; `bundle` is the bundle's id. `read` returns the content, and
    `read_headers` the headers if they are not known yet; both raise SentryArtifactsError if that
    fails.
    """

    name: str
    dist: str | None
    size: int | None
    headers: Mapping[str, str]
    read: Callable[[], bytes] = field(repr=False)
    kind: str | None = None
    debug_id: str | None = None
    bundle: str | None = None
    date: str = ""
    sha1: str | None = None
    read_headers: Callable[[], Mapping[str, str]] | None = field(default=None, repr=False)

    def header(self, key: str) -> str | None:
        """Return a header's value, whatever its case; None if it is empty or missing."""
        values = (value for each, value in self.headers.items() if each.lower() == key.lower())
        return next(values, "").strip() or None

    def completed(self) -> Artifact:
        """Return the same with all of its headers."""
        if self.read_headers is None:
            return self
        return replace(self, headers=self.read_headers(), read_headers=None)


@dataclass(frozen=True)
class EventBundle:
    """An artifact bundle as the event's release sees it, by way of one dist or of none."""

    id: str | None
    dist: str | None
    files: tuple[Artifact, ...]


class Place(str, Enum):
    """The place where a candidate was searched."""

    DEBUG_ID = "debug-id"
    BUNDLES = "bundles"
    FILES = "release-files"


class CandidateStatus(str, Enum):
    """The result for a candidate."""

    ANSWERS = "answers"
    ABSENT = "absent"
    OTHER_DIST = "other-dist"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class Candidate:
    """A name, or a debug id, that Sentry looks for.

    `dists` are those that have it; None means no dist. `note` is the reason why it is not used, if
    the status does not say.
    """

    name: str
    status: CandidateStatus
    dists: tuple[str | None, ...] = ()
    place: Place = Place.FILES
    note: str | None = None


@dataclass(frozen=True)
class Search:
    """The search for a file: the artifact that was found, or similar names."""

    url: str | None
    candidates: tuple[Candidate, ...]
    artifact: Artifact | None
    near: tuple[NearMiss, ...]


@dataclass(frozen=True)
class Artifacts:
    """All artifacts to search, and the release, dist and debug id of the event.

    `bundles` are those of the release, the newest first; `identified` is the newest that has the
    debug id, of whatever release. `label` says in words where they all are.
    """

    label: str
    files: tuple[Artifact, ...]
    release: str | None = None
    dist: str | None = None
    bundles: tuple[EventBundle, ...] = ()
    debug_id: str | None = None
    identified: EventBundle | None = None

    def of_dist(self, dist: str | None) -> Artifacts:
        """Return the same as an event of another dist sees it."""
        return replace(self, dist=dist)

    def dists(self) -> list[str | None]:
        """Return the dists that have files, in order; None means no dist."""
        found = {file.dist for file in self._all_files()}
        return sorted(found, key=lambda dist: dist or "")

    def find(self, kind: Kind, url: str | None) -> Search:
        """Look for the script or map of the event's debug id, then for that of `url`.

        A dist sees only its own files, no dist only those of none. As Sentry's symbolicator does,
        with what Sentry's endpoint artifact-lookup offers it, which have no public description.
        """
        tried: list[Candidate] = []
        found: Artifact | None = None
        if self.debug_id is not None:
            found, note = self._identified(kind)
            status = CandidateStatus.ABSENT if found is None else CandidateStatus.ANSWERS
            tried.append(Candidate(self.debug_id, status, place=Place.DEBUG_ID, note=note))
        for shelf in self._shelves(url) if url is not None else ():
            if found is None:
                steps, found = shelf.look(candidates(url or ""), self.dist)
                tried += steps
        near: Iterable[NearMiss] = ()
        if found is None and url is not None:
            names = {each.name for each in tried}
            others = [file for file in self._all_files() if file.name not in names]
            # Further spellings of a file are no other files.
            each_once = {(unspelled(file.name), file.dist): file.name for file in reversed(others)}
            there = [(name, dist) for (_, dist), name in reversed(each_once.items())]
            near = near_misses(url, there, self.dist)
        return Search(url, tuple(tried), found, tuple(near))

    def _identified(self, kind: Kind) -> tuple[Artifact | None, str | None]:
        """Return the artifact for the debug id, or why there is none."""
        if self.identified is None:
            return None, "no artifact bundle has a file of that debug id"
        kinds = []
        for file in self.identified.files:
            if file.debug_id == self.debug_id:
                if file.kind == kind.value:
                    return file, None
                kinds.append(f"{file.name}, a {(file.kind or 'file').replace('_', ' ')}")
        bundle = self.identified.id
        which = "what an upload would send" if bundle is None else f"artifact bundle {bundle}"
        return None, (
            f"{which} has that debug id only for {' and '.join(kinds)}, and for no "
            f"{kind.value.replace('_', ' ')}"
        )

    def _shelves(self, url: str) -> Iterator[_Shelf]:
        """Yield the places where Sentry looks for a URL, in order, and those it skips, and why."""
        bundles = self.bundles
        why: str | None = None
        if self.identified is not None:
            yield _Shelf(Place.BUNDLES, self.identified.files, of_any_dist=True)
            why = "Sentry stays with the artifact bundle that has the debug id"
            bundles = tuple(each for each in bundles if each.id != self.identified.id)
        released = [file for bundle in bundles for file in bundle.files]
        if released:
            yield _Shelf(Place.BUNDLES, released, why=why)
        if self.files or not (self.bundles or self.identified):
            yield _Shelf(Place.FILES, self.files, why=why or self._why_no_files(url))

    def _why_no_files(self, url: str) -> str | None:
        """Return why Sentry does not look for release files, where it does not."""
        bundles = [bundle for bundle in self.bundles if bundle.dist == self.dist]
        if len(bundles) == 1:
            return "Sentry looks for release files only where the release has no artifact bundle"
        part = stem(url)
        if any(part in file.name.lower() for bundle in bundles for file in bundle.files):
            return (
                "Sentry looks for release files only where no artifact bundle of the release has "
                f"a file like {part}"
            )
        return None

    def _all_files(self) -> Iterator[Artifact]:
        for bundle in (*self.bundles, *([self.identified] if self.identified else [])):
            yield from bundle.files
        yield from self.files


@dataclass(frozen=True)
class _Shelf:
    """Files of one place, of which the first of a name and dist counts.

    `why` is set where Sentry does not look, and says why.
    """

    place: Place
    files: Sequence[Artifact]
    of_any_dist: bool = False
    why: str | None = None

    def look(
        self, names: Sequence[str], dist: str | None
    ) -> tuple[list[Candidate], Artifact | None]:
        there: dict[str, dict[str | None, Artifact]] = {name: {} for name in names}
        for file in self.files:
            if file.name in there:
                there[file.name].setdefault(file.dist, file)
        if self.why is not None:
            return [
                Candidate(name, CandidateStatus.NOT_ASKED, tuple(dists), self.place, self.why)
                for name, dists in there.items()
                if dists
            ], None
        tried: list[Candidate] = []
        found: Artifact | None = None
        for name, dists in there.items():
            answers = next(iter(dists.values()), None) if self.of_any_dist else dists.get(dist)
            if found is not None:
                tried.append(Candidate(name, CandidateStatus.NOT_ASKED, place=self.place))
            elif answers is not None:
                found = answers
                tried.append(Candidate(name, CandidateStatus.ANSWERS, (answers.dist,), self.place))
            else:
                status = CandidateStatus.OTHER_DIST if dists else CandidateStatus.ABSENT
                tried.append(Candidate(name, status, tuple(dists), self.place))
        return tried, found
