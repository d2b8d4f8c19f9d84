"""Uploads: what is stored, what is refused, and who wins."""

from __future__ import annotations

from tests.support import sha1

from .step import (
    DATE,
    INTERNAL_ERROR,
    NOT_FOUND,
    NUMBER,
    Body,
    Parallel,
    Part,
    Step,
    case,
    in_json,
    multipart,
    upload,
)

TAKEN = {"detail": "A file matching this name already exists for the given release"}
_MISSING = {"detail": "Missing uploaded file"}
_FILE = Part("file", b"content", "file.js", "application/javascript")
_NAME = Part("name", "~/a.js")


def _stored(name: str, content: bytes, dist: str | None = None) -> dict[str, object]:
    return {
        "id": NUMBER,
        "name": name,
        "dist": dist,
        "headers": {"Content-Type": "application/javascript"},
        "size": len(content),
        "sha1": sha1(content),
        "dateCreated": DATE,
    }


def _post(status: int, answer: object, body: Body | None = None) -> Step:
    return Step("POST", "$files", status, answer, body)


_BINARY = bytes(range(256)) * 300 + b"\r\n--" + b"\0" * 70_000 + b"\r\n"

CASES = (
    *(
        case(
            f"stored by the address of the {whose}, and seen by both",
            upload("~/a.js", path=path, answer=_stored("~/a.js", b"content")),
            Step("GET", "$files", 200, [_stored("~/a.js", b"content")]),
            Step("GET", "$organization_files", 200, [_stored("~/a.js", b"content")]),
        )
        for whose, path in {"project": "$files", "organization": "$organization_files"}.items()
    ),
    case(
        "any bytes, byte for byte",
        upload("~/bin.js", _BINARY, answer=_stored("~/bin.js", _BINARY), remember="file"),
        Step("GET", "${files}$file/?download=1", 200, content=_BINARY),
    ),
    case(
        "an empty file",
        upload("~/empty.js", b"", answer=_stored("~/empty.js", b""), remember="file"),
        Step("GET", "${files}$file/?download=1", 200, content=b""),
    ),
    case(
        "a megabyte",
        upload("~/big.js", b"0123456789abcdef" * 65_536, answer={"size": 1_048_576}),
    ),
    case(
        "a name is taken once, whatever the content",
        upload("~/a.js", b"one"),
        upload("~/a.js", b"one", status=409, answer=TAKEN),
        upload("~/a.js", b"two", status=409, answer=TAKEN),
        upload("~/a.js", b"two", status=409, answer=TAKEN, path="$organization_files"),
        upload("~/a.js", b"two", status=409, answer=TAKEN, headers=["no colon"]),
        Step("GET", "$files", 200, [{"sha1": sha1(b"one")}]),
    ),
    case(
        "six at once under one name: one is stored, five are told",
        Parallel(
            tuple(upload("~/a.js", b"%d" % number) for number in range(6)),
            (201, 409, 409, 409, 409, 409),
        ),
    ),
    case(
        "the same content under several names",
        upload("~/a.js", b"same", answer={"sha1": sha1(b"same")}),
        upload("~/b.js", b"same", answer={"sha1": sha1(b"same")}),
    ),
    case(
        "each dist has its own names",
        upload("~/a.js", dist="one", answer=_stored("~/a.js", b"content", "one")),
        upload("~/a.js", dist="two", answer={"dist": "two"}),
        upload("~/a.js", answer={"dist": None}),
        upload("~/a.js", dist="one", status=409, answer=TAKEN),
        upload("~/a.js", dist="", status=409, answer=TAKEN),
        upload("~/b.js", dist=" one ", answer={"dist": " one "}),
    ),
    case(
        "a dist has at most 64 characters; a longer one is an internal error",
        upload("~/a.js", dist="d" * 64, answer={"dist": "d" * 64}),
        upload("~/a.js", dist="ü" * 64, answer={"dist": "ü" * 64}),
        upload("~/a.js", dist="d" * 65, status=500, answer=INTERNAL_ERROR),
    ),
    case(
        "no file: 400",
        _post(400, _MISSING, multipart(_NAME)),
        _post(400, _MISSING, multipart()),
        _post(400, _MISSING, in_json({"name": "~/a.js"})),
        _post(400, _MISSING),
        Step("GET", "$files", 200, []),
    ),
    case(
        "a file in a body of chunks, without Content-Length, is not seen: 400",
        _post(400, _MISSING, multipart(_FILE, _NAME, chunked=True)),
        Step("GET", "$files", 200, []),
    ),
    case(
        "a file as a text field, or without a file name, is an internal error",
        _post(500, INTERNAL_ERROR, multipart(Part("file", "text"), _NAME)),
        _post(500, INTERNAL_ERROR, multipart(Part("file", "text"))),
        _post(500, INTERNAL_ERROR, multipart(Part("file", "text", ""), _NAME)),
        _post(500, INTERNAL_ERROR, in_json({"file": "text", "name": "~/a.js"})),
    ),
    case(
        "another type of body: 415",
        _post(
            415,
            {"detail": 'Unsupported media type "application/octet-stream" in request.'},
            Body(b"content", "application/octet-stream"),
        ),
    ),
    case(
        "of two files and two names the last ones count",
        _post(
            201,
            {"name": "~/b.js", "sha1": sha1(b"two")},
            multipart(
                Part("file", b"one", "one.js"),
                Part("file", b"two", "two.js"),
                _NAME,
                Part("name", "~/b.js"),
            ),
        ),
    ),
    case(
        "no release, no upload",
        upload("~/a.js", status=404, answer=NOT_FOUND),
        upload("~/a.js", status=404, answer=NOT_FOUND, path="$organization_files"),
        release=False,
    ),
    case(
        "the release is there, but not for this project",
        upload(
            "~/a.js",
            status=404,
            answer=NOT_FOUND,
            path="/api/0/projects/$organization/$other/releases/$version/files/",
        ),
    ),
)
