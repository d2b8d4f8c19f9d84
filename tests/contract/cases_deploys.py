"""Deploys of releases: told, listed, and refused."""

from __future__ import annotations

from collections.abc import Mapping

from .step import DATE, INTERNAL_ERROR, NOT_FOUND, NUMBER, Like, Step, case, in_json

_DEPLOYS = "${release}deploys/"
_WRONG_DATE = Like("Datetime has wrong format.*")
_BASE = "https://example.invalid/"
_LONG = _BASE + "x" * (201 - len(_BASE))


def _deploy(
    fields: Mapping[str, object],
    answer: Mapping[str, object] | None = None,
    *,
    status: int = 201,
    token: str = "full",
) -> Step:
    sent = {"environment": "production", **fields}
    expected = sent if answer is None else answer
    return Step("POST", _DEPLOYS, status, expected, in_json(sent), token)


def _refused(fields: Mapping[str, object], *problems: str | Like) -> Step:
    (key,) = fields
    return _deploy(fields, {key: list(problems)}, status=400)


_NONE = Step("GET", _DEPLOYS, 200, [])

CASES = (
    case(
        "a deploy needs only an environment, and ends now",
        _NONE,
        _deploy(
            {},
            {
                "id": NUMBER,
                "environment": "production",
                "dateStarted": None,
                "dateFinished": DATE,
                "name": None,
                "url": None,
            },
        ),
        Step("GET", "$release", 200, {"deployCount": 1, "lastDeploy": {"name": None}}),
    ),
    case(
        "a deploy with all its fields",
        _deploy(
            {
                "name": "first",
                "url": _BASE,
                "dateStarted": "2024-01-02T03:04:05Z",
                "dateFinished": "2024-01-02T05:04:05+01:00",
                "projects": ["$project"],
            },
            {
                "name": "first",
                "url": _BASE,
                "dateStarted": "2024-01-02T03:04:05Z",
                "dateFinished": "2024-01-02T04:04:05Z",
            },
        ),
        _deploy({"name": "n" * 64, "url": _LONG[:200], "environment": "e" * 64}),
        _deploy({"environment": " a\tb "}, {"environment": "a\tb"}),
        _deploy({"environment": ".."}),
        _deploy({"name": " ", "url": " "}, {"name": "", "url": ""}),
        _deploy({"name": None, "url": None, "dateStarted": None}),
        _deploy({"projects": ["$project"], "unknown": 1}, {}, token="ci"),
    ),
    case(
        "the same deploy again is another one",
        _deploy({"dateFinished": "2024-01-02T03:04:05Z"}),
        _deploy({"dateFinished": "2024-01-02T03:04:05Z"}),
        Step("GET", "$release", 200, {"deployCount": 2}),
    ),
    case(
        "listed by their end, the last first, page by page; the release has the last one told",
        _deploy({"name": "late", "dateFinished": "2031-01-01T00:00:00Z"}),
        _deploy({"name": "early", "dateFinished": "2001-01-01T00:00:00Z"}),
        Step("GET", _DEPLOYS, 200, [{"name": "late"}, {"name": "early"}]),
        Step(
            "GET",
            f"{_DEPLOYS}?per_page=1&cursor=1:1:0",
            200,
            [{"name": "early"}],
            answer_headers={"Link": Like(r'.*rel="next"; results="false"; cursor="1:2:0"')},
        ),
        Step("GET", "$release", 200, {"deployCount": 2, "lastDeploy": {"name": "early"}}),
    ),
    case(
        "deploys that are refused",
        Step("POST", _DEPLOYS, 400, {"environment": ["This field is required."]}, in_json({})),
        _refused({"environment": None}, "This field may not be null."),
        _refused({"environment": " "}, "This field may not be blank."),
        _refused({"environment": "a/b"}, "Invalid value for environment"),
        _refused({"environment": "a\nb"}, "Invalid value for environment"),
        _refused({"environment": "e" * 65}, "Ensure this field has no more than 64 characters."),
        _refused({"environment": True}, "Not a valid string."),
        _refused({"name": "n" * 65}, "Ensure this field has no more than 64 characters."),
        _refused({"url": "https://ci/x"}, "Enter a valid URL."),
        _refused({"dateFinished": ""}, _WRONG_DATE),
        _refused({"dateFinished": "2024-01-02"}, _WRONG_DATE),
        _refused({"dateStarted": 1700000000}, _WRONG_DATE),
        _refused({"projects": []}, "This list may not be empty."),
        _refused({"projects": None}, "This field may not be null."),
        _refused({"projects": "$project"}, 'Expected a list of items but got type "str".'),
        _refused({"projects": ["no-such-project"]}, "Invalid project"),
        _NONE,
    ),
    case(
        "an end that is null, and a url of more than 200 characters, are internal errors",
        _deploy({"dateFinished": None}, INTERNAL_ERROR, status=500),
        _deploy({"url": _LONG}, INTERNAL_ERROR, status=500),
        _NONE,
    ),
    case(
        "a deploy in a project that the release does not have",
        _deploy(
            {"projects": ["$other"]},
            {
                "detail": {
                    "code": "parameter-validation-error",
                    "message": "Invalid projects ($other) for release $version",
                }
            },
            status=400,
        ),
        _NONE,
    ),
    case(
        "a deploy of a release that is not there",
        Step("GET", _DEPLOYS, 404, NOT_FOUND),
        _deploy({}, NOT_FOUND, status=404),
        release=False,
    ),
    case(
        "deploys cannot be changed",
        Step("PUT", _DEPLOYS, 405, {"detail": 'Method "PUT" not allowed.'}, in_json({})),
        Step("DELETE", _DEPLOYS, 405, {"detail": 'Method "DELETE" not allowed.'}),
    ),
    case("deploys go with their release", _deploy({}), Step("DELETE", "$release", 204)),
)
