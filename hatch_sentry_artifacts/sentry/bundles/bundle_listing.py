"""Lists the artifact bundles that a server holds, and reads their files."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.errors import NotOffered, UnexpectedResponse
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.http.response import Response

MOST_BUNDLES = 500
# Of one bundle. The format, a zip file of the old kind, has no place for more.
_MOST_FILES = 65_536
_MANIFEST = "manifest.json"
# Also 404 of an unknown project: whoever lists release files has told of that before.
_NOT_OFFERED = {404, 405, 501}
# The numbers that Sentry's answers have for the words of a bundle's manifest.
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
        """The dists of `release` that it is bound to, None standing for no dist."""
        return [dist for version, dist in self.releases if version == release]


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle: `size` in bytes, None if the bundle lacks what its manifest names.

    `kind` is `source`, `minified_source`, `source_map` or `other`; `name` is its URL. `id` names
    it among the bundle's files.
    """

    id: str
    name: str
    kind: str
    size: int | None
    debug_id: str | None


class BundleListing:
    """The part of a server that tells which bundles it holds.

    Every method raises NotOffered if it does not tell, and what those of SentryApi do.
    """

    def __init__(self, api: SentryApi, workers: int) -> None:
        self._api = api
        self._workers = workers
        self._project = api.project_path

    def of_release(self, release: str) -> list[RemoteBundle]:
        """The bundles of the release, of every dist, the newest first; MOST_BUNDLES of them."""
        # The query finds those of a dist of that name, too.
        return [bundle for bundle in self._bundles(release) if bundle.dists(release)]

    def of_debug_id(self, debug_id: str) -> list[RemoteBundle]:
        """The bundles that have a file of that debug id, or have it as their own, newest first."""
        return self._bundles(debug_id)

    def files(self, bundles: Sequence[RemoteBundle]) -> Mapping[str, Sequence[BundleFile]]:
        """The files of each bundle, by its id."""
        pages = [
            (bundle.id, page)
            for bundle in bundles
            for page in range(math.ceil(min(bundle.file_count, _MOST_FILES) / PAGE_FILES) or 1)
        ]
        found: dict[str, list[BundleFile]] = {bundle.id: [] for bundle in bundles}
        with ThreadPoolExecutor(self._workers, "sentry-artifacts-list") as pool:
            for (bundle_id, _), files in zip(
                pages, pool.map(lambda each: self._files(*each), pages), strict=True
            ):
                found[bundle_id] += files
        return found

    def headers(self, bundle_id: str) -> Mapping[str, Mapping[str, str]]:
        """The headers of each file of the bundle, by the file's id.

        They stand in the manifest, which the server gives as any other file.
        """
        content = self.read(bundle_id, _file_id(_MANIFEST))
        try:
            files = json.loads(content)["files"]
            return {
                _file_id(path): {
                    str(key): str(value) for key, value in (said.get("headers") or {}).items()
                }
                for path, said in files.items()
            }
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UnexpectedResponse(
                f"{self._api.connection.url}: the manifest of the artifact bundle {bundle_id} "
                "cannot be read: upload the files again",
                status=200,
            ) from None

    def read(self, bundle_id: str, file_id: str) -> bytes:
        """A file's content; see SentryApi.download."""
        path = f"{self._project}artifact-bundles/{bundle_id}/files/{quote(file_id, safe='')}/"
        return self._api.download(path)

    def _bundles(self, query: str) -> list[RemoteBundle]:
        found: list[RemoteBundle] = []
        asked = {"query": query, "sortBy": "-date_modified", "per_page": str(PAGE_FILES)}
        for _ in range(MOST_BUNDLES // PAGE_FILES):
            response = self._ask(f"{self._project}files/artifact-bundles/?{urlencode(asked)}")
            found += self._read(response, lambda said: map(_bundle, said))
            if response.next_cursor is None:
                break
            asked["cursor"] = response.next_cursor
        return found

    def _files(self, bundle_id: str, page: int) -> list[BundleFile]:
        asked = {"per_page": PAGE_FILES, "cursor": f"{PAGE_FILES}:{page}:0"}
        path = f"{self._project}artifact-bundles/{bundle_id}/files/?{urlencode(asked)}"
        return self._read(self._ask(path), lambda said: map(_file, said["files"]))

    def _ask(self, path: str) -> Response:
        try:
            return self._api.call("GET", path, expected=(200,))
        except UnexpectedResponse as error:
            if error.status not in _NOT_OFFERED:
                raise
            raise NotOffered(
                f"{self._api.connection.url} does not tell which artifact bundles it holds"
            ) from None

    def _read(self, response: Response, read: Callable[[Any], Iterable[Item]]) -> list[Item]:
        try:
            return list(read(response.json()))
        except (AttributeError, KeyError, TypeError, ValueError):
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
    )


def _file_id(path: str) -> str:
    """How addresses name a file of a bundle."""
    return base64.urlsafe_b64encode(path.encode()).decode()
