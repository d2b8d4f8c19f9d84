"""Files of artifact bundles: listing and downloading them, and which tokens may."""

from __future__ import annotations

import base64

from .bundles import CREATED, MANY, OK, assemble, listed, send, store
from .step import FORBIDDEN, Step, case

_NO_BUNDLE = "00000000-0000-0000-0000-000000000000"


def _id(path: str) -> str:
    return base64.urlsafe_b64encode(path.encode()).decode()


def _file(
    path: str, url: str | None, kind: int, size: int | None, *, debug_id: bool = False
) -> object:
    return {
        "id": _id(path),
        "fileType": kind,
        "filePath": url,
        "fileSize": size,
        "debugId": "$debug_id" if debug_id else None,
    }


_FILES = (
    _file("files/_/_/gone.js", "~/gone.js", 1, None),
    _file("files/_/_/js/a.js", "~/js/a.js", 2, 3, debug_id=True),
    _file("files/_/_/js/a.js.map", "~/js/a.js.map", 3, 2, debug_id=True),
    _file("files/_/_/js/b.js", "~/js/b.js", 2, 3),
    _file("files/_/_/odd", "~/Odd", 0, 3),
    _file("files/nothing", None, 0, 0),
)
_ASSOCIATIONS = [{"release": "$version", "dist": "d"}]


def _listed(query: str, *files: object, token: str = "full") -> Step:
    answer = {"bundleId": "$a_id", "associations": _ASSOCIATIONS, "files": list(files)}
    return Step("GET", f"${{bundle}}$a_id/files/?{query}", 200, answer, token=token)


def _content(path: str, content: bytes, **headers: str) -> Step:
    expected = {key.replace("_", "-"): value for key, value in headers.items()}
    address = f"${{bundle}}$a_id/files/{_id(path)}/"
    return Step("GET", address, 200, content=content, answer_headers=expected)


def _refused(address: str, status: int, error: str) -> Step:
    return Step("GET", address, status, {"error": error})


CASES = (
    case(
        "files in the order of their paths; those that the zip lacks have no size",
        *store(MANY),
        _listed("", *_FILES),
        _listed("per_page=2", *_FILES[:2]),
        _listed("per_page=2&cursor=2:2:0", *_FILES[4:]),
        _listed("per_page=2&cursor=2:3:0"),
        release=False,
    ),
    case(
        "files are found by a part of their URL or debug id, in any case",
        *store(MANY),
        _listed("query=JS/A", *_FILES[1:3]),
        _listed("query=odd", _FILES[4]),
        _listed("query=$debug_id", *_FILES[1:3]),
        _listed("query=nothing"),
        _listed("query=", *_FILES),
        release=False,
    ),
    case(
        "a file's content is an attachment; its header tells the type",
        *store(MANY),
        _content(
            "files/_/_/js/a.js",
            b"a()",
            Content_Type="application/octet-stream",
            Content_Length="3",
            Content_Disposition='attachment; filename="a.js"',
        ),
        _content("files/_/_/js/b.js", b"b()", Content_Type="text/x"),
        _content("files/nothing", b""),
        release=False,
    ),
    case(
        "files that are not there",
        *store(MANY),
        *(
            _refused(
                f"${{bundle}}$a_id/files/{_id(path)}/",
                404,
                f"The file {path} can't be found in the artifact bundle",
            )
            for path in ("files/_/_/gone.js", "x")
        ),
        _refused("${bundle}$a_id/files/x/", 400, "The file_id x is invalid"),
        _refused(
            f"${{bundle}}{_NO_BUNDLE}/files/YQ==/",
            400,
            f"The artifact bundle with {_NO_BUNDLE} is not bound to this project or doesn't exist",
        ),
        release=False,
    ),
    case(
        "an org auth token: may upload and list, not download nor delete",
        MANY,
        Step("GET", "$chunk_upload", 200, token="ci"),
        send("a", token="ci"),
        assemble("a", CREATED, token="ci"),
        assemble("a", OK, token="ci"),
        listed("query=$version", "a", token="ci"),
        _listed("", *_FILES, token="ci"),
        Step(
            "GET",
            f"${{bundle}}$a_id/files/{_id('files/_/_/js/a.js')}/",
            403,
            {"error": "You don't have the permissions to download this file"},
            token="ci",
        ),
        Step("DELETE", "$bundles?bundleId=$a_id", 403, FORBIDDEN, token="ci"),
        release=False,
    ),
    case(
        "read scopes: may list and download, not upload nor delete",
        *store(MANY),
        Step("GET", "$chunk_upload", 200, token="readonly"),
        send("a", status=403, answer=FORBIDDEN, token="readonly"),
        assemble("a", FORBIDDEN, status=403, token="readonly"),
        listed("query=$version", "a", token="readonly"),
        _listed("", *_FILES, token="readonly"),
        Step(
            "GET",
            f"${{bundle}}$a_id/files/{_id('files/_/_/js/a.js')}/",
            200,
            content=b"a()",
            token="readonly",
        ),
        Step("DELETE", "$bundles?bundleId=$a_id", 403, FORBIDDEN, token="readonly"),
        release=False,
    ),
)
