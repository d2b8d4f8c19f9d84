"""Commits of releases: set, listed, cleared, and refused; refs, and what came before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .step import DATE, FORBIDDEN, INTERNAL_ERROR, NOT_FOUND, NUMBER, Like, Step, case, in_json

_COMMITS = "${release}commits/"
_PREVIOUS = "${release}previous-with-commits/"
# One of the run's own; of those that others made, nothing is known.
_REPOSITORY = "${version}/r"
_FIELDS = {
    "id": "a" * 40,
    "repository": _REPOSITORY,
    "author_name": "Ada",
    "author_email": "Ada@Example.invalid",
    "message": " one\n\nmore ",
    "timestamp": "2024-01-02T03:04:05+02:00",
    "patch_set": [{"path": "a b", "type": "A"}, {"path": "c", "type": "M"}],
}
_TOO_LONG = "Ensure this field has no more than {} characters."


def _commit(**changes: Any) -> dict[str, Any]:
    """Return a commit with other fields; None leaves one out."""
    return {key: value for key, value in {**_FIELDS, **changes}.items() if value is not ...}


def _set(*commits: object, status: int = 200, answer: object = None, token: str = "full") -> Step:
    expected = answer if answer is not None else {"version": "$version"}
    return Step("PUT", "$release", status, expected, in_json({"commits": commits}), token)


def _refused(problems: Mapping[str, object], **changes: Any) -> Step:
    return _set(_commit(**changes), status=400, answer={"commits": problems})


def _refs(*refs: Mapping[str, object], status: int = 200, answer: object = None) -> Step:
    expected = answer if answer is not None else {"version": "$version"}
    return Step("PUT", "$release", status, expected, in_json({"refs": refs}))


def _ref(**changes: object) -> dict[str, object]:
    return {"repository": _REPOSITORY, "commit": "d" * 40, **changes}


_NONE = Step("GET", _COMMITS, 200, [])
_UNKNOWN_PROVIDER = {"id": "unknown", "name": "Unknown Provider"}
_STORED = {
    "id": "a" * 40,
    "message": "one\n\nmore",
    "dateCreated": "2024-01-02T01:04:05Z",
    "pullRequest": None,
    "repository": {
        "name": _REPOSITORY,
        "url": None,
        "provider": _UNKNOWN_PROVIDER,
        "status": "active",
        "dateCreated": DATE,
    },
    "author": {"name": "Ada", "email": "ada@example.invalid"},
}
_LATER = _commit(id="b" * 40, timestamp="2024-01-02T04:04:05+02:00")

CASES = (
    case(
        "commits are set, the newest first, and replace those that were there",
        _NONE,
        _set(_commit(), _LATER, answer={"commitCount": 2, "lastCommit": {"id": "b" * 40}}),
        Step("GET", _COMMITS, 200, [{"id": "b" * 40}, _STORED]),
        Step("GET", f"{_COMMITS}?per_page=1", 200, [{"id": "b" * 40}]),
        _set(_commit(), answer={"commitCount": 1, "lastCommit": _STORED}),
        Step("GET", _COMMITS, 200, [_STORED]),
        Step("GET", "$release", 200, {"authors": [{"name": "Ada"}]}),
        _set(answer={"commitCount": 1}),
        _set(_commit(), token="ci"),
    ),
    case(
        "commits are set with the release, and by a project's address",
        Step(
            "POST",
            "$releases",
            201,
            {"commitCount": 1},
            in_json({"version": "$version", "projects": ["$project"], "commits": [_commit()]}),
        ),
        Step(
            "POST",
            "/api/0/projects/$organization/$project/releases/",
            208,
            {"commitCount": 1},  # which does not count those that it sets
            in_json({"version": "$version", "commits": [_commit(), _LATER]}),
        ),
        Step("GET", "$release", 200, {"commitCount": 2}),
        release=False,
    ),
    case(
        "commits of one date stay in the order in which they came",
        _set(*(_commit(id=letter * 40) for letter in "cab"), answer={"commitCount": 3}),
        Step("GET", _COMMITS, 200, [{"id": letter * 40} for letter in "cab"]),
    ),
    case(
        "one that says #skipsentry is left out",
        _set(_commit(), _commit(id="b" * 40, message="x #skipsentry"), answer={"commitCount": 1}),
        _set(_commit(message="#skipsentry"), answer={"commitCount": 0, "lastCommit": None}),
        _NONE,
    ),
    case(
        "the same commit twice counts twice, and is one",
        _set(_commit(), _commit(), answer={"commitCount": 2}),
        Step("GET", _COMMITS, 200, [_STORED]),
    ),
    case(
        "a commit needs only its id",
        _set({"id": "a" * 64}, answer={"lastCommit": {"id": "a" * 64, "dateCreated": DATE}}),
        _set(_commit(repository="", author_email="", message=""), answer={"commitCount": 1}),
        _set(_commit(repository=None, author_name=None, author_email=None, patch_set=None)),
        _set(_commit(id=5, message=...), answer={"lastCommit": {"id": "5"}}),
    ),
    case(
        "an author without an address gets one",
        _set(
            _commit(author_name="Zoë X", author_email=...),
            answer={"lastCommit": {"author": {"name": "Zoë X", "email": "zox@localhost"}}},
        ),
        _set(_commit(id="b" * 40, author_email=""), answer={"lastCommit": {"author": {}}}),
    ),
    case(
        "fields as long as they may be, and longer",
        _set(
            _commit(
                id="a" * 64,
                repository="${version}" + "r" * 19,
                author_name="n" * 128,
                author_email="e" * 75,
                message="m" * 100_000,
                patch_set=[{"path": "p" * 510, "type": "D"}],
            )
        ),
        _refused({"id": [_TOO_LONG.format(64)]}, id="a" * 65),
        _refused({"repository": [_TOO_LONG.format(64)]}, repository="r" * 65),
        _refused({"author_name": [_TOO_LONG.format(128)]}, author_name="n" * 129),
        _refused({"author_email": [_TOO_LONG.format(75)]}, author_email="e" * 76),
        _refused(
            {"patch_set": {"path": [_TOO_LONG.format(510)]}},
            patch_set=[{"path": "p" * 511, "type": "D"}],
        ),
    ),
    case(
        "what is no commit",
        _refused({"id": ["This field is required."]}, id=...),
        _refused({"id": ["This field may not be null."]}, id=None),
        _refused({"id": ["This field may not be blank."]}, id=" "),
        _refused({"message": ["Null characters are not allowed."]}, message="a\0b"),
        _refused(
            {"message": ["Surrogate characters are not allowed: U+D800."]}, message="a\ud800b"
        ),
        _refused({"timestamp": [Like("Datetime has wrong format.*")]}, timestamp=1_700_000_000),
        _refused(
            {"timestamp": ["Datetime value out of range."]}, timestamp="0001-01-01T00:00:00+05:00"
        ),
        _refused(
            {"patch_set": {"type": ["Commit patch_set type T is not supported."]}},
            patch_set=[{"path": "p", "type": "T"}],
        ),
        _refused(
            {"patch_set": {"type": [_TOO_LONG.format(1)]}},
            patch_set=[{"path": "p", "type": "R100"}],
        ),
        _refused(
            {"patch_set": {"path": ["This field may not be blank."]}},
            patch_set=[{"path": " ", "type": "A"}],
        ),
        _set(
            1,
            status=400,
            answer={
                "commits": {
                    "non_field_errors": ["Invalid data. Expected a dictionary, but got int."]
                }
            },
        ),
        Step("PUT", "$release", 400, {"commits": [Like(".*")]}, in_json({"commits": None})),
        Step("PUT", "$release", 400, {"commits": [Like(".*")]}, in_json({"commits": "x"})),
        _NONE,
    ),
    case(
        "internal errors: a message or date that is null, and dates of some commits alone",
        _set(_commit(message=None), status=500, answer=INTERNAL_ERROR),
        _set(_commit(timestamp=None), status=500, answer=INTERNAL_ERROR),
        _set(_commit(), _commit(id="b" * 40, timestamp=...), status=500, answer=INTERNAL_ERROR),
        _set(_commit(), _commit(id="b" * 40, timestamp=None), status=500, answer=INTERNAL_ERROR),
        _NONE,
    ),
    case(
        "commits, by tokens that may not, and of a release that is not there",
        _set(_commit(), status=403, answer=FORBIDDEN, token="readonly"),
        Step("GET", _COMMITS, 200, [], token="readonly"),
        Step("GET", _COMMITS, 200, [], token="ci"),
        Step("GET", _COMMITS, 403, FORBIDDEN, token="noscope"),
        Step("GET", "${releases}no-such-version/commits/", 404, NOT_FOUND),
        Step(
            "PUT", "${releases}no-such-version/", 404, NOT_FOUND, in_json({"commits": [_commit()]})
        ),
    ),
    case(
        "repositories that commits name are known, and tokens that may see them",
        _set(_commit()),
        Step(
            "GET",
            f"/api/0/organizations/$organization/repos/?query={_REPOSITORY}",
            200,
            [
                {
                    "id": NUMBER,
                    "name": _REPOSITORY,
                    "url": None,
                    "provider": _UNKNOWN_PROVIDER,
                    "status": "active",
                    "integrationId": None,
                    "externalSlug": None,
                }
            ],
        ),
        Step("GET", "/api/0/organizations/$organization/repos/?query=$version-none", 200, []),
        Step("GET", "/api/0/organizations/$organization/repos/?status=deleted", 200, []),
        Step(
            "GET",
            "/api/0/organizations/$organization/repos/?query=$version-none",
            200,
            [],
            token="readonly",
        ),
        Step("GET", "/api/0/organizations/$organization/repos/", 403, FORBIDDEN, token="ci"),
        Step("GET", "/api/0/organizations/$organization/repos/", 403, FORBIDDEN, token="noscope"),
    ),
    case(
        "refs name repositories as Sentry spells them, and set nothing at once",
        _refs(_ref(), status=400, answer={"refs": [f"Invalid repository names: {_REPOSITORY}"]}),
        _set(_commit()),
        _refs(_ref(), answer={"commitCount": 1, "lastCommit": {"id": "a" * 40}}),
        _refs(_ref(previousCommit="c" * 40)),
        _refs(_ref(previousCommit=None)),
        _refs(_ref(commit="c" * 40 + ".." + "d" * 40)),
        _refs(
            _ref(repository="${version}/R"),
            status=400,
            answer={"refs": ["Invalid repository names: $version/R"]},
        ),
        _refs(
            _ref(commit="d" * 65),
            status=400,
            answer={"refs": {"commit": ["Commit too long - max is 64 chars"]}},
        ),
        _refs(
            _ref(commit="..d"),
            status=400,
            answer={"refs": {"commit": ["Commit cannot begin or end with .."]}},
        ),
        _refs(_ref(commit="a..b..c"), status=500, answer=INTERNAL_ERROR),
        _refs(
            _ref(repository="r" * 201),
            status=400,
            answer={"refs": {"repository": [_TOO_LONG.format(200)]}},
        ),
        _refs(
            _ref(previousCommit="p" * 65),
            status=400,
            answer={"refs": {"previousCommit": [_TOO_LONG.format(64)]}},
        ),
        _refs(
            {},
            status=400,
            answer={
                "refs": {
                    "commit": ["This field is required."],
                    "repository": ["This field is required."],
                }
            },
        ),
        Step("PUT", "$release", 400, {"refs": [Like(".*")]}, in_json({"refs": None})),
    ),
    case(
        "no refs clear the commits of one repository; none, or several, are an internal error",
        _set(_commit()),
        _refs(answer={"commitCount": 0, "lastCommit": None}),
        _NONE,
        _refs(status=500, answer=INTERNAL_ERROR),
        _set(_commit(), _commit(id="b" * 40, repository="${version}/s")),
        _refs(status=500, answer=INTERNAL_ERROR),
    ),
    case(
        "what came before is the last release with commits, and may be the release itself",
        _set(_commit()),
        Step("GET", _PREVIOUS, 200, {"version": "$version", "lastCommit": {"id": "a" * 40}}),
        Step("GET", _PREVIOUS, 200, {"version": "$version"}, token="ci"),
        Step("GET", _PREVIOUS, 403, FORBIDDEN, token="noscope"),
        Step("GET", "${releases}no-such-version/previous-with-commits/", 404, NOT_FOUND),
        Step(
            "POST",
            "$releases",
            201,
            body=in_json({"version": "$version later", "projects": ["$project"]}),
        ),
        Step(
            "GET",
            "${releases}$version%20later/previous-with-commits/",
            200,
            {"version": "$version"},
        ),
        Step("DELETE", "${releases}$version%20later/", 204),
    ),
)
