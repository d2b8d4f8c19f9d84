"""Headers that are stored with a file."""

from __future__ import annotations

from .step import Step, case, upload

_NO_COLON = {"detail": "header value was not formatted correctly"}
_BAD_VALUE = {"detail": "header value must not contain special whitespace characters"}


def _stored(name: str, sent: list[str], stored: dict[str, str]) -> Step:
    headers = {"Content-Type": "application/javascript", **stored}
    return upload(name, headers=sent, answer={"headers": headers})


CASES = (
    case(
        "values are stripped, keys are kept, the last of a key counts",
        _stored("~/a.js", ["Sourcemap: a.js.map"], {"Sourcemap": "a.js.map"}),
        _stored("~/b.js", ["X:y:z", "x:1"], {"X": "y:z", "x": "1"}),
        _stored("~/c.js", ["a:1", "a:2"], {"a": "2"}),
        _stored("~/d.js", [" a : b "], {" a ": "b"}),
        _stored("~/e.js", [":"], {"": ""}),
        _stored("~/f.js", ["Content-Type:text/x"], {"Content-Type": "text/x"}),
        Step("GET", "$files?query=a.js", 200, [{"headers": {"Sourcemap": "a.js.map"}}]),
    ),
    case(
        "Content-Type comes from the part, without its parameters and in lower case",
        upload(
            "~/a.js",
            content_type="Text/JavaScript; charset=UTF-8",
            answer={"headers": {"Content-Type": "text/javascript"}},
        ),
        upload("~/b.js", content_type=None, answer={"headers": {"Content-Type": ""}}),
        upload("~/c.js", content_type="odd", answer={"headers": {"Content-Type": "odd"}}),
    ),
    case(
        "a header without a colon: 400",
        upload("~/a.js", headers=["nonsense"], status=400, answer=_NO_COLON),
        upload("~/a.js", headers=["a:b", ""], status=400, answer=_NO_COLON),
        Step("GET", "$files", 200, []),
    ),
    *(
        case(
            f"{character!r} in a header's value: 400; in its key: stored",
            upload("~/a.js", headers=[f"a:b{character}c"], status=400, answer=_BAD_VALUE),
            upload("~/a.js", headers=[f"a:b{character}"], status=400, answer=_BAD_VALUE),
            _stored("~/a.js", [f"a{character}b:c"], {f"a{character}b": "c"}),
        )
        for character in "\n\t\r\f\v\\"
    ),
)
