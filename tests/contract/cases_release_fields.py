"""Fields of releases: what url, ref, status and owner may be, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping

from .step import INTERNAL_ERROR, NOT_FOUND, Case, Step, case, in_json

_PROJECTS = {"projects": ["$project"]}
_BASE = "https://example.invalid/"
_LONG = _BASE + "x" * (201 - len(_BASE))
_GOOD_URLS = (
    "http://localhost/x",
    "HTTPS://EXAMPLE.INVALID/",
    "ftp://example.invalid/x",
    "https://1.2.3.4:80/x",
    "https://[::1]/x",
    "https://user:word@example.invalid/x",
    "https://exämple.invalid/ü",
    "https://ci.internal:8080/job/a%20b/1/",
    "https://example.invalid?a=1#b",
    _LONG[:200],
)
_BAD_URLS = (
    "https://ci/x",
    "https://example/",
    "https://exa_mple.invalid/",
    "https://example.123/",
    "https://256.1.1.1/",
    "https://01.1.1.1/",
    "https://-a.invalid/",
    "https://a..invalid/",
    "https://example.invalid:/x",
    "https://example.invalid/a b",
    "ws://example.invalid/",
    5,
)
_WRONG_URL = {"url": ["Enter a valid URL."]}


def _put(fields: Mapping[str, object], status: int = 200, answer: object = None) -> Step:
    return Step("PUT", "$release", status, fields if answer is None else answer, in_json(fields))


def _post(fields: Mapping[str, object], status: int, answer: object) -> Step:
    body = in_json({"version": "$version", **_PROJECTS, **fields})
    return Step("POST", "$releases", status, answer, body)


def _refused(what: str, fields: Mapping[str, object], problems: Mapping[str, object]) -> Case:
    """Return the case of a release that is not created for what is in `fields`."""
    gone = Step("GET", "$release", 404, NOT_FOUND)
    return case(f"not created: {what}", _post(fields, 400, problems), gone, release=False)


CASES = (
    case("urls that a release may have", *(_put({"url": url}) for url in _GOOD_URLS)),
    case(
        "urls that a release may not have",
        *(_put({"url": url}, 400, _WRONG_URL) for url in _BAD_URLS),
        Step("GET", "$release", 200, {"url": None}),
    ),
    case(
        "a url of more than 200 characters is an internal error, and nothing is changed",
        _put({"url": _LONG}, 500, INTERNAL_ERROR),
        Step("GET", "$release", 200, {"url": None}),
    ),
    case(
        "a release with such a url is not created",
        _post({"url": _LONG}, 500, INTERNAL_ERROR),
        Step("GET", "$release", 404, NOT_FOUND),
        release=False,
    ),
    case(
        "spaces around url and ref are cut off, and empty ones change nothing",
        _put({"url": f" {_BASE} ", "ref": " v1 "}, answer={"url": _BASE, "ref": "v1"}),
        _put({"url": "", "ref": ""}, answer={"url": _BASE, "ref": "v1"}),
        _put({"url": None, "ref": None}, answer={"url": _BASE, "ref": "v1"}),
    ),
    case(
        "a new release may have an empty url and ref",
        _post({"url": "", "ref": "  "}, 201, {"url": "", "ref": ""}),
        release=False,
    ),
    case(
        "what a change does not take is ignored",
        _put({"projects": "x", "owner": "nobody", "version": "y"}, answer={"version": "$version"}),
        Step("GET", "$release", 200, {"projects": [{"slug": "$project"}], "owner": None}),
    ),
    case(
        "a date cannot be taken back",
        _put({"dateReleased": "2020-01-01T00:00:00Z"}),
        _put({"dateReleased": None}, answer={"dateReleased": "2020-01-01T00:00:00Z"}),
        _put({"dateReleased": "1999-01-01T00:00:00Z"}),
        _put(
            {"dateReleased": "0001-01-01T00:00:00+05:00"},
            400,
            {"dateReleased": ["Datetime value out of range."]},
        ),
    ),
    _refused("unknown owner", {"owner": "nobody"}, {"owner": ["Unable to find user"]}),
    _refused("null owner", {"owner": None}, {"owner": ["This field may not be null."]}),
    _refused("null status", {"status": None}, {"status": ["This field may not be null."]}),
    _refused("empty status", {"status": ""}, {"status": ["This field may not be blank."]}),
    _refused("strange status", {"status": "Open"}, {"status": ["Invalid status Open"]}),
)
