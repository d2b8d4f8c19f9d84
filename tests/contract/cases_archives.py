"""Releases by the number of their files, and the deletion of all files of one."""

from __future__ import annotations

from .step import DATE, FORBIDDEN, INTERNAL_ERROR, NOT_FOUND, Step, case, upload

_OTHER = "/api/0/projects/$organization/$other/files/source-maps/"
_NO_BUNDLE = "00000000-0000-0000-0000-000000000000"


def _counted(count: int, query: str = "query=$version") -> Step:
    answer = [{"type": "release", "name": "$version", "date": DATE, "fileCount": count}]
    return Step("GET", f"$archives?{query}", 200, answer)


def _delete(name: str, status: int, answer: object = None, path: str = "$archives") -> Step:
    if answer is None:
        return Step("DELETE", f"{path}?name={name}", status, content=b"")
    return Step("DELETE", f"{path}?name={name}", status, answer)


CASES = (
    case(
        "releases of a project are listed with the number of their files, -1 for none",
        _counted(-1),
        upload("~/a.js"),
        upload("~/a.js", dist="one"),
        _counted(2),
        _counted(2, "query=$version&sortBy=date_added&per_page=100"),
        Step("GET", f"{_OTHER}?query=$version", 200, []),
        Step(
            "GET",
            "$archives?query=$version",
            200,
            answer_headers={
                "Link": '<$url$archives?query=$version&cursor=10:-1:1>; rel="previous"; '
                'results="false"; cursor="10:-1:1", '
                '<$url$archives?query=$version&cursor=10:1:0>; rel="next"; '
                'results="false"; cursor="10:1:0"'
            },
        ),
        Step(
            "GET",
            "$archives?sortBy=name",
            400,
            {"error": "You can either sort via 'date_added' or '-date_added'"},
        ),
        Step("GET", "$archives?per_page=101", 400),
        Step("GET", "/api/0/projects/$organization/no-such/files/source-maps/", 404, NOT_FOUND),
    ),
    case(
        "all files of a release are deleted at once, also those of dists, and again",
        upload("~/a.js"),
        upload("~/b.js", dist="one"),
        _delete("$version", 204),
        Step("GET", "$files", 200, []),
        Step("GET", "$release", 200, {"version": "$version"}),
        _delete("$version", 204),
        upload("~/a.js"),
    ),
    case(
        "files of no release, or of one that the project does not have, are not deleted",
        upload("~/a.js"),
        _delete("no-$version", 500, INTERNAL_ERROR),
        _delete("$version", 500, INTERNAL_ERROR, _OTHER),
        _delete("", 404),
        Step("DELETE", "$archives", 404, content=b""),
        Step("GET", "$files", 200, [{"name": "~/a.js"}]),
    ),
    case(
        "an org auth token sees how many files there are, and deletes none",
        upload("~/a.js", remember="id"),
        Step("GET", "$archives?query=$version", 200, [{"fileCount": 1}], token="ci"),
        Step("DELETE", "$archives?name=$version", 403, FORBIDDEN, token="ci"),
        Step("DELETE", "$archives?name=no-$version", 403, FORBIDDEN, token="ci"),
        Step("DELETE", "$files$id/", 403, FORBIDDEN, token="ci"),
        Step("DELETE", f"$bundles?bundleId={_NO_BUNDLE}", 403, FORBIDDEN, token="ci"),
        Step("DELETE", "$archives?name=$version", 403, FORBIDDEN, token="readonly"),
    ),
)
