"""Looking up what a stack frame needs: bundles by debug id or release, or release files."""

from __future__ import annotations

from .bundles import MAP, PLAIN, SCRIPT, Files, packed, script, store
from .step import INTERNAL_ERROR, NOT_FOUND, Make, Step, case, upload

_UNKNOWN = "00000000-0000-0000-0000-000000000000"
_NOTHING = {"detail": "Not found."}
_FILES: Files = {"files/_/_/js/a.js": (b"a()", SCRIPT), "files/_/_/js/a.js.map": (b"{}", MAP)}
_A = Make("a", packed(_FILES, release="$version"))


def _found(query: str, *places: str, how: str, remember: str | None = None) -> Step:
    answer = [
        {
            "id": place,
            "type": "bundle",
            "url": f"$url$lookup?download={place}",
            "resolved_with": how,
        }
        for place in places
    ]
    return Step("GET", f"$lookup?{query}", 200, answer, remember=remember)


def _one(query: str, name: str) -> Step:
    """Look up one bundle and remember its place under that name."""
    return Step("GET", f"$lookup?{query}", 200, [{"type": "bundle"}], remember=name)


def _nothing(query: str, path: str = "$lookup") -> Step:
    return Step("GET", f"{path}?{query}", 200, [])


def _release_file(query: str, name: str, remember: str | None = None) -> Step:
    answer = [
        {
            "type": "file",
            "abs_path": name,
            "headers": {"Sourcemap": "x.map"},
            "resolved_with": "release-old",
        }
    ]
    return Step("GET", f"$lookup?release=$version&{query}", 200, answer, remember=remember)


CASES = (
    case(
        "by debug id, in any writing; the bundle can be downloaded",
        *store(_A),
        _one("debug_id=$debug_id", "place"),
        _found("debug_id=$debug_id&release=x&url=x", "$place", how="debug-id"),
        Step("GET", "$lookup?download=$place", 200, content="a"),
        Step("GET", "$lookup?download=$place", 200, content="a", token="readonly"),
        Step("GET", "$lookup?download=$place", 403, content=b"", token="ci"),
        Step(
            "GET",
            "/api/0/projects/$organization/$other/artifact-lookup/?download=$place",
            404,
            _NOTHING,
        ),
        _nothing(f"debug_id={_UNKNOWN}"),
        _nothing("debug_id=$debug_id", "/api/0/projects/$organization/$other/artifact-lookup/"),
        Step("GET", "$lookup?debug_id=x", 500, INTERNAL_ERROR),
        release=False,
    ),
    case(
        "the bundle that was stored last has a debug id",
        *store(script("a", info=SCRIPT, note="a")),
        _one("debug_id=$debug_id", "first"),
        *store(script("b", info=SCRIPT, note="$version b")),
        _one("debug_id=$debug_id", "last"),
        Step("GET", "$lookup?download=$last", 200, content="b"),
        Step("GET", "$lookup?download=$first", 200, content="a"),
        release=False,
    ),
    case(
        "by release and dist: the only bundle whatever the URL, of several those with the URL",
        *store(_A),
        _one("release=$version", "a_place"),
        _found("release=$version&url=~/js/a.js", "$a_place", how="release"),
        _found("release=$version&url=no-such", "$a_place", how="release"),
        _found(f"debug_id={_UNKNOWN}&release=$version", "$a_place", how="release"),
        _nothing("release=$version&dist=d"),
        _nothing("url=~/js/a.js"),
        *store(Make("b", packed({"b.js": (b"b()", PLAIN)}, release="$version"))),
        _found("release=$version&url=~/js/a.js", "$a_place", how="index"),
        _one("release=$version&url=~/js/b.js", "b_place"),
        _found("release=$version&url=/JS/", "$a_place", "$b_place", how="index"),
        _nothing("release=$version&url=no-such"),
        _nothing("release=$version"),
        Step("DELETE", "$bundles?bundleId=$b_id", 204),
        _found("release=$version&url=~/js/a.js", "$a_place", how="index"),
        _found("release=$version&url=no-such", "$a_place", how="release"),
        release=False,
    ),
    case(
        "release files where there is no bundle: of the dist, or of none if that is not known",
        upload("~/x/a.js", b"one", headers=["Sourcemap: x.map"]),
        upload("~/x/a.js", b"two", headers=["Sourcemap: x.map"], dist="d"),
        upload("~/y/b.js", b"three", headers=["Sourcemap: x.map"]),
        _release_file("url=X/A", "~/x/a.js", remember="place"),
        Step("GET", "$lookup?download=$place", 200, content=b"one"),
        _release_file("url=x/a&dist=unknown", "~/x/a.js", remember="place"),
        Step("GET", "$lookup?download=$place", 200, content=b"one"),
        _release_file("url=x/a&dist=d", "~/x/a.js", remember="place"),
        Step("GET", "$lookup?download=$place", 200, content=b"two"),
        Step("GET", "$lookup?download=$place", 403, content=b"", token="ci"),
        _release_file("dist=d", "~/x/a.js"),
        _nothing("release=$version&url=no-such"),
        _nothing("release=no-$version"),
    ),
    case(
        "downloads that are not there",
        *(
            Step("GET", f"$lookup?download={place}", 404, _NOTHING)
            for place in ("", "x", "x/1", "artifact_bundle/999999999", "release_file/999999999")
        ),
        Step("GET", "$lookup?download=artifact_bundle/x", 500, INTERNAL_ERROR),
        Step("GET", "/api/0/projects/$organization/no-such/artifact-lookup/", 404, NOT_FOUND),
        release=False,
    ),
)
