"""Names of files: where they come from and what they may hold."""

from __future__ import annotations

from .step import Part, Step, case, multipart, upload

_NO_NAME = {"detail": "File name must be specified"}
_BAD_NAME = {"detail": "File name must not contain special whitespace characters"}
_SPECIAL = "\n\t\r\f\v\\"


def _named_by_part(filename: str, status: int, answer: object) -> Step:
    body = multipart(Part("file", b"content", filename, "application/javascript"))
    return Step("POST", "$files", status, answer, body)


CASES = (
    case(
        "without a field `name` the part's file name counts, without its folders",
        _named_by_part("a.js", 201, {"name": "a.js"}),
        _named_by_part("folder/b.js", 201, {"name": "b.js"}),
        _named_by_part(" c.js ", 201, {"name": " c.js "}),
        _named_by_part("é日.js", 201, {"name": "é日.js"}),
        _named_by_part("d&amp;e.js", 201, {"name": "d&e.js"}),
        _named_by_part("f" * 300 + ".js", 201, {"name": "f" * 252 + ".js"}),
        _named_by_part("file", 400, _NO_NAME),
        _named_by_part("..", 400, {"detail": "Missing uploaded file"}),
    ),
    case(
        "an empty name, or `file`: 400",
        upload("", status=400, answer=_NO_NAME),
        upload("file", status=400, answer=_NO_NAME),
    ),
    case(
        "names as they are: spaces, other letters, queries, no path at the end, long ones",
        *(
            upload(name, answer={"name": name})
            for name in (
                " ",
                "  ~/padded.js ",
                "~/é/日本.js",
                "~/a%20b.js",
                "~/a.js?v=1#x",
                "https://example.invalid/a.js",
                "~/folder/",
                "~/" + "x" * 1000 + ".js",
                "~/A.js",
                "~/a.js",
                "<script>alert(1)</script>",
            )
        ),
    ),
    *(
        case(
            f"{character!r} in the last segment: 400; in an earlier one: stored",
            upload(f"~/a{character}b.js", status=400, answer=_BAD_NAME),
            upload(f"a{character}b.js", status=400, answer=_BAD_NAME),
            upload(f"~/a{character}b/c.js", answer={"name": f"~/a{character}b/c.js"}),
        )
        for character in _SPECIAL
    ),
)
