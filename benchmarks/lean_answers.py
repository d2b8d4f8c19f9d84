"""What the lean server knows and answers: releases and release files, without their contents."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from lean_bundles import ASSEMBLE, CHUNK_UPLOAD, Bundles, Stored
from lean_http import NOT_FOUND, Response, read_parts

RELEASES = re.compile(r"/api/0/(?:organizations/[^/]+|projects/[^/]+/[^/]+)/releases/")
RELEASE = re.compile(RELEASES.pattern + "([^/]+)/")
FILES = re.compile(
    r"/api/0/(?:organizations/[^/]+|projects/[^/]+/[^/]+)/releases/([^/]+)/files/(?:([^/]+)/)?"
)
CREATED_AT = "2025-01-01T00:00:00.000000Z"
PAGE = 100


@dataclass
class Sentry:
    """What the server knows: the releases with their files, and counts of the traffic."""

    delay: float = 0.0
    bundles: Bundles = field(default_factory=Bundles)
    releases: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    taken: dict[tuple[str, str, str | None], str] = field(default_factory=dict)
    last_id: int = 0
    requests: int = 0
    body_bytes: int = 0
    connections: int = 0
    open_connections: int = 0
    most_open_connections: int = 0
    methods: dict[str, int] = field(default_factory=dict)

    def clear_counts(self) -> None:
        """Start counting anew; connections that are open stay counted as open."""
        self.requests = self.body_bytes = self.connections = 0
        self.most_open_connections = self.open_connections
        self.methods = {}
        self.bundles.clear_counts()

    def counts(self) -> dict[str, object]:
        """Give what was counted since the last reset, and how many files the server holds."""
        return {
            "requests": self.requests,
            "body_bytes": self.body_bytes,
            "methods": self.methods,
            "connections": self.connections,
            "most_open_connections": self.most_open_connections,
            "files": len(self.taken),
            **self.bundles.counts(),
        }


def parse_upload(head: bytes, body: memoryview) -> dict[str, object]:
    """Find name, dist, headers and the file in a multipart body; the file is only hashed."""
    texts: dict[str, str] = {}
    headers: dict[str, str] = {}
    file: dict[str, object] = {}
    for part in read_parts(head, body):
        if part.name == "file":
            file = {"size": len(part.content), "sha1": hashlib.sha1(part.content).hexdigest()}
        elif part.name == "header":
            key, _, value = part.text.partition(":")
            headers[key] = value
        else:
            texts[part.name] = part.text
    return {"name": texts.get("name"), "dist": texts.get("dist"), "headers": headers, **file}


def list_files(sentry: Sentry, version: str, path: str, query: dict[str, list[str]]) -> Response:
    """One page of a release's files, with the cursor of the next page in the Link header."""
    size = int(query.get("per_page", [str(PAGE)])[0])
    if not 0 < size <= PAGE:
        return Response(400, {"detail": "Invalid per_page parameter"})
    page = int(query.get("cursor", [f"{size}:0:0"])[0].split(":")[1])
    files = list(sentry.releases[version].values())
    if wanted := query.get("checksum"):
        files = [file for file in files if file["sha1"] in wanted]
    if texts := [text.lower() for text in query.get("query", [])]:
        files = [file for file in files if any(text in str(file["name"]).lower() for text in texts)]
    links = []
    for name, number, results in (
        ("previous", max(page - 1, 0), page > 0),
        ("next", page + 1, len(files) > (page + 1) * size),
    ):
        cursor = f"{size}:{number}:{int(name == 'previous')}"
        links.append(
            f'<http://127.0.0.1{path}?cursor={cursor}>; rel="{name}"; '
            f'results="{str(results).lower()}"; cursor="{cursor}"'
        )
    return Response(200, files[page * size : (page + 1) * size], ", ".join(links))


def key_of(version: str, file: dict[str, object]) -> tuple[str, str, str | None]:
    """Give what no two files may share: release, name and dist; an empty dist is none."""
    return version, str(file["name"]), str(file["dist"]) if file["dist"] else None


def store_file(sentry: Sentry, version: str, file: dict[str, object]) -> Response:
    """Keep what is known of an uploaded file, unless the release has its name already."""
    if "sha1" not in file:
        return Response(400, {"detail": "Missing uploaded file"})
    key = key_of(version, file)
    if key in sentry.taken:
        detail = "A file matching this name already exists for the given release"
        return Response(409, {"detail": detail})
    sentry.last_id += 1
    stored = {"id": str(sentry.last_id), **file, "dateCreated": CREATED_AT}
    sentry.taken[key] = str(sentry.last_id)
    sentry.releases[version][str(sentry.last_id)] = stored
    return Response(201, stored)


def change_file(
    sentry: Sentry, method: str, version: str, identifier: str, body: memoryview
) -> Response:
    """Show, rename or delete one file."""
    file = sentry.releases[version].get(identifier)
    if file is None:
        return NOT_FOUND
    if method == "GET":
        return Response(200, file)
    del sentry.taken[key_of(version, file)]
    if method == "DELETE":
        del sentry.releases[version][identifier]
        return Response(204)
    file["name"] = json.loads(bytes(body))["name"]
    sentry.taken[key_of(version, file)] = identifier
    return Response(200, file)


def create_release(sentry: Sentry, body: memoryview) -> Response:
    """Create a release: 201 the first time, 208 when it is there."""
    order = json.loads(bytes(body))
    version = order["version"]
    status = 208 if version in sentry.releases else 201
    sentry.releases.setdefault(version, {})
    projects = [{"slug": slug, "name": slug} for slug in order.get("projects", [])]
    return Response(status, {"version": version, "dateCreated": CREATED_AT, "projects": projects})


def show_release(sentry: Sentry, version: str) -> Response:
    """Show a release, whose only project is the benchmark's."""
    if version not in sentry.releases:
        return NOT_FOUND
    projects = [{"slug": "benchmark", "name": "benchmark"}]
    return Response(200, {"version": version, "dateCreated": CREATED_AT, "projects": projects})


def handle_files(
    sentry: Sentry, method: str, target: str, head: bytes, body: memoryview
) -> Response:
    """Answer a request about the files of a release."""
    url = urlsplit(target)
    found = FILES.fullmatch(url.path)
    if found is None or unquote(found[1]) not in sentry.releases:
        return NOT_FOUND
    version, identifier = unquote(found[1]), found[2]
    if identifier:
        return change_file(sentry, method, version, identifier, body)
    if method == "POST":
        return store_file(sentry, version, parse_upload(head, body))
    return list_files(sentry, version, url.path, parse_qs(url.query))


def handle(sentry: Sentry, method: str, target: str, head: bytes, body: memoryview) -> Response:
    """Answer one request of the Sentry API."""
    path = urlsplit(target).path
    if CHUNK_UPLOAD.fullmatch(path):
        return sentry.bundles.options() if method == "GET" else sentry.bundles.store(head, body)
    if method == "POST" and ASSEMBLE.fullmatch(path):
        return sentry.bundles.assemble(body)
    if method == "POST" and RELEASES.fullmatch(path):
        return create_release(sentry, body)
    if method == "GET" and (release := RELEASE.fullmatch(path)):
        return show_release(sentry, unquote(release[1]))
    return handle_files(sentry, method, target, head, body)


def control(sentry: Sentry, method: str, target: str) -> Response | None:
    """Answer the benchmark's own requests, which are not counted: what was counted, and orders.

    `GET /stats`; `POST /save?name=base` remembers the chunks and bundles that are there; `POST
    /reset` starts anew, with these optional parameters: `delay` in seconds; `keep=1` leaves all as
    it is; `restore=base` brings back what was saved; `bundles=1` offers artifact bundles; with
    `contents=1` their contents are kept and bundles are read.
    """
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if method == "GET" and url.path == "/stats":
        return Response(200, sentry.counts())
    if method == "POST" and url.path == "/save":
        sentry.bundles.saved[query["name"]] = sentry.bundles.stored.copy()
        return Response(200, {})
    if method != "POST" or url.path != "/reset":
        return None
    sentry.delay = float(query.get("delay", sentry.delay))
    sentry.bundles.offered = "bundles" in query
    sentry.bundles.keep_contents = "contents" in query
    if "restore" in query:
        sentry.bundles.stored = sentry.bundles.saved[query["restore"]].copy()
    elif "keep" not in query:
        sentry.releases.clear()
        sentry.taken.clear()
        sentry.bundles.stored = Stored()
    sentry.clear_counts()
    return Response(200, {"delay": sentry.delay})
