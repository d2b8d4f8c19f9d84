"""Assembling bundles: what a request may say, and what has become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .bundles import (
    CREATED,
    OK,
    PLAIN,
    SCRIPT,
    assemble,
    failed,
    missing,
    packed,
    script,
    send,
    zipped,
)
from .bundles import store as stored
from .step import Body, Case, Like, Make, Step, case, in_json

_SHA1 = "0123456789" * 4
_VALID: Mapping[str, object] = {"checksum": _SHA1, "chunks": [_SHA1], "projects": ["$project"]}
_MISSING = {"state": "not_found", "missingChunks": [_SHA1]}
_UNEXPECTED = Like(  # in either order
    r"Additional properties are not allowed \(('x', 'y'|'y', 'x') were unexpected\)"
)
_NO_IDS = "uploading a bundle without debug ids or release is prohibited"


def _answered(answer: object, status: int = 200, **changes: object) -> Step:
    return Step("POST", "$assemble", status, answer, in_json({**_VALID, **changes}))


def _refused(problem: object, **changes: object) -> Step:
    return _answered({"error": problem}, 400, **changes)


def _invalid(content: Body) -> Step:
    return Step("POST", "$assemble", 400, {"error": "Invalid json body"}, content)


def _without(key: str) -> Step:
    body = {other: value for other, value in _VALID.items() if other != key}
    error = {"error": f"'{key}' is a required property"}
    return Step("POST", "$assemble", 400, error, in_json(body))


def _bad(name: str, detail: str, made: Make, **more: Any) -> Case:
    """Return the case of a bundle that cannot be stored: its chunks are gone, a poll tells."""
    return case(
        name,
        made,
        send(made.name),
        assemble(made.name, CREATED, **more),
        assemble(made.name, missing(made.name), **more),
        assemble(made.name, missing(made.name), **more),
        send(made.name),
        assemble(made.name, failed(detail), **more),
        assemble(made.name, failed(detail)),
        Step("GET", f"$bundles?query=${made.name}_id", 200, []),
        release=False,
    )


def _listing(query: str, *bundles: object) -> Step:
    return Step("GET", f"$bundles?query={query}", 200, list(bundles))


def _bound(name: str, release: str | None, dist: str | None = None) -> dict[str, object]:
    associations = [{"release": release, "dist": dist}] if release else []
    return {"bundleId": f"${name}_id", "associations": associations}


_GOOD = packed({}, release="$version")

CASES = (
    case(
        "what is no JSON object: 400",
        _invalid(Body(b"", "application/json")),
        _invalid(Body(b"{", "application/json")),
        Step("POST", "$assemble", 400, {"error": "[] is not of type 'object'"}, in_json([])),
        Step("POST", "$assemble", 400, {"error": "'x' is not of type 'object'"}, in_json("x")),
        release=False,
    ),
    case(
        "keys that are missing or not known: 400",
        *(_without(key) for key in _VALID),
        _refused("Additional properties are not allowed ('x' was unexpected)", x=1),
        _refused(_UNEXPECTED, x=1, y=2),
        release=False,
    ),
    case(
        "null is no absent key",
        *(
            _refused(f"None is not of type '{kind}'", **{key: None})
            for key, kind in (
                ("version", "string"),
                ("dist", "string"),
                ("checksum", "string"),
                ("chunks", "array"),
                ("projects", "array"),
            )
        ),
        release=False,
    ),
    case(
        "values that cannot be: 400",
        _refused("'A' does not match '^[0-9a-f]{40}$'", checksum="A"),
        _refused(f"'{'A' * 40}' does not match '^[0-9a-f]{{40}}$'", chunks=["A" * 40]),
        _refused("1 is not of type 'string'", chunks=[1]),
        _refused("'a/b' does not match '^[^/]+$'", version="a/b"),
        _refused("'' does not match '^[^/]+$'", version=""),
        release=False,
    ),
    case(
        "projects are slugs of the organization, and at least one",
        _refused("You need to specify at least one project", projects=[]),
        _refused("One or more projects are invalid", projects=["no-such"]),
        _refused("One or more projects are invalid", projects=["$project", "no-such"]),
        _refused("One or more projects are invalid", projects=["1"]),
        _answered(_MISSING, projects=["$project", "$project"]),
        _answered(_MISSING, projects=["$project", "$other"]),
        release=False,
    ),
    case(
        "chunks that are missing are told, each once, before anything else about the bundle",
        _answered(_MISSING),
        _answered(_MISSING, chunks=[_SHA1, _SHA1]),
        _answered(_MISSING, dist="d"),
        _answered({"state": "not_found", "missingChunks": []}, chunks=[]),
        release=False,
    ),
    case(
        "missing, created, ok; and for the same content ok at once",
        script(release="$version"),
        assemble("a", missing("a")),
        send("a"),
        assemble("a", CREATED),
        assemble("a", OK),
        assemble("a", OK, chunks=()),
        _listing("$version", _bound("a", "$version")),
        release=False,
    ),
    case(
        "a bundle in pieces, of which one is sent again with another order",
        script("a", 7, release="$version"),
        send("a_7", "a_2", "a_3", "a_4"),
        assemble("a", missing("a_1"), chunks=tuple(f"a_{n}" for n in (1, 2, 3, 4, 7))),
        send("a_1", "a_5", "a_6"),
        assemble("a", CREATED, chunks=tuple(f"a_{n}" for n in range(1, 8))),
        assemble("a", OK, chunks=tuple(f"a_{n}" for n in range(1, 8))),
        assemble("a", missing("a")),
        release=False,
    ),
    case(
        "pieces in another order are another content: an error at the next poll",
        script("a", 2, release="$version"),
        send("a_1", "a_2"),
        assemble("a", CREATED, chunks=("a_2", "a_1")),
        assemble("a", failed("Reported checksum mismatch"), chunks=("a_2", "a_1")),
        assemble("a", failed("Reported checksum mismatch"), chunks=("a_1", "a_2")),
        release=False,
    ),
    case(
        "for ten minutes a state is known by the content alone: nothing more is bound to it",
        *stored(script(release="$version")),
        assemble("a", OK, projects=["$other"]),
        assemble("a", OK, version="other-$version"),
        _listing("other-$version"),
        release=False,
    ),
    case(
        "the request's release and dist go before the manifest's",
        *stored(script(release="no-$version", dist="no"), version="$version", dist="d"),
        _listing("$version", _bound("a", "$version", "d")),
        _listing("no-$version"),
        release=False,
    ),
    case(
        "the manifest's release and dist count where the request has none",
        *stored(script(release="$version", dist="d")),
        _listing("$version", _bound("a", "$version", "d")),
        *stored(script("b", release="$version", dist="d", note="b"), version="v-$version"),
        _listing("v-$version", _bound("b", "v-$version", "d")),
        release=False,
    ),
    case(
        "a dist without a release: of the request 400 and created ever after, of the manifest ok",
        script(info=SCRIPT),
        send("a"),
        assemble(
            "a",
            {"error": "You need to specify a release together with a dist"},
            status=400,
            dist="d",
        ),
        assemble("a", {**CREATED, "detail": None}, dist="d"),
        assemble("a", {**CREATED, "detail": None}),
        *stored(script("b", info=SCRIPT, dist="d")),
        _listing("$debug_id", _bound("b", None)),
        release=False,
    ),
    _bad("no debug ids and no release", _NO_IDS, script()),
    _bad(
        "debug ids of files without a known type do not count",
        _NO_IDS,
        script(info={**SCRIPT, "type": "script"}),
    ),
    _bad("debug ids that are none", _NO_IDS, script(info={**PLAIN, "headers": {"debug-id": "x"}})),
    _bad("no zip", "the bundle is invalid", Make("a", lambda names: names["version"].encode())),
    _bad(
        "no manifest",
        "the bundle is invalid",
        Make("a", lambda names: zipped({names["version"]: b""})),
    ),
    _bad(
        "a manifest that is no JSON",
        "the bundle is invalid",
        Make("a", lambda names: zipped({"manifest.json": names["version"].encode()})),
    ),
    _bad(
        "a manifest that is no object",
        "the bundle is invalid",
        Make("a", lambda names: zipped({"manifest.json": json.dumps([names["version"]]).encode()})),
    ),
    _bad("headers that are no object", "the bundle is invalid", script(info={"headers": None})),
    _bad("a release that is too long", "internal server error", script(release="r" * 251)),
    _bad(
        "a dist that is too long",
        "internal server error",
        script(release="r"),
        dist="d" * 65,
        version="r",
    ),
    case(
        "a bad bundle does not take a good one's chunks along",
        *stored(Make("a", _GOOD)),
        Make("tail", lambda names: names["version"].encode() + bytes(70_000)),
        Make("b", lambda names: _GOOD(names) + names["version"].encode() + bytes(70_000)),
        send("tail"),
        assemble("b", CREATED, chunks=("a", "tail")),
        assemble("b", missing("tail"), chunks=("a", "tail")),
        assemble("a", OK),
        release=False,
    ),
    case(
        "what a manifest may say or lack",
        *stored(Make("a", packed({}, release="$version"))),
        *stored(Make("b", packed({"x": (None, PLAIN), "y": (b"y", {})}, release="$version"))),
        *stored(script("c", release="$version", org="other", project="other")),
        *stored(
            Make("d", lambda names: packed({}, release="$version", note="d")(names)[8:]),
            version="x",
        ),
        release=False,
    ),
)
