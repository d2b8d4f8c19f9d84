"""Artifact bundles that are there: listing and deleting them."""

from __future__ import annotations

from .bundles import CREATED, MANY, OK, SCRIPT, assemble, listed, script, send, store
from .step import INTERNAL_ERROR, NOT_FOUND, Like, Step, case

_SECOND = Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NO_BUNDLE = "00000000-0000-0000-0000-000000000000"
_OTHER = "/api/0/projects/$organization/$other/"
_ASSOCIATIONS = [{"release": "$version", "dist": "d"}]


def _refused(address: str, status: int, error: str) -> Step:
    return Step("GET", address, status, {"error": error})


def _delete(
    bundle_id: str, status: int = 204, answer: object = None, path: str = "$bundles"
) -> Step:
    address = f"{path}?bundleId={bundle_id}"
    if answer is None:
        return Step("DELETE", address, status, content=b"")
    return Step("DELETE", address, status, answer)


CASES = (
    case(
        "a bundle is listed with its releases and times",
        *store(MANY),
        Step(
            "GET",
            "$bundles?query=$version",
            200,
            [
                {
                    "bundleId": "$a_id",
                    "associations": _ASSOCIATIONS,
                    "fileCount": 6,
                    "dateModified": _SECOND,
                    "date": _SECOND,
                }
            ],
        ),
        release=False,
    ),
    case(
        "query is a whole release or dist, or an id of any writing",
        *store(MANY),
        *store(script("b", release="b-$version", dist="$version")),
        listed("query=$version", "b", "a"),
        listed("query=b-$version", "b"),
        listed("query=b-"),
        listed("query=$debug_id", "a"),
        listed("query=$a_id", "a"),
        listed(f"query={_NO_BUNDLE}"),
        release=False,
    ),
    case(
        "ten bundles a page, in the order that was asked for",
        *(step for name in "abc" for step in store(script(name, release="$version", note=name))),
        listed("query=$version", "c", "b", "a"),
        listed("query=$version&sortBy=-date_modified", "c", "b", "a"),
        listed("query=$version&sortBy=date_added", "a", "b", "c"),
        listed("query=$version&sortBy=date_modified&per_page=2", "a", "b"),
        listed("query=$version&sortBy=date_modified&per_page=2&cursor=2:1:0", "c"),
        Step(
            "GET",
            "$bundles?query=$version",
            200,
            answer_headers={
                "Link": '<$url$bundles?query=$version&cursor=10:-1:1>; rel="previous"; '
                'results="false"; cursor="10:-1:1", '
                '<$url$bundles?query=$version&cursor=10:1:0>; rel="next"; '
                'results="false"; cursor="10:1:0"'
            },
        ),
        Step("GET", "$bundles?sortBy=x", 400, {"detail": {"code": "invalid_sort_by_parameter"}}),
        Step("GET", "$bundles?per_page=101", 400),
        release=False,
    ),
    case(
        "a bundle that is not there, or of another project",
        *store(MANY),
        *(
            _refused(
                f"{project}{bundle}/files/",
                400,
                f"The artifact bundle with {bundle} is not bound to this project or doesn't exist",
            )
            for project, bundle in (
                ("${bundle}", _NO_BUNDLE),
                (f"{_OTHER}artifact-bundles/", "$a_id"),
            )
        ),
        Step("GET", "${bundle}x/files/", 500, INTERNAL_ERROR),
        Step(
            "GET", "/api/0/projects/$organization/no-such/files/artifact-bundles/", 404, NOT_FOUND
        ),
        Step("GET", "/api/0/projects/no-such/$project/files/artifact-bundles/", 404, NOT_FOUND),
        listed("query=$version", path=f"{_OTHER}files/artifact-bundles/"),
        release=False,
    ),
    case(
        "the same bundle id again: other files, one more release, the first debug ids",
        *store(script("a", info=SCRIPT, release="$version", debug_id="$other_debug_id")),
        *store(script("b", release="b-$version", debug_id="$other_debug_id")),
        Step(
            "GET",
            "$bundles?query=$debug_id",
            200,
            [
                {
                    "bundleId": "$other_debug_id",
                    "associations": [
                        {"release": "b-$version", "dist": None},
                        {"release": "$version", "dist": None},
                    ],
                    "fileCount": 1,
                }
            ],
        ),
        Step("GET", "${bundle}$other_debug_id/files/", 200, {"files": [{"debugId": None}]}),
        _delete("$other_debug_id"),
        release=False,
    ),
    case(
        "deleting a bundle deletes its chunks, but not the state of its content",
        *store(MANY),
        _delete("$a_id"),
        listed("query=$version"),
        send("a"),
        assemble("a", OK),
        listed("query=$version"),
        release=False,
    ),
    case(
        "a bundle stays until its last project has deleted it",
        script("a", release="$version"),
        send("a"),
        assemble("a", CREATED, projects=["$project", "$other"]),
        assemble("a", OK),
        _delete("$a_id"),
        listed("query=$version"),
        listed("query=$version", "a", path=f"{_OTHER}files/artifact-bundles/"),
        _delete(
            "$a_id",
            404,
            {
                "error": Like(
                    r"Artifact bundle with .* found but it is not connected to project \d+"
                )
            },
        ),
        _delete("$a_id", path=f"{_OTHER}files/artifact-bundles/"),
        listed("query=$version", path=f"{_OTHER}files/artifact-bundles/"),
        release=False,
    ),
    case(
        "deleting what is not there: 204, what cannot be: 404 or 500",
        _delete(_NO_BUNDLE),
        _delete("x", 500, INTERNAL_ERROR),
        _delete("", 404, {"error": "Supplied an invalid bundle_id "}),
        Step("DELETE", "$bundles", 404, {"error": "Supplied an invalid bundle_id None"}),
        release=False,
    ),
)
