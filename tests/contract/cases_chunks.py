"""Chunks: what the server announces, and what it takes."""

from __future__ import annotations

import gzip

from tests.support import sha1

from .bundles import assemble, missing, send
from .step import (
    INTERNAL_ERROR,
    NOT_FOUND,
    Body,
    Chunks,
    Including,
    Make,
    Part,
    Step,
    Unordered,
    case,
    in_json,
    multipart,
)

_CHUNK_SIZE = 8 * 1024 * 1024
_CONTENT = b"content of a chunk"


def _chunk(content: bytes = _CONTENT, name: str | None = None, field: str = "file") -> Part:
    return Part(field, content, sha1(content) if name is None else name)


def _packed(content: bytes, name: str) -> Part:
    return Part("file_gzip", content, name)


def _upload(*parts: Part) -> Step:
    return Step("POST", "$chunk_upload", 200, body=multipart(*parts), content=b"")


def _fails(*parts: Part) -> Step:
    return Step("POST", "$chunk_upload", 500, INTERNAL_ERROR, multipart(*parts))


def _refused(problem: str, *parts: Part) -> Step:
    return Step("POST", "$chunk_upload", 400, {"error": problem}, multipart(*parts))


def _own(name: str) -> Make:
    return Make(name, lambda names: f"{name} {names['version']}".encode())


def _there(*names: str) -> Step:
    """Return the step of a poll that cannot start anything, since another chunk is missing."""
    return assemble("absent", missing("absent"), chunks=(*names, "absent"))


CASES = (
    case(
        "the server announces where chunks go and its limits",
        Step(
            "GET",
            "$chunk_upload",
            200,
            {
                "url": "$url$chunk_upload",
                "chunkSize": _CHUNK_SIZE,
                "chunksPerRequest": 64,
                "maxFileSize": 2**31,
                "maxRequestSize": 4 * _CHUNK_SIZE,
                "concurrency": 8,
                "hashAlgorithm": "sha1",
                "compression": ["gzip"],
                "accept": Including("artifact_bundles", "artifact_bundles_v2"),
            },
        ),
        release=False,
    ),
    case(
        "chunks, plain and packed, also those that are there, and twice in one request",
        *(_own(name) for name in ("a", "b", "c", "absent")),
        assemble(
            "absent",
            {"state": "not_found", "missingChunks": Unordered("$a", "$b", "$c", "$absent")},
            chunks=("a", "b", "c", "absent", "b"),
        ),
        send("a"),
        assemble(
            "absent",
            {"state": "not_found", "missingChunks": Unordered("$b", "$absent")},
            chunks=("a", "b", "absent"),
        ),
        Step("POST", "$chunk_upload", 200, body=Chunks(("b", "a", "b"), ("c",)), content=b""),
        send("a", "b"),
        _there("a", "b", "c"),
        release=False,
    ),
    case(
        "an empty request, and empty chunks",
        Step("POST", "$chunk_upload", 200, content=b"", answer_headers={"Content-Type": None}),
        Step("POST", "$chunk_upload", 200, body=in_json({}), content=b""),
        _upload(Part("other", b"x", "x")),
        _upload(_chunk(b"")),
        _upload(_packed(b"", sha1(b""))),
        release=False,
    ),
    case(
        "the file name is the sha1, without a path before it",
        _upload(_chunk(name=f"folder/{sha1(_CONTENT)}")),
        _refused("Checksum mismatch", _chunk(name="0" * 40)),
        _refused("Checksum mismatch", _chunk(name=sha1(_CONTENT).upper())),
        _refused("Checksum mismatch", _packed(gzip.compress(_CONTENT), "0" * 40)),
        _fails(_chunk(name="")),
        release=False,
    ),
    case(
        "a chunk of another sha1: those before it are kept, it is not",
        *(_own(name) for name in ("a", "b", "absent")),
        Step(
            "POST",
            "$chunk_upload",
            400,
            {"error": "Checksum mismatch"},
            Chunks(("a", "b"), misnamed="b"),
        ),
        assemble(
            "absent",
            {"state": "not_found", "missingChunks": Unordered("$b", "$absent")},
            chunks=("a", "b", "absent"),
        ),
        release=False,
    ),
    case(
        "packed chunks that cannot be unpacked: 500",
        _fails(_packed(_CONTENT, sha1(_CONTENT))),
        _fails(_packed(gzip.compress(_CONTENT)[:-9], sha1(_CONTENT))),
        release=False,
    ),
    case(
        "chunks that are no files: 500, other contents: 415",
        _fails(Part("file", _CONTENT)),
        _fails(Part("file_gzip", _CONTENT)),
        Step("POST", "$chunk_upload", 500, INTERNAL_ERROR, in_json({"file": "x"})),
        Step(
            "POST",
            "$chunk_upload",
            415,
            {"detail": 'Unsupported media type "application/octet-stream" in request.'},
            Body(_CONTENT, "application/octet-stream"),
        ),
        release=False,
    ),
    case(
        "a compressed request: 200, and nothing of it is stored",
        _own("a"),
        Step(
            "POST",
            "$chunk_upload",
            200,
            body=Chunks(("a",), compressed=True),
            headers={"Content-Encoding": "gzip"},
        ),
        assemble("a", missing("a")),
        release=False,
    ),
    case(
        "limits: the size of a chunk and of a request, unpacked, and the number of chunks",
        _upload(_chunk(bytes(_CHUNK_SIZE))),
        _refused("Chunk size too large", _chunk(bytes(_CHUNK_SIZE + 1))),
        _refused(
            "Chunk size too large",
            _packed(gzip.compress(bytes(_CHUNK_SIZE + 1), 1), sha1(bytes(_CHUNK_SIZE + 1))),
        ),
        _refused(
            "Request too large",
            *[_packed(gzip.compress(bytes(_CHUNK_SIZE), 1), sha1(bytes(_CHUNK_SIZE)))] * 5,
        ),
        _upload(*[_chunk(b"%d" % number) for number in range(64)]),
        _refused("Too many chunks", *[_chunk(b"%d" % number) for number in range(65)]),
        _refused("Too many chunks", *[_chunk(name="0" * 40)] * 65),
        release=False,
    ),
    case(
        "an organization that is not there",
        Step("GET", "/api/0/organizations/no-such/chunk-upload/", 404, NOT_FOUND),
        Step("POST", "/api/0/organizations/no-such/chunk-upload/", 404, NOT_FOUND),
        Step("POST", "/api/0/organizations/no-such/artifactbundle/assemble/", 404, NOT_FOUND),
        release=False,
    ),
    case(
        "other methods: 405",
        *(
            Step(method, path, 405, {"detail": f'Method "{method}" not allowed.'})
            for path, methods in (("$chunk_upload", "PUT DELETE"), ("$assemble", "GET PUT DELETE"))
            for method in methods.split()
        ),
        release=False,
    ),
)
