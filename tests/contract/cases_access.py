"""Tokens and scopes: who may do what."""

from __future__ import annotations

from .step import FORBIDDEN, UNAUTHENTICATED, Step, case, in_json, upload

_ORGANIZATION = "/api/0/organizations/$organization/"
_PROJECT = "/api/0/projects/$organization/$project/"
_CHALLENGE = {"WWW-Authenticate": 'xBasic realm="api"'}
_RENAME = in_json({"name": "~/renamed.js"})
_NEW_RELEASE = in_json({"version": "$version", "projects": ["$project"]})

_EVERY_REQUEST = (
    ("GET", _ORGANIZATION, None),
    ("GET", _PROJECT, None),
    ("GET", "$releases", None),
    ("POST", "$releases", _NEW_RELEASE),
    ("GET", "$release", None),
    ("PUT", "$release", in_json({})),
    ("DELETE", "$release", None),
    ("GET", "${release}deploys/", None),
    ("POST", "${release}deploys/", in_json({})),
    ("GET", "$files", None),
    ("POST", "$files", in_json({})),
    ("GET", "${files}1/", None),
    ("GET", "${files}1/?download=1", None),
    ("PUT", "${files}1/", _RENAME),
    ("DELETE", "${files}1/", None),
    ("GET", "$organization_files", None),
    ("POST", "$organization_files", in_json({})),
    ("GET", "$chunk_upload", None),
    ("POST", "$chunk_upload", None),
    ("POST", "$assemble", in_json({})),
    ("GET", "$bundles", None),
    ("DELETE", "$bundles", None),
    ("GET", "${bundle}00000000-0000-0000-0000-000000000000/files/", None),
    ("GET", "${bundle}00000000-0000-0000-0000-000000000000/files/YQ==/", None),
    ("GET", "$lookup", None),
)


def _authorization(value: str, detail: str) -> Step:
    return Step(
        "GET",
        _ORGANIZATION,
        401,
        {"detail": detail},
        token=None,
        headers={"Authorization": value},
        answer_headers=_CHALLENGE,
    )


CASES = (
    case(
        "no token: 401",
        *(
            Step(method, path, 401, UNAUTHENTICATED, body, None, answer_headers=_CHALLENGE)
            for method, path, body in _EVERY_REQUEST
        ),
    ),
    case(
        "bad token: 401",
        *(
            Step(method, path, 401, {"detail": "Invalid token"}, body, "bad")
            for method, path, body in _EVERY_REQUEST
        ),
    ),
    case(
        "bad token: 401 where none is needed, too",
        Step("GET", "/api/0/", 401, {"detail": "Invalid token"}, token="bad"),
        release=False,
    ),
    case(
        "Authorization headers that cannot be right: 401",
        _authorization("Bearer sntrys_nonsense", "Invalid org token"),
        _authorization("Bearer", "Invalid token header. No credentials provided."),
        _authorization(
            "Bearer a b", "Invalid token header. Token string should not contain spaces."
        ),
        _authorization("Unknown abc", UNAUTHENTICATED["detail"]),
        release=False,
    ),
    case(
        "no scope for it: 403",
        *(
            Step(method, path, 403, FORBIDDEN, body, "noscope")
            for method, path, body in _EVERY_REQUEST
        ),
    ),
    case(
        "the scope comes before the existence",
        Step("GET", "/api/0/organizations/no-such/", 403, FORBIDDEN, token="noscope"),
        Step("GET", "${releases}no-such/files/", 403, FORBIDDEN, token="noscope"),
    ),
    case(
        "read scopes: may look, may not write",
        upload("~/a.js", b"read me", remember="file"),
        Step("GET", _ORGANIZATION, 200, token="readonly"),
        Step("GET", _PROJECT, 200, token="readonly"),
        Step("GET", "$release", 200, {"version": "$version"}, token="readonly"),
        Step("GET", "$files", 200, [{"name": "~/a.js"}], token="readonly"),
        Step("GET", "${files}$file/?download=1", 200, content=b"read me", token="readonly"),
        Step("POST", "$releases", 403, FORBIDDEN, _NEW_RELEASE, "readonly"),
        Step("PUT", "$release", 403, FORBIDDEN, in_json({}), "readonly"),
        upload("~/b.js", status=403, answer=FORBIDDEN, token="readonly"),
        Step("PUT", "${files}$file/", 403, FORBIDDEN, _RENAME, "readonly"),
        Step("DELETE", "${files}$file/", 403, FORBIDDEN, token="readonly"),
    ),
    case(
        "an org auth token: may store and rename, not delete, nor see organization and project",
        Step("POST", "$releases", 201, {"version": "$version"}, _NEW_RELEASE, "ci"),
        Step("POST", "$releases", 208, {"version": "$version"}, _NEW_RELEASE, "ci"),
        Step("GET", "$release", 200, {"version": "$version"}, token="ci"),
        upload("~/a.js", remember="file", token="ci"),
        Step("GET", "$files", 200, [{"name": "~/a.js"}], token="ci"),
        Step("GET", "${files}$file/", 200, {"name": "~/a.js"}, token="ci"),
        Step("PUT", "${files}$file/", 200, {"name": "~/renamed.js"}, _RENAME, "ci"),
        Step("PUT", "$release", 200, body=in_json({"ref": "main"}), token="ci"),
        Step("DELETE", "${files}$file/", 403, FORBIDDEN, token="ci"),
        Step("DELETE", "$release", 403, FORBIDDEN, token="ci"),
        Step("GET", _ORGANIZATION, 403, FORBIDDEN, token="ci"),
        Step("GET", _PROJECT, 403, FORBIDDEN, token="ci"),
        release=False,
    ),
    case(
        "an org auth token: may not download, and the 403 has no body",
        upload("~/a.js", remember="file", token="ci"),
        Step("GET", "${files}$file/?download=1", 403, content=b"", token="ci"),
    ),
)
