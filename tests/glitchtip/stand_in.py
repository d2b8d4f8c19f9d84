"""A server that answers as GlitchTip does, as far as uploads ask: for there is none to install.

What it answers was observed on the development state of 5.2, and read in the source of 6.x.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

ORGANIZATION, PROJECTS, TOKEN = "acme", ("web", "other"), "ab" * 20
_PART = re.compile(rb'form-data; name="(\w+)"; filename="(\w+)"\r\n(?:[^\r]+\r\n)*\r\n')


@dataclass
class Release:
    """A release; one that a bundle made is linked to no project."""

    projects: list[str] = field(default_factory=list)
    date_released: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)


class GlitchTip:
    """A context manager; `tells_missing` and `tells_size` are those of 6.0.5 and 6.0.7."""

    def __init__(self, *, tells_missing: bool = False, tells_size: bool = False) -> None:
        self.tells_missing = tells_missing
        self.tells_size = tells_size
        self.requests: list[tuple[str, str]] = []
        self.releases: dict[str, Release] = {}
        self.chunks: dict[str, bytes] = {}
        self.orders: list[dict[str, Any]] = []
        # Called in place of an answer to the creation of a release.
        self.on_create: Callable[[str], None] = lambda _: None
        self.delayed = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> GlitchTip:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def steps(self) -> list[str]:
        """The requests, without what stands before the last parts of their paths."""
        return [f"{method} {'/'.join(path.split('/')[5:])}" for method, path in self.requests]

    def assemble(self, order: dict[str, Any]) -> dict[str, Any]:
        """Begin to assemble, which takes the worker no time here."""
        missing = [sha1 for sha1 in order["chunks"] if sha1 not in self.chunks]
        if self.tells_missing and missing:
            return {"state": "not_found", "missingChunks": missing}
        content = b"".join(self.chunks.get(sha1, b"") for sha1 in order["chunks"])
        if not missing and hashlib.sha1(content).hexdigest() == order["checksum"]:
            self._store(content, order.get("version"))
        return {"state": "created", "missingChunks": []}

    def _store(self, content: bytes, version: str | None) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        if manifest["org"] != ORGANIZATION or manifest.get("release") != version or not version:
            return
        release = self.releases.setdefault(version, Release())
        maps = {
            each["url"].rpartition("/")[2]
            for each in manifest["files"].values()
            if each["type"] == "source_map"
        }
        for each in manifest["files"].values():
            headers = {key.lower(): value for key, value in each.get("headers", {}).items()}
            paired = headers.get("sourcemap", "").rpartition("/")[2] in maps
            if each["type"] == "minified_source" and paired:
                release.files.append(
                    {
                        "id": str(len(release.files) + 1),
                        "dateCreated": "2026-01-01T00:00:00Z",
                        "sha1": "0" * 40,
                        "headers": headers,
                        "name": each["url"].rpartition("/")[2],
                        **({"size": 7} if self.tells_size else {}),
                    }
                )


def _handler(site: GlitchTip) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = urlsplit(self.path).path
            with lock:
                site.requests.append((self.command, path))
                status, said = _answer(site, self.command, path, body)
            page = isinstance(said, str)
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if page else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - named by the base class

    return Handler


_NOT_FOUND = 404, {"detail": "Not Found"}
_NOT_ALLOWED = 405, "Method not allowed"
_PAGE = 200, "<!doctype html><title>GlitchTip</title>"


def _answer(site: GlitchTip, method: str, path: str, body: bytes) -> tuple[int, Any]:
    parts = [unquote(part) for part in path.strip("/").split("/")][2:]
    match parts:
        case []:
            auth = {"scopes": ["project:releases"]}
            return 200, {"version": "0", "user": {"id": "1"}, "auth": auth}
        case ["organizations", organization, "releases", *rest]:
            return _of_organization(site, [method, *rest], organization, body)
        case ["organizations", organization, *rest]:
            return _of_bundles(site, [method, *rest], organization, body)
        case ["projects", organization, project, "releases", *rest]:
            known = organization == ORGANIZATION and project in PROJECTS
            return _of_project(site, [method, *rest], project, body, known=known)
    return _PAGE


def _of_bundles(
    site: GlitchTip, asked: list[str], organization: str, body: bytes
) -> tuple[int, Any]:
    match asked:
        case ["GET", "chunk-upload"]:
            return 200, _limits(site)
        case ["POST", "chunk-upload"] if organization.lower() == ORGANIZATION:
            return _take_chunk(site, body)
        case ["POST", "artifactbundle", "assemble"] if organization == ORGANIZATION:
            site.orders.append(json.loads(body))
            return 200, site.assemble(json.loads(body))
    return _NOT_FOUND if asked[0] == "POST" else _PAGE


def _of_project(
    site: GlitchTip, asked: list[str], project: str, body: bytes, *, known: bool
) -> tuple[int, Any]:
    match asked:
        case ["GET"] | ["GET", _, "files"]:
            return 200, []
        case ["POST"] if known:
            version = json.loads(body)["version"]
            release = site.releases.setdefault(version, Release())
            release.projects += [project] * (project not in release.projects)
            return 201, _told(version, release)
    return _NOT_FOUND if asked == ["POST"] else _NOT_ALLOWED


def _of_organization(
    site: GlitchTip, asked: list[str], organization: str, body: bytes
) -> tuple[int, Any]:
    known = organization == ORGANIZATION
    match asked:
        case ["GET"]:
            return 200, []
        case ["POST"] if known:
            return _create(site, json.loads(body))
        case ["GET", version, "files"]:
            release = site.releases.get(version) if known else None
            return 200, release.files if release else []
        case [("GET" | "PUT") as method, version] if known and version in site.releases:
            return _of_release(site, method, version, body)
    return _NOT_ALLOWED if asked[-1] == "files" else _NOT_FOUND


def _of_release(site: GlitchTip, method: str, version: str, body: bytes) -> tuple[int, Any]:
    if method == "GET" and site.delayed:
        site.delayed -= 1
        return _NOT_FOUND
    if method == "PUT":
        site.releases[version].date_released = json.loads(body).get("dateReleased")
    return 200, _told(version, site.releases[version])


def _create(site: GlitchTip, said: dict[str, Any]) -> tuple[int, Any]:
    site.on_create(said["version"])
    if said["version"] in site.releases:
        return 500, "<h1>Server Error (500)</h1>"
    projects = [slug for slug in said["projects"] if slug in PROJECTS]
    if not projects:
        return 422, [{"projects": "Require at least one valid project"}]
    site.releases[said["version"]] = Release(projects)
    return 201, _told(said["version"], site.releases[said["version"]])


def _told(version: str, release: Release) -> dict[str, Any]:
    projects = [{"slug": slug, "name": slug} for slug in release.projects]
    return {"version": version, "dateReleased": release.date_released, "projects": projects}


def _limits(site: GlitchTip) -> dict[str, Any]:
    return {
        "url": f"{site.url}/api/0/organizations/{ORGANIZATION}/chunk-upload/",
        "chunkSize": 33554432,
        "chunksPerRequest": 1,
        "maxFileSize": 2147483648,
        "maxRequestSize": 33554432,
        "concurrency": 1,
        "hashAlgorithm": "sha1",
        "compression": ["gzip"],
        "accept": ["debug_files", "release_files", "pdbs", "sources", "artifact_bundles"],
    }


def _take_chunk(site: GlitchTip, body: bytes) -> tuple[int, Any]:
    boundary = b"\r\n" + body.partition(b"\r\n")[0]
    heads = list(_PART.finditer(body))
    if [head[1] for head in heads] != [b"file_gzip"]:
        return (400, {"detail": "Too many chunks"}) if len(heads) > 1 else (422, {"detail": []})
    packed = body[heads[0].end() : body.index(boundary, heads[0].end())]
    site.chunks.setdefault(heads[0][2].decode(), gzip.decompress(packed))
    return 200, None
