"""Archived releases: how they become so, how they are restored, and which lists have them."""

from __future__ import annotations

from .step import Step, case, in_json

_OF_PROJECT = "/api/0/projects/$organization/$project/releases/"
_ARCHIVED = {"status": "archived"}
_OPEN = {"status": "open"}
_PROJECTS = {"projects": ["$project"]}
_FOUND = [{"version": "$version"}]


def _post(fields: dict[str, object], status: int, answer: object) -> Step:
    return Step("POST", "$releases", status, answer, in_json({"version": "$version", **fields}))


def _list(query: str, answer: object, status: int = 200) -> Step:
    return Step("GET", f"$releases?query=$version{query}", status, answer)


CASES = (
    case(
        "archived and restored by a change",
        Step("PUT", "$release", 200, _ARCHIVED, in_json(_ARCHIVED)),
        Step("GET", "$release", 200, _ARCHIVED),
        # The real server writes no value that counts as false, and that of `open` is a zero.
        Step("PUT", "$release", 200, _ARCHIVED, in_json(_OPEN)),
        Step("PUT", "$release", 200, {"ref": "x", **_ARCHIVED}, in_json({"ref": "x"})),
    ),
    case(
        "archived and restored by creating it again",
        _post({"projects": [], **_ARCHIVED}, 208, _ARCHIVED),
        _post({"projects": ["$project"]}, 208, _ARCHIVED),
        _post({"projects": [], **_OPEN}, 208, _OPEN),
        Step("POST", _OF_PROJECT, 208, _ARCHIVED, in_json({"version": "$version", **_ARCHIVED})),
    ),
    case(
        "created as archived",
        _post({"projects": ["$project"], **_ARCHIVED}, 201, _ARCHIVED),
        release=False,
    ),
    case(
        "lists leave archived releases out, unless they are asked for",
        _list("", _FOUND),
        _list("&status=archived", []),
        Step("PUT", "$release", 200, _ARCHIVED, in_json(_ARCHIVED)),
        _list("", []),
        _list("&status=open", []),
        _list("&status=archived", _FOUND),
        _list("&status=", _FOUND),
        _list("&status=closed", {"detail": "invalid value for status"}, 400),
        *(
            Step("GET", f"{_OF_PROJECT}?query=$version&status={status}", 200, [])
            for status in ("", "open", "archived", "closed")
        ),
    ),
    case(
        "lists of one project",
        _list("&projectSlug=$project", _FOUND),
        _list("&projectSlug=no-such-project", []),
        _list("&project=-1", _FOUND),
        _list(
            "&project=$project",
            {"detail": "Invalid project parameter. Values must be numbers."},
            400,
        ),
        _list(
            "&project=987654321",
            {"detail": "You do not have permission to perform this action."},
            403,
        ),
    ),
    case(
        "a release that another project has is in that one's list alone",
        _post({"projects": ["$other"]}, 201, {}),
        _list("&projectSlug=$other", _FOUND),
        _list("&projectSlug=$project", []),
        release=False,
    ),
    case(
        "a project's list goes by the date of the release, that of the organization does not",
        Step("PUT", "$release", 200, {}, in_json({"dateReleased": "2001-01-01T00:00:00Z"})),
        Step("POST", "$releases", 201, {}, in_json({"version": "$version b", **_PROJECTS})),
        Step(
            "PUT",
            "${releases}$version%20b/",
            200,
            {},
            in_json({"dateReleased": "2000-01-01T00:00:00.5Z"}),
        ),
        Step(
            "GET",
            f"{_OF_PROJECT}?query=$version",
            200,
            [{"version": "$version"}, {"version": "$version b"}],
        ),
        _list("", [{"version": "$version b"}, {"version": "$version"}]),
        Step("DELETE", "${releases}$version%20b/", 204),
    ),
)
