"""What the lean server knows and answers: releases and release files, without their contents."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

RELEASES = re.compile(r"/api/0/(?:organizations/[^/]+|projects/[^/]+/[^/]+)/releases/")
FILES = re.compile(
    r"/api/0/(?:organizations/[^/]+|projects/[^/]+/[^/]+)/releases/([^/]+)/files/(?:([^/]+)/)?"
)
CHUNK_UPLOAD = re.compile(r"/api/0/organizations/[^/]+/chunk-upload/")
BOUNDARY = re.compile(rb'boundary="?([^"\r\n;]+)', re.IGNORECASE)
FIELD_NAME = re.compile(rb'[; ]name="([^"]*)"')
CREATED_AT = "2025-01-01T00:00:00.000000Z"
PAGE = 100


@dataclass
class Sentry:
    """What the server knows: the releases with their files, and counts of the traffic."""

    delay: float = 0.0
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

    def counts(self) -> dict[str, object]:
        """Give what was counted since the last reset, and how many files the server holds."""
        return {
            "requests": self.requests,
            "body_bytes": self.body_bytes,
            "methods": self.methods,
            "connections": self.connections,
            "most_open_connections": self.most_open_connections,
            "files": len(self.taken),
        }


@dataclass(frozen=True)
class Answer:
    """One answer: status, JSON content and, for a page of a list, its Link header."""

    status: int
    content: object = None
    link: str = ""

    def encode(self) -> bytes:
        """Return the bytes for the wire; a 204 has no body."""
        body = b"" if self.status == 204 else json.dumps(self.content).encode()
        head = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        if self.link:
            head += f"Link: {self.link}\r\n"
        return head.encode() + b"\r\n" + body


# What a server says that takes release files only one by one. sentry-cli makes as many
# connections as `concurrency` says, and 4 where nothing is said; Sentry says 8.
CHUNK_OPTIONS = {
    "url": "/api/0/organizations/benchmark/chunk-upload/",
    "chunkSize": 8388608,
    "chunksPerRequest": 64,
    "maxRequestSize": 33554432,
    "maxFileSize": 2147483648,
    "concurrency": 8,
    "hashAlgorithm": "sha1",
    "compression": ["gzip"],
    "accept": ["debug_files"],
}
NOT_FOUND = Answer(404, {"detail": "The requested resource does not exist"})


def parse_upload(head: bytes, body: memoryview) -> dict[str, object]:
    """Find name, dist, headers and the file in a multipart body; the file is only hashed."""
    found = BOUNDARY.search(head)
    delimiter = b"\r\n--" + (found[1] if found else b"")
    buffer = body.obj
    assert isinstance(buffer, bytearray)
    texts: dict[str, str] = {}
    headers: dict[str, str] = {}
    file: dict[str, object] = {}
    # Positions are of the connection's whole buffer, which `find` searches without a copy.
    end = len(head) + 4 + len(body)
    position = len(head) + 4 + len(delimiter) - 2
    while buffer[position : position + 2] == b"\r\n":
        content = buffer.find(b"\r\n\r\n", position, end) + 4
        part = bytes(buffer[position:content])
        stop = buffer.find(delimiter, content, end)
        if content < 4 or stop < 0:
            break
        matched = FIELD_NAME.search(part)
        name = matched[1].decode() if matched else ""
        if name == "file":
            with memoryview(buffer)[content:stop] as data:
                file = {"size": len(data), "sha1": hashlib.sha1(data).hexdigest()}
        elif name == "header":
            key, _, value = buffer[content:stop].decode().partition(":")
            headers[key] = value
        else:
            texts[name] = buffer[content:stop].decode()
        position = stop + len(delimiter)
    return {"name": texts.get("name"), "dist": texts.get("dist"), "headers": headers, **file}


def list_files(sentry: Sentry, version: str, path: str, query: dict[str, list[str]]) -> Answer:
    """One page of a release's files, with the cursor of the next page in the Link header."""
    size = int(query.get("per_page", [str(PAGE)])[0])
    if not 0 < size <= PAGE:
        return Answer(400, {"detail": "Invalid per_page parameter"})
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
    return Answer(200, files[page * size : (page + 1) * size], ", ".join(links))


def key_of(version: str, file: dict[str, object]) -> tuple[str, str, str | None]:
    """Give what no two files may share: release, name and dist; an empty dist is none."""
    return version, str(file["name"]), str(file["dist"]) if file["dist"] else None


def store_file(sentry: Sentry, version: str, file: dict[str, object]) -> Answer:
    """Keep what is known of an uploaded file, unless the release has its name already."""
    if "sha1" not in file:
        return Answer(400, {"detail": "Missing uploaded file"})
    key = key_of(version, file)
    if key in sentry.taken:
        detail = "A file matching this name already exists for the given release"
        return Answer(409, {"detail": detail})
    sentry.last_id += 1
    stored = {"id": str(sentry.last_id), **file, "dateCreated": CREATED_AT}
    sentry.taken[key] = str(sentry.last_id)
    sentry.releases[version][str(sentry.last_id)] = stored
    return Answer(201, stored)


def change_file(
    sentry: Sentry, method: str, version: str, identifier: str, body: memoryview
) -> Answer:
    """Show, rename or delete one file."""
    file = sentry.releases[version].get(identifier)
    if file is None:
        return NOT_FOUND
    if method == "GET":
        return Answer(200, file)
    del sentry.taken[key_of(version, file)]
    if method == "DELETE":
        del sentry.releases[version][identifier]
        return Answer(204)
    file["name"] = json.loads(bytes(body))["name"]
    sentry.taken[key_of(version, file)] = identifier
    return Answer(200, file)


def create_release(sentry: Sentry, body: memoryview) -> Answer:
    """Create a release: 201 the first time, 208 when it is there."""
    order = json.loads(bytes(body))
    version = order["version"]
    status = 208 if version in sentry.releases else 201
    sentry.releases.setdefault(version, {})
    projects = [{"slug": slug, "name": slug} for slug in order.get("projects", [])]
    return Answer(status, {"version": version, "dateCreated": CREATED_AT, "projects": projects})


def handle(sentry: Sentry, method: str, target: str, head: bytes, body: memoryview) -> Answer:
    """Answer one request of the Sentry API."""
    url = urlsplit(target)
    if method == "POST" and RELEASES.fullmatch(url.path):
        return create_release(sentry, body)
    if method == "GET" and CHUNK_UPLOAD.fullmatch(url.path):
        return Answer(200, CHUNK_OPTIONS)
    found = FILES.fullmatch(url.path)
    if found is None or unquote(found[1]) not in sentry.releases:
        return NOT_FOUND
    version, identifier = unquote(found[1]), found[2]
    if identifier:
        return change_file(sentry, method, version, identifier, body)
    if method == "POST":
        return store_file(sentry, version, parse_upload(head, body))
    return list_files(sentry, version, url.path, parse_qs(url.query))


def control(sentry: Sentry, method: str, target: str) -> Answer | None:
    """Answer the benchmark's own requests, GET /stats and POST /reset; they are not counted.

    `POST /reset?delay=0.05&keep=1` also sets the delay and leaves the releases as they are.
    """
    url = urlsplit(target)
    if method == "GET" and url.path == "/stats":
        return Answer(200, sentry.counts())
    if method != "POST" or url.path != "/reset":
        return None
    query = parse_qs(url.query)
    sentry.delay = float(query.get("delay", [str(sentry.delay)])[0])
    if "keep" not in query:
        sentry.releases.clear()
        sentry.taken.clear()
    sentry.clear_counts()
    return Answer(200, {"delay": sentry.delay})
