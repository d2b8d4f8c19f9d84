"""JSON of a server that is other than Sentry's, at any place in it, is refused or understood."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import SentryArtifactsError, UnexpectedResponse
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_api import BundleApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing, RemoteBundle
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.release_list import _pages
from hatch_sentry_artifacts.sentry.releases.deploys import Deploys
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases
from hatch_sentry_artifacts.sentry.releases.search import Search, search
from hatch_sentry_artifacts.sentry.session import connected

from .raw_server import Wire, raw_server
from .running import QUICK

_SHA1 = "a" * 40
_FILE = {
    "id": "7",
    "name": "~/a.js",
    "dist": None,
    "size": 3,
    "sha1": _SHA1,
    "headers": {"Sourcemap": "a.js.map"},
}
_LIMITS = {
    "url": "/api/0/organizations/acme/chunk-upload/",
    "chunkSize": 8388608,
    "chunksPerRequest": 64,
    "maxRequestSize": 33554432,
    "maxFileSize": 2147483648,
    "concurrency": 8,
    "hashAlgorithm": "sha1",
    "compression": ["gzip"],
    "accept": ["release_files", "artifact_bundles", "artifact_bundles_v2"],
}
_BUNDLE = {
    "bundleId": "b",
    "associations": [{"release": "1.0", "dist": None}],
    "date": "2026-01-01T00:00:00Z",
    "dateModified": "2026-01-01T00:00:00Z",
    "fileCount": 1,
}
_BUNDLE_FILE = {"id": "Zg==", "filePath": "~/a.js", "fileType": 2, "fileSize": 3, "debugId": None}
_RELEASE = {
    "version": "1.0",
    "status": "archived",
    "ref": "v1",
    "url": None,
    "dateCreated": "2026-01-01T00:00:00Z",
    "dateReleased": None,
    "deployCount": 1,
    "projects": [{"slug": "web", "name": "Web"}],
}
_DEPLOY = {
    "id": "7",
    "environment": "production",
    "name": None,
    "url": "https://shop.example/",
    "dateStarted": None,
    "dateFinished": "2026-01-01T00:00:00Z",
}


def _asset() -> Asset:
    return Asset("a.js", "~/a.js", 3, _SHA1, 0, {}, lambda: io.BytesIO(b"abc"))


def _releases(api: SentryApi) -> object:
    return _pages(api, api.project_path)


def _release() -> Release:
    return Release("1.0", frozenset({"web"}))


def _remote() -> RemoteBundle:
    return RemoteBundle("b", (("1.0", None),), 1, "2026-01-01T00:00:00Z")


# For each endpoint: what calls it, the status of its answer, and what a Sentry says.
ENDPOINTS: Mapping[str, tuple[Callable[[SentryApi], object], int, Any]] = {
    "root": (
        SentryApi.abilities,
        200,
        {"version": "0", "auth": {"scopes": ["org:ci"]}, "user": {"id": "1"}},
    ),
    "list of files": (lambda api: api.release_files("1.0"), 200, [_FILE]),
    "upload": (lambda api: api.upload_release_file("1.0", _asset(), None), 201, _FILE),
    "rename": (lambda api: api.rename_release_file("1.0", "7", "~/b.js"), 200, _FILE),
    "releases": (_releases, 200, [_RELEASE]),
    "new release": (lambda api: Releases(api).create("1.0"), 201, _RELEASE),
    "release": (lambda api: Releases(api).find("1.0"), 200, _RELEASE),
    "changed release": (
        lambda api: Releases(api).set_archived(_release(), archived=True),
        200,
        _RELEASE,
    ),
    "found releases": (lambda api: search(api, Search()), 200, [_RELEASE]),
    "deploys": (lambda api: Deploys(api, _release()).list(), 200, [_DEPLOY]),
    "limits": (lambda api: BundleApi(api).limits(), 200, _LIMITS),
    "assembling": (
        lambda api: BundleApi(api).assemble(_SHA1, [_SHA1], "1.0", None),
        200,
        {"state": "not_found", "missingChunks": [_SHA1], "detail": None},
    ),
    "bundles": (lambda api: BundleListing(api, 1).find_by_release("1.0"), 200, [_BUNDLE]),
    "manifest": (
        lambda api: BundleListing(api, 1).manifest("b"),
        200,
        {"files": {"a.js": {"url": "~/a.js", "type": "minified_source", "headers": {"a": "b"}}}},
    ),
    "bundle's files": (
        lambda api: BundleListing(api, 1).files([_remote()]),
        200,
        {"files": [_BUNDLE_FILE]},
    ),
}
_WRONG: Mapping[str, str] = {
    "null": "null",
    "true": "true",
    "text": '"x"',
    "empty text": '""',
    "half a character": '"\\ud83d"',
    "number": "7",
    "negative": "-7",
    "huge": "9" * 400,
    "with a point": "1.5",
    "infinite": "1e999",
    "not a number": "NaN",
    "list": "[1, null]",
    "lists": "[[], {}]",
    "object": '{"x": [1]}',
}


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within `value`, the whole included."""
    yield ()
    items: Iterable[Any] = ()
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        yield from ((key, *place) for place in _places(each))


def _replaced(value: Any, place: tuple[Any, ...], wrong: str) -> bytes:
    marked = copy.deepcopy({"": value})
    *parents, last = ("", *place)
    holder: Any = marked
    for key in parents:
        holder = holder[key]
    holder[last] = "the place"
    return json.dumps(marked[""]).replace('"the place"', wrong).encode()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_wrong_type_at_any_place_is_no_crash(endpoint: str) -> None:
    call, status, said = ENDPOINTS[endpoint]
    body = json.dumps(said).encode()

    def answer(wire: Wire) -> None:
        while True:
            wire.request()
            head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n"
            wire.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode(), body)

    with raw_server(answer) as server:
        connection = Connection(server.url, "acme", ("web",), Token("t" * 40, "the test"))
        with connected(
            connection, workers=1, timeout=20, notice=lambda _: None, policy=QUICK
        ) as api:
            call(api)
            refused = 0
            for place in _places(said):
                for wrong in _WRONG.values():
                    body = _replaced(said, place, wrong)
                    try:
                        call(api)
                    except SentryArtifactsError:
                        refused += 1
    assert refused


@pytest.mark.parametrize(
    ("read", "value", "told"),
    [
        (typed.text, 7, "its id should be a text and is a number"),
        (typed.text, "\ud800", "its id should be a text without half characters"),
        (typed.integer, True, "its id should be a whole number and is true or false"),
        (typed.integer, -1, "its id should be a whole number from 0 to"),
        (typed.integer, 2**63, "its id should be a whole number from 0 to"),
        (typed.integer, 1.0, "its id should be a whole number and is a number with a point"),
        (typed.mapping, [], "its id should be an object and is a list"),
        (typed.sequence, None, "its id should be a list and is null"),
    ],
)
def test_readers_tell_what_is_wrong(
    read: Callable[[object, str], object], value: object, told: str
) -> None:
    with pytest.raises(UnexpectedResponse) as raised:
        read(value, "its id")
    assert told in str(raised.value)
    assert "is the url that of a Sentry server?" in str(raised.value)
