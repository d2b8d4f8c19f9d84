"""Downloads: the content, and the headers it comes with."""

from __future__ import annotations

from .step import NOT_FOUND, Step, case, upload


def _download(content: bytes, query: str = "?download=1", **headers: str) -> Step:
    expected = {key.replace("_", "-"): value for key, value in headers.items()}
    return Step("GET", f"${{files}}$file/{query}", 200, content=content, answer_headers=expected)


CASES = (
    case(
        "as an attachment of any type",
        upload("~/folder/a b.js", b"content", remember="file"),
        _download(
            b"content",
            Content_Type="application/octet-stream",
            Content_Disposition='attachment; filename="a b.js"',
            Content_Length="7",
        ),
        _download(b"content", "?download"),
        _download(b"content", "?download=0"),
        Step("GET", "${organization_files}$file/?download=1", 200, content=b"content"),
    ),
    case(
        "the type is a header `content-type` in lower case, if there is one",
        upload("~/a.js", b"content", headers=["content-type: text/x"], remember="file"),
        _download(b"content", Content_Type="text/x"),
    ),
    case(
        "names that make odd file names",
        upload("~/folder/", b"content", remember="file"),
        _download(b"content", Content_Disposition='attachment; filename=""'),
        upload("~/日.js", b"content", remember="file"),
        _download(
            b"content",
            Content_Disposition="=?utf-8?b?YXR0YWNobWVudDsgZmlsZW5hbWU9IuaXpS5qcyI=?=",
        ),
    ),
    case(
        "ranges are not known: all of it comes",
        upload("~/a.js", b"content", remember="file"),
        Step(
            "GET",
            "${files}$file/?download=1",
            200,
            content=b"content",
            headers={"Range": "bytes=0-1"},
        ),
    ),
    case(
        "not there",
        Step("GET", "${files}999999999/?download=1", 404, NOT_FOUND),
    ),
)
