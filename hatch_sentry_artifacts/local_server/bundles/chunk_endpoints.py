"""Endpoints of chunks: what the server takes, taking them, and having them assembled."""

from __future__ import annotations

import gzip
import zlib
from itertools import takewhile
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access, parts
from hatch_sentry_artifacts.local_server.blobs import IncomingFile
from hatch_sentry_artifacts.local_server.bodies import FORMS, read_object
from hatch_sentry_artifacts.local_server.bundles.assembly import assemble
from hatch_sentry_artifacts.local_server.bundles.bodies import read_assemble_request, refused
from hatch_sentry_artifacts.local_server.responses import internal_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import FileStorage

endpoints = Blueprint("chunks", __name__, url_prefix="/api/0/organizations/<organization>")

_UPLOAD = "/chunk-upload/"
_READ_AT_ONCE = 1 << 16


@endpoints.get(_UPLOAD)
def show_chunk_upload(organization: str) -> Response:
    """Announce where chunks go, how large they may be and how many of them at once."""
    access.require_organization(organization)
    limits = access.settings().chunk_upload
    return jsonify(
        {
            "url": request.host_url.rstrip("/") + request.path,
            "chunkSize": limits.chunk_size,
            "chunksPerRequest": limits.chunks_per_request,
            "maxFileSize": limits.max_file_size,
            "maxRequestSize": limits.max_request_size,
            "concurrency": limits.concurrency,
            "hashAlgorithm": "sha1",
            "compression": limits.compression,
            "accept": limits.accept,
        }
    )


@endpoints.post(_UPLOAD)
def add_chunks(organization: str) -> Response:
    """Store the parts `file` and, unpacked, `file_gzip`, whose file names are their sha1s."""
    access.require_organization(organization)
    uploads = _uploads()
    limits = access.settings().chunk_upload
    if any(chunk.size > limits.chunk_size for chunk, _ in uploads):
        raise refused("Chunk size too large")
    if sum(chunk.size for chunk, _ in uploads) > limits.max_request_size:
        raise refused("Request too large")
    if len(uploads) > limits.chunks_per_request:
        raise refused("Too many chunks")
    right = [chunk for chunk, _ in takewhile(lambda upload: upload[0].sha1 == upload[1], uploads)]
    access.store().bundles.add_chunks(right)
    if len(right) < len(uploads):  # those before the first wrong one are kept
        raise refused("Checksum mismatch")
    return _empty()


@endpoints.post("/artifactbundle/assemble/")
def assemble_bundle(organization: str) -> Response:
    """Respond with the missing chunks or the bundle's state, or else assemble the bundle."""
    access.require_organization(organization)
    order = read_assemble_request(organization)
    _check_projects(order.projects)
    bundles, limits = access.store().bundles, access.settings().chunk_upload
    if limits.asks_for_missing_chunks:
        there = bundles.chunk_sizes(order.chunks)
        if missing := [sha1 for sha1 in dict.fromkeys(order.chunks) if sha1 not in there]:
            return jsonify({"state": "not_found", "missingChunks": missing})
    known = bundles.states.poll(order.checksum)
    if known is not None:
        return jsonify({"state": known[0], "detail": known[1], "missingChunks": []})
    if not order.chunks:
        return jsonify({"state": "not_found", "missingChunks": []})
    if bundles.states.begin(order.checksum):
        if order.dist and not order.version:  # so late that a poll finds it `created`
            raise refused("You need to specify a release together with a dist")
        assemble(order, bundles, limits)
    return jsonify({"state": "created", "missingChunks": []})


def _check_projects(projects: Sequence[str]) -> None:
    if not projects:
        raise refused("You need to specify at least one project")
    if not set(projects) <= set(access.settings().projects):
        raise refused("One or more projects are invalid")


def _uploads() -> list[tuple[IncomingFile, str]]:
    if request.mimetype not in FORMS:
        if read_object():
            raise internal_error()
        return []
    if parts.has_text("file") or parts.has_text("file_gzip"):
        raise internal_error()
    return [
        *((_incoming(upload), name) for upload, name in parts.files("file")),
        *((_unpacked(_incoming(upload)), name) for upload, name in parts.files("file_gzip")),
    ]


def _incoming(upload: FileStorage) -> IncomingFile:
    content = upload.stream
    assert isinstance(content, IncomingFile)  # noqa: S101 - made by the application's request class
    return content


def _unpacked(packed: IncomingFile) -> IncomingFile:
    """Unpack to disk, up to the size at which a chunk is too large."""
    chunk = IncomingFile(access.store().blobs.incoming_folder)
    request.environ.setdefault("uploads", []).append(chunk)
    packed.seek(0)
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
            while chunk.size <= access.settings().chunk_upload.chunk_size:
                piece = stream.read(_READ_AT_ONCE)
                if not piece:
                    break
                chunk.write(piece)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise internal_error() from None
    return chunk


def _empty() -> Response:
    response = Response(status=200)
    del response.headers["Content-Type"]
    return response
