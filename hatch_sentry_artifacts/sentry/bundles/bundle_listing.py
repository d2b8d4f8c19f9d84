"""Lists the artifact bundles that a server holds, and reads their files."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.errors import NotOffered, UnexpectedResponse
from hatch_sentry_artifacts.parallel import run_in_order
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.http.response import Response

MOST_BUNDLES = 500
# Where all are wanted: a server whose list has no end must not be followed for ever.
_MOST_OF_ALL = 200_000
# Of one bundle: the limit of the format, a zip file without Zip64.
_MOST_FILES = 65_536
_MANIFEST = "manifest.json"
# 404 also means an unknown project, which the list of release files reports before.
_NOT_OFFERED = {404, 405, 501}
# The numbers in Sentry's responses for the kinds in a bundle's manifest.
_KINDS = {1: "source", 2: "minified_source", 3: "source_map"}
_OTHER_KIND = "other"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class RemoteBundle:
    """A bundle on the server, and the releases that it is bound to, each with a dist or None.

    `date` is when it was last stored, in ISO 8601.
    """

    id: str
    releases: tuple[tuple[str, str | None], ...]
    file_count: int
    date: str

    def dists(self, release: str) -> list[str | None]:
        """Return the dists of `release` that it is bound to; None means no dist."""
        return [dist for version, dist in self.releases if version == release]


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle: `size` in bytes, None if unknown.

    `kind` is `source`, `minified_source`, `source_map` or `other`; `name` is its URL. `id` names
    it among the bundle's files. `missing`: the bundle lacks it, though its manifest names it.
    """

    id: str
    name: str
    kind: str
    size: int | None
    debug_id: str | None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A file's entry in a manifest; the keys of `headers` are as in the manifest."""

    name: str
    kind: str
    headers: Mapping[str, str]

    @staticmethod
    def read(said: Mapping[str, Any]) -> ManifestEntry:
        """Read an entry of a manifest. Raises AttributeError or ValueError if it is none."""
        headers = {str(key): str(value) for key, value in (said.get("headers") or {}).items()}
        kind = said.get("type")
        kind = kind if kind in _KINDS.values() else _OTHER_KIND
        return ManifestEntry(str(said.get("url") or ""), str(kind), headers)

    @property
    def debug_id(self) -> str | None:
        """The file's debug id, in lower case."""
        found = (value for key, value in self.headers.items() if key.lower() == "debug-id")
        return next(found, "").lower() or None


class BundleListing:
    """The part of a server that lists the bundles of a project, the first one if none is named.

    Every method raises NotOffered if the server has no such list, and the errors of SentryApi.
    """

    def __init__(self, api: SentryApi, workers: int, project: str | None = None) -> None:
        self._api = api
        self._workers = workers
        self._project = api.project_path if project is None else api.path_of_project(project)

    def find_by_release(self, release: str) -> list[RemoteBundle]:
        """Return bundles of the release, of every dist, the newest first; MOST_BUNDLES at most."""
        # The query also finds dists of that name.
        return [bundle for bundle in self._bundles(release) if bundle.dists(release)]

    def find_by_debug_id(self, debug_id: str) -> list[RemoteBundle]:
        """Return the bundles that have that debug id, or a file of it, the newest first."""
        return self._bundles(debug_id)

    def newest(self) -> list[RemoteBundle]:
        """Return the newest bundles of the project, of whatever release; MOST_BUNDLES at most."""
        return self._bundles("")

    def all(self) -> list[RemoteBundle]:
        """Return all bundles of the project, the oldest first: new ones move none of them."""
        return self._bundles("", order="date_added", most=_MOST_OF_ALL)

    def is_offered(self) -> bool:
        """Return whether the server has a list of bundles; a read of its first line."""
        try:
            self._ask(f"{self._project}files/artifact-bundles/?per_page=1")
        except NotOffered:
            return False
        return True

    def files(self, bundles: Sequence[RemoteBundle]) -> Mapping[str, Sequence[BundleFile]]:
        """Return the files of each bundle, by its id, in the number that it announces."""
        firsts = self._read_in_order(lambda bundle: self._files(bundle.id, 0), bundles)
        found = {bundle.id: first for bundle, first in zip(bundles, firsts, strict=True)}
        for bundle in bundles:
            if len(found[bundle.id]) == PAGE_FILES:
                found[bundle.id] += self._further(bundle)
        return found

    def _further(self, bundle: RemoteBundle) -> Iterator[BundleFile]:
        """Yield the items of the pages after the first; a few pages are requested at a time.

        Whatever number of pages the server announces, a page that is not full is the last.
        """
        count = math.ceil(min(bundle.file_count, _MOST_FILES) / PAGE_FILES)
        for start in range(1, count, self._workers):
            pages = range(start, min(start + self._workers, count))
            for files in self._read_in_order(lambda page: self._files(bundle.id, page), pages):
                yield from files
                if len(files) < PAGE_FILES:
                    return

    def _read_in_order(
        self, read: Callable[[Item], Sequence[BundleFile]], items: Sequence[Item]
    ) -> list[list[BundleFile]]:
        """Return the results of `read` for the items, of which a few are read at a time."""
        stop = self._api.transport.stop
        found = run_in_order(read, items, workers=self._workers, name="list", hurry=stop)
        return [list(each) for each in found]

    def manifest(self, bundle_id: str) -> Mapping[str, ManifestEntry]:
        """Return the entries of the bundle's manifest, by the ids of the files: one request.

        Raises ServerRefused for an org auth token, which may not read files.
        """
        content = self.read(bundle_id, _file_id(_MANIFEST))
        try:
            files = json.loads(content)["files"]
            return {_file_id(path): ManifestEntry.read(said) for path, said in files.items()}
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            raise UnexpectedResponse(
                f"{self._api.connection.url}: the manifest of the artifact bundle {bundle_id} "
                "cannot be read: upload the files again",
                status=200,
            ) from None

    def read(self, bundle_id: str, file_id: str) -> bytes:
        """Return a file's content; see SentryApi.download."""
        path = f"{self._project}artifact-bundles/{bundle_id}/files/{quote(file_id, safe='')}/"
        return self._api.download(path)

    def _bundles(
        self, query: str, *, order: str = "-date_modified", most: int = MOST_BUNDLES
    ) -> list[RemoteBundle]:
        found: list[RemoteBundle] = []
        asked = {"query": query, "sortBy": order, "per_page": str(PAGE_FILES)}
        for _ in range(most // PAGE_FILES):
            response = self._ask(f"{self._project}files/artifact-bundles/?{urlencode(asked)}")
            page = self._read(response, lambda said: map(_bundle, said))
            found += page
            cursor = response.next_cursor
            if not page or cursor in {None, asked.get("cursor")}:
                break
            asked["cursor"] = str(cursor)
        # A new bundle moves others to the next page, so that they are listed twice.
        return list({bundle.id: bundle for bundle in found}.values())

    def _files(self, bundle_id: str, page: int) -> list[BundleFile]:
        asked = {"per_page": PAGE_FILES, "cursor": f"{PAGE_FILES}:{page}:0"}
        path = f"{self._project}artifact-bundles/{bundle_id}/files/?{urlencode(asked)}"
        return self._read(self._ask(path), lambda said: map(_file, said["files"]))

    def _ask(self, path: str) -> Response:
        try:
            response = self._api.call("GET", path, expected=(200,))
        except UnexpectedResponse as error:
            if error.status not in _NOT_OFFERED:
                raise
        else:
            # GlitchTip serves its web pages there.
            if response.is_json:
                return response
        raise NotOffered(
            f"{self._api.connection.url} does not tell which artifact bundles it holds"
        )

    def _read(self, response: Response, read: Callable[[Any], Iterable[Item]]) -> list[Item]:
        try:
            return list(read(response.json()))
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            raise UnexpectedResponse(
                f"{self._api.connection.url} lists artifact bundles as no Sentry server does: is "
                "the url that of a Sentry server?",
                status=response.status,
            ) from None


def _bundle(said: Mapping[str, Any]) -> RemoteBundle:
    return RemoteBundle(
        id=str(said["bundleId"]),
        releases=tuple((str(each["release"]), each["dist"]) for each in said["associations"]),
        file_count=int(said["fileCount"]),
        date=str(said["dateModified"] or said["date"]),
    )


def _file(said: Mapping[str, Any]) -> BundleFile:
    size, debug_id = said["fileSize"], said["debugId"]
    return BundleFile(
        id=str(said["id"]),
        name=str(said["filePath"] or ""),
        kind=_KINDS.get(said["fileType"], _OTHER_KIND),
        size=None if size is None else int(size),
        debug_id=None if debug_id is None else str(debug_id).lower(),
        missing=size is None,
    )


def _file_id(path: str) -> str:
    """Return the id of a bundle's file in URLs."""
    return base64.urlsafe_b64encode(path.encode()).decode()
