"""Releases: create, look at, finalize, list, delete."""

from __future__ import annotations

from collections.abc import Mapping

from .step import (
    DATE,
    INTERNAL_ERROR,
    NOT_FOUND,
    Body,
    Case,
    Like,
    Step,
    case,
    in_json,
    upload,
)

_OF_PROJECT = "/api/0/projects/$organization/"
_PROJECTS = {"projects": ["$project"]}
_REQUIRED = ["This field is required."]
_NULL = ["This field may not be null."]
_DATE_FORMAT = {"dateReleased": [Like("Datetime has wrong format.*")]}


def _create(fields: Mapping[str, object], status: int, answer: object) -> Step:
    return Step("POST", "$releases", status, answer, in_json(fields))


def _refused(what: str, fields: Mapping[str, object], problems: Mapping[str, object]) -> Case:
    return case(f"refused: {what}", _create(fields, 400, problems), release=False)


def _refused_version(version: str, problem: str | None = None) -> Case:
    problem = problem or f"Release with name {version} is not allowed"
    shown = repr(version) if len(version) <= 10 else f"{len(version)} characters"
    return _refused(f"version {shown}", {"version": version, **_PROJECTS}, {"version": [problem]})


def _finalized(date: str, stored: str) -> Step:
    body = in_json({"dateReleased": date})
    return Step("PUT", "$release", 200, {"version": "$version", "dateReleased": stored}, body)


_FOUND = [{"version": "$version"}]
_DETAILS = {
    "version": "$version",
    "shortVersion": "$version",
    "versionInfo": {"package": None, "version": {"raw": "$version"}},
    "status": "open",
    "ref": None,
    "url": None,
    "dateCreated": DATE,
    "dateReleased": None,
    "projects": [{"slug": "$project"}],
}

CASES = (
    case(
        "created once, and then there",
        _create({"version": "$version", **_PROJECTS}, 201, _DETAILS),
        _create({"version": "$version", **_PROJECTS}, 208, _DETAILS),
        Step("GET", "$release", 200, _DETAILS),
        release=False,
    ),
    case(
        "another project is linked, once",
        _create({"version": "$version", "projects": ["$other"]}, 201, {"version": "$version"}),
        _create({"version": "$version", "projects": ["$project", "$other"]}, 208, {}),
        # In a release's own list, they stand in any order.
        *(
            Step("GET", f"$releases?query=$version&projectSlug=${name}", 200, _FOUND)
            for name in ("project", "other")
        ),
    ),
    case(
        "a release that exists needs no projects, and keeps its fields",
        _create({"version": "$version", "projects": []}, 208, _DETAILS),
        _create({"version": "$version", "projects": [], "ref": "main"}, 208, {"ref": None}),
    ),
    case(
        "a new release without projects is an internal error",
        _create({"version": "$version", "projects": []}, 500, INTERNAL_ERROR),
        Step("GET", "$release", 404, NOT_FOUND),
        release=False,
    ),
    case(
        "created with all its fields, which may be null",
        _create(
            {
                "version": "$version",
                **_PROJECTS,
                "ref": "abc",
                "url": "https://example.invalid/x",
                "dateReleased": "2024-01-02T03:04:05Z",
            },
            201,
            {
                "ref": "abc",
                "url": "https://example.invalid/x",
                "dateReleased": "2024-01-02T03:04:05Z",
            },
        ),
        _create(
            {"version": "$version", **_PROJECTS, "ref": None, "url": None, "dateReleased": None},
            208,
            {"ref": "abc"},
        ),
        release=False,
    ),
    _refused("nothing given", {}, {"version": _REQUIRED, "projects": _REQUIRED}),
    _refused("no version", {**_PROJECTS}, {"version": _REQUIRED}),
    _refused("null version", {"version": None, **_PROJECTS}, {"version": _NULL}),
    _refused(
        "version of lists", {"version": [], **_PROJECTS}, {"version": ["Not a valid string."]}
    ),
    _refused("no projects", {"version": "$version"}, {"projects": _REQUIRED}),
    _refused("null projects", {"version": "$version", "projects": None}, {"projects": _NULL}),
    _refused(
        "projects that are no list",
        {"version": "$version", "projects": "$project"},
        {"projects": ['Expected a list of items but got type "str".']},
    ),
    case(
        "refused: unknown project, and then no release is made",
        _create(
            {"version": "$version", "projects": ["$project", "no-such-project"]},
            400,
            {"projects": ["Invalid project slugs"]},
        ),
        Step("GET", "$release", 404, NOT_FOUND),
        release=False,
    ),
    _refused(
        "url that is none",
        {"version": "$version", **_PROJECTS, "url": "nonsense"},
        {"url": ["Enter a valid URL."]},
    ),
    _refused(
        "long ref",
        {"version": "$version", **_PROJECTS, "ref": "r" * 201},
        {"ref": ["Ensure this field has no more than 200 characters."]},
    ),
    _refused(
        "date that is none",
        {"version": "$version", **_PROJECTS, "dateReleased": "yesterday"},
        _DATE_FORMAT,
    ),
    _refused_version("", "This field may not be blank."),
    *(_refused_version(version) for version in (" ", ".", "..", "latest", "LATEST", " latest ")),
    *(_refused_version(f"a{character}b") for character in "\r\n\f\t/\\"),
    _refused_version("v" * 201, "Ensure this field has no more than 200 characters."),
    _refused_version("a\0b", "Null characters are not allowed."),
    case(
        "a version may hold spaces, other letters and signs, up to 200 characters",
        *(
            step
            for sent, encoded in {
                "$version a": "$version%20a",
                "$version é": "$version%20%C3%A9",
                "$version%2F": "$version%252F",
                "$version+1": "$version+1",
                "${version}" + "v" * 155: "${version}" + "v" * 155,
            }.items()
            for step in (
                _create({"version": sent, **_PROJECTS}, 201, {"version": sent}),
                Step("GET", f"${{releases}}{encoded}/", 200, {"version": sent}),
                Step("DELETE", f"${{releases}}{encoded}/", 204),
            )
        ),
        release=False,
    ),
    case(
        "what is no object, no JSON or no known type of content",
        Step(
            "POST",
            "$releases",
            400,
            {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
            in_json([]),
        ),
        Step(
            "POST",
            "$releases",
            400,
            {"detail": Like("JSON parse error - .*")},
            Body(b"{", "application/json"),
        ),
        Step(
            "POST",
            "$releases",
            415,
            {"detail": 'Unsupported media type "text/plain" in request.'},
            Body(b"version", "text/plain"),
        ),
        Step("POST", "$releases", 400, {"version": _REQUIRED, "projects": _REQUIRED}),
        release=False,
    ),
    case(
        "finalized with a date, which is kept in UTC",
        _finalized("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        _finalized("2024-01-02T03:04:05.123456Z", "2024-01-02T03:04:05.123456Z"),
        _finalized("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
        _finalized("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
        _finalized("2024-01-02 03:04Z", "2024-01-02T03:04:00Z"),
        Step("GET", "$release", 200, {"dateReleased": "2024-01-02T03:04:00Z"}),
        Step("PUT", "$release", 400, _DATE_FORMAT, in_json({"dateReleased": "2024-01-02"})),
        Step("PUT", "$release", 400, _DATE_FORMAT, in_json({"dateReleased": 1})),
        Step("PUT", "$release", 400, _DATE_FORMAT, in_json({"dateReleased": "2024-13-02T00:00Z"})),
    ),
    case(
        "updated with ref and url; what is not given stays",
        Step("PUT", "$release", 200, {"ref": "main"}, in_json({"ref": "main"})),
        Step(
            "PUT",
            "$release",
            200,
            {"ref": "main", "url": "https://example.invalid/"},
            in_json({"url": "https://example.invalid/", "ref": None}),
        ),
        Step("PUT", "$release", 200, {"ref": "main", "dateReleased": None}, in_json({})),
        Step("PUT", "${releases}no-such-version/", 404, NOT_FOUND, in_json({})),
    ),
    case(
        "listed, the newest first, page by page",
        _create({"version": "$version b", **_PROJECTS}, 201, {}),
        Step("GET", "$releases?query=$version", 200, [{"version": "$version b"}, _DETAILS]),
        Step(
            "GET",
            "$releases?query=$version&per_page=1&cursor=1:1:0",
            200,
            [_DETAILS],
            answer_headers={
                "Link": '<$url$releases?query=$version&per_page=1&cursor=1:0:1>; rel="previous"; '
                'results="true"; cursor="1:0:1", '
                '<$url$releases?query=$version&per_page=1&cursor=1:2:0>; rel="next"; '
                'results="false"; cursor="1:2:0"'
            },
        ),
        Step("DELETE", "${releases}$version%20b/", 204),
    ),
    case(
        "deleted with its files",
        upload("~/a.js"),
        Step("DELETE", "$release", 204, content=b""),
        Step("DELETE", "$release", 404, NOT_FOUND),
        Step("GET", "$files", 404, NOT_FOUND),
    ),
    case(
        "created and linked by the address of a project: 201 when that is news, else 208",
        *(
            Step("POST", f"{_OF_PROJECT}${name}/releases/", status, answer, body)
            for name, status, answer in (
                ("project", 208, _DETAILS),
                ("other", 201, {"version": "$version"}),
                ("other", 208, {"version": "$version"}),
            )
            for body in (in_json({"version": "$version"}),)
        ),
        Step("POST", f"{_OF_PROJECT}nowhere/releases/", 404, NOT_FOUND, in_json({"version": "x"})),
        Step("POST", f"{_OF_PROJECT}$project/releases/", 400, body=in_json({})),
    ),
    case(
        "files of a release that is linked to another project only",
        Step(
            "POST",
            "$releases",
            201,
            body=in_json({"version": "$version b", "projects": ["$other"]}),
        ),
        Step("GET", f"{_OF_PROJECT}$project/releases/$version%20b/files/", 404, NOT_FOUND),
        Step("GET", "${releases}$version%20b/files/", 200, []),
        Step("DELETE", "${releases}$version%20b/", 204),
    ),
)
