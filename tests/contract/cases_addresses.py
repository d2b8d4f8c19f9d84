"""Addresses: what is known, what is not, and the slash at the end."""

from __future__ import annotations

from .step import NOT_FOUND, NUMBER, Like, Step, case, in_json

_HELP = "Route not found, did you forget a trailing slash?"


def _slash_help(path: str) -> Like:
    return Like(f"{_HELP} try: {path}/".replace("?", r"\?"))


CASES = (
    case(
        "a project's releases are listed, the newest first",
        Step(
            "GET",
            "/api/0/projects/$organization/$project/releases/?per_page=1",
            200,
            [{"version": "$version"}],
        ),
    ),
    case(
        "the root tells the scopes of a token",
        Step("GET", "/api/0/", 200, {"version": "0", "auth": None, "user": None}, token=None),
        Step("GET", "/api/0/", 200, {"version": "0", "auth": {}, "user": {}}),
        release=False,
    ),
    case(
        "the organization is shown",
        Step(
            "GET",
            "/api/0/organizations/$organization/",
            200,
            {"id": NUMBER, "slug": "$organization"},
            answer_headers={"Content-Type": "application/json"},
        ),
        release=False,
    ),
    case(
        "the project is shown with its organization",
        Step(
            "GET",
            "/api/0/projects/$organization/$project/",
            200,
            {"id": NUMBER, "slug": "$project", "organization": {"slug": "$organization"}},
        ),
        release=False,
    ),
    *(
        case(
            f"unknown: {what}",
            Step("GET", path, 404, NOT_FOUND, answer_headers={"Content-Type": "application/json"}),
        )
        for what, path in {
            "organization": "/api/0/organizations/no-such-organization/",
            "project": "/api/0/projects/$organization/no-such-project/",
            "organization of a project": "/api/0/projects/no-such-organization/$project/",
            "organization of releases": "/api/0/organizations/no-such-organization/releases/",
            "project of releases": "/api/0/projects/$organization/no-such-project/releases/",
            "organization of a project's releases": "/api/0/projects/no-such/$project/releases/",
            "release": "${releases}no-such-version/",
            "release of files": "/api/0/projects/$organization/$project/releases/no-such/files/",
            "release of an organization's files": "${releases}no-such/files/",
            "project of files": "/api/0/projects/$organization/no-such/releases/$version/files/",
            "organization of files": "/api/0/projects/no-such/$project/releases/$version/files/",
            "file": "${files}999999999/",
        }.items()
    ),
    case(
        "a project that the release is not linked to has none of its files",
        Step(
            "GET",
            "/api/0/projects/$organization/$other/releases/$version/files/",
            404,
            NOT_FOUND,
        ),
    ),
    case(
        "a slash in a version, even percent-encoded, is another address",
        Step("GET", "${releases}a%2Fb/", 404, content=b""),
        release=False,
    ),
    case(
        "an unknown endpoint is a 404 without a body",
        Step("GET", "/api/0/no-such-endpoint/", 404, content=b""),
        Step("POST", "/api/0/no-such-endpoint/", 404, content=b"", body=in_json({})),
        release=False,
    ),
    case(
        "without the slash at the end: 404 in plain text that points at the place",
        Step(
            "GET",
            "/api/0/organizations/acme",
            404,
            content=f"{_HELP}\n\ntry: /api/0/organizations/acme/\n{' ' * 30}^\n".encode(),
            answer_headers={"Content-Type": "text/plain"},
        ),
        release=False,
    ),
    case(
        "without the slash at the end: 404 in JSON to a client that sends JSON",
        Step(
            "POST",
            "/api/0/organizations/acme/releases",
            404,
            {"info": _slash_help("/api/0/organizations/acme/releases")},
            in_json({}),
        ),
        release=False,
    ),
    case(
        "a method that an endpoint does not have",
        Step("POST", "/api/0/", 405, {"detail": 'Method "POST" not allowed.'}, in_json({})),
        Step("DELETE", "$files", 405, {"detail": 'Method "DELETE" not allowed.'}),
        Step("PUT", "$releases", 405, {"detail": 'Method "PUT" not allowed.'}, in_json({})),
    ),
)
