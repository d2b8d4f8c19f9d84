"""What the lean server knows of chunks and artifact bundles: their sizes and SHA-1s."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass, field

from lean_http import Response, read_parts

CHUNK_UPLOAD = re.compile(r"/api/0/organizations/[^/]+/chunk-upload/")
ASSEMBLE = re.compile(r"/api/0/organizations/[^/]+/artifactbundle/assemble/")
CONTENT_ENCODING = re.compile(rb"\r\ncontent-encoding: *(?!identity)", re.IGNORECASE)
SHA1 = re.compile(r"[0-9a-f]{40}")
BUNDLE_HEADER = b"SYSB\x02\0\0\0"
ASSEMBLE_KEYS = {"checksum", "chunks", "projects", "version", "dist"}

MAX_CHUNK = 8388608
MAX_CHUNKS = 64
MAX_REQUEST = 33554432
# sentry-cli makes as many connections as `concurrency` says, and 4 where nothing is said; Sentry
# says 8.
CHUNK_OPTIONS = {
    "url": "/api/0/organizations/benchmark/chunk-upload/",
    "chunkSize": MAX_CHUNK,
    "chunksPerRequest": MAX_CHUNKS,
    "maxFileSize": 2147483648,
    "maxRequestSize": MAX_REQUEST,
    "concurrency": 8,
    "hashAlgorithm": "sha1",
    "compression": ["gzip"],
    # What a server says that takes release files only one by one.
    "accept": ["debug_files"],
}
WITH_BUNDLES = [
    "debug_files",
    "release_files",
    "pdbs",
    "sources",
    "bcsymbolmaps",
    "il2cpp",
    "portablepdbs",
    "artifact_bundles",
    "artifact_bundles_v2",
]


@dataclass
class Stored:
    """The chunks that are there, by SHA-1, and the state of each bundle, by its SHA-1."""

    sizes: dict[str, int] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Stored:
        """Give a copy that can change for itself."""
        return Stored(dict(self.sizes), dict(self.contents), dict(self.states))


def _over_a_limit(sizes: list[int]) -> str | None:
    """Return the real server's error for chunks of these sizes, or None."""
    if any(size > MAX_CHUNK for size in sizes):
        return "Chunk size too large"
    if sum(sizes) > MAX_REQUEST:
        return "Request too large"
    return "Too many chunks" if len(sizes) > MAX_CHUNKS else None


@dataclass
class Bundles:
    """The part of the server that takes chunks and assembles bundles.

    Contents are kept only while `keep_contents` says so; bundles that are assembled then are
    joined and read, and `read` keeps how many files each one holds: a bundle of the same SHA-1
    that comes later, without contents, is known to be whole.
    """

    offered: bool = False
    keep_contents: bool = False
    stored: Stored = field(default_factory=Stored)
    saved: dict[str, Stored] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    new_chunks: int = 0
    answered: dict[str, str] = field(default_factory=dict)

    def clear_counts(self) -> None:
        """Start counting anew."""
        self.new_chunks = 0
        self.answered = {}

    def counts(self) -> dict[str, object]:
        """Give what came since the last reset: new chunks, and each bundle's last state.

        `bundle_files` are the files of these bundles, as far as the bundles have been read.
        """
        return {
            "chunks": self.new_chunks,
            "bundles": self.answered,
            "bundle_files": sum(self.read.get(checksum, 0) for checksum in self.answered),
        }

    def options(self) -> Response:
        """Answer how chunks can be sent."""
        return Response(
            200, {**CHUNK_OPTIONS, **({"accept": WITH_BUNDLES} if self.offered else {})}
        )

    def store(self, head: bytes, body: memoryview) -> Response:
        """Take the chunks of one request, in the order of the real server's checks."""
        if CONTENT_ENCODING.search(head):
            return Response(200)  # the real one does not unpack it, sees no chunks, and is content
        chunks = self._chunks(head, body)
        if wrong := _over_a_limit([size for _, size, _, _ in chunks]):
            return Response(400, {"error": wrong})
        for wanted, size, found, kept in chunks:
            if wanted != found:
                return Response(400, {"error": "Checksum mismatch"})
            self.new_chunks += found not in self.stored.sizes
            self.stored.sizes[found] = size
            if self.keep_contents:
                self.stored.contents[found] = kept
        return Response(200)

    def _chunks(self, head: bytes, body: memoryview) -> list[tuple[str, int, str, bytes]]:
        """Return each chunk's SHA-1 as it is named, size, SHA-1 as it is, and kept content."""
        chunks: list[tuple[str, int, str, bytes]] = []
        for part in read_parts(head, body):
            if part.name not in {"file", "file_gzip"}:
                continue
            content = part.content if part.name == "file" else gzip.decompress(part.content)
            kept = bytes(content) if self.keep_contents else b""
            wanted = part.file_name.rpartition("/")[2]
            chunks.append((wanted, len(content), hashlib.sha1(content).hexdigest(), kept))
        return chunks

    def assemble(self, body: memoryview) -> Response:
        """Answer what is missing, or bring the bundle together: `created`, then `ok`."""
        order = json.loads(bytes(body))
        if wrong := wrong_order(order):
            return Response(400, {"error": wrong})
        checksum, chunks = order["checksum"], list(dict.fromkeys(order["chunks"]))
        missing = [chunk for chunk in chunks if chunk not in self.stored.sizes]
        state = self.stored.states.get(checksum)
        answer: dict[str, object] = {"state": state, "detail": None, "missingChunks": []}
        if state == "error":
            answer["detail"] = "the bundle is invalid"
        elif state is None and (missing or not chunks):
            answer = {"state": "not_found", "missingChunks": missing}
        elif state is None:
            self.stored.states[checksum] = self.finish(checksum, order["chunks"])
            answer = {"state": "created", "missingChunks": []}
        self.answered[checksum] = self.stored.states.get(checksum, "not_found")
        return Response(200, answer)

    def finish(self, checksum: str, chunks: list[str]) -> str:
        """Join and read a bundle whose contents are here; returns its state from now on."""
        contents = self.stored.contents
        if self.keep_contents and all(chunk in contents for chunk in chunks):
            bundle = b"".join(contents[chunk] for chunk in chunks)
            files = count_files(bundle) if hashlib.sha1(bundle).hexdigest() == checksum else 0
            if not files:
                return "error"
            self.read[checksum] = files
        return "ok"


def wrong_order(order: dict[str, object]) -> str:
    """Say what is wrong with the body of an assemble request; nothing if it is as it should be."""
    if missing := {"checksum", "chunks", "projects"} - order.keys():
        return f"{min(missing)!r} is a required property"
    if other := order.keys() - ASSEMBLE_KEYS:
        return f"Additional properties are not allowed ({min(other)!r} was unexpected)"
    chunks = order["chunks"]
    assert isinstance(chunks, list)
    for checksum in [order["checksum"], *chunks]:
        if not SHA1.fullmatch(str(checksum)):
            return f"{checksum!r} does not match '^[0-9a-f]{{40}}$'"
    if not order["projects"]:
        return "You need to specify at least one project"
    return ""


def count_files(bundle: bytes) -> int:
    """Count the files of a bundle that its manifest and its zip both have; 0 if it is damaged.

    Every entry is unpacked and compared with its CRC, and a file that has no debug id is not
    counted.
    """
    if not bundle.startswith(BUNDLE_HEADER):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            files = json.loads(archive.read("manifest.json"))["files"]
            if archive.testzip() or set(archive.namelist()) != {*files, "manifest.json"}:
                return 0
    except (zipfile.BadZipFile, KeyError, ValueError):
        return 0
    return sum("debug-id" in file.get("headers", {}) for file in files.values())
