"""Which artifact answers for a URL, and which names come near."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.explain.artifacts import (
    Artifact,
    Artifacts,
    CandidateStatus,
    Kind,
)
from hatch_sentry_artifacts.explain.urls import candidates, map_url


def release(*names: str | tuple[str, str], dist: str | None = None) -> Artifacts:
    """Return a release that holds files of these names, or names and dists, seen from `dist`."""
    pairs = [(name, None) if isinstance(name, str) else name for name in names]
    files = tuple(Artifact(name, of, 1, {}, lambda: b"") for name, of in pairs)
    return Artifacts("release 1", files, "1", dist)


def test_a_url_with_a_query_has_four_candidates_in_sentry_s_order() -> None:
    assert candidates("https://h:8000/p/app.js?v=1#x") == (
        "https://h:8000/p/app.js?v=1",
        "https://h:8000/p/app.js",
        "~/p/app.js?v=1",
        "~/p/app.js",
    )


@pytest.mark.parametrize(
    ("url", "any_host"),
    [
        ("https://h/app.js", "~/app.js"),
        ("https://h//app.js", "~//app.js"),
        ("https://h/", "~/"),
        ("https://h", "~"),
        ("https://h/app.js?", "~/app.js"),
        ("app:///static/app.js", "~/static/app.js"),
        ("https://h/a%20b.js", "~/a%20b.js"),
    ],
)
def test_any_other_url_has_two(url: str, any_host: str) -> None:
    assert candidates(url) == (url.rstrip("?"), any_host)


def test_the_first_candidate_that_is_there_answers() -> None:
    found = release("~/app.js", "https://h/app.js").find(Kind.SCRIPT, "https://h/app.js?v=1")
    assert found.artifact is not None
    assert found.artifact.name == "https://h/app.js"
    assert [each.status for each in found.candidates] == [
        CandidateStatus.ABSENT,
        CandidateStatus.ANSWERS,
        CandidateStatus.NOT_ASKED,
        CandidateStatus.NOT_ASKED,
    ]
    assert found.near == ()


def test_a_dist_sees_only_its_own_files() -> None:
    names: list[str | tuple[str, str]] = ["~/app.js", ("~/app.js", "7")]
    seen = release(*names, dist="7").find(Kind.SCRIPT, "https://h/app.js").artifact
    assert seen is not None
    assert seen.dist == "7"
    unseen = release(*names, dist="8").find(Kind.SCRIPT, "https://h/app.js")
    assert unseen.artifact is None
    assert unseen.candidates[1].status is CandidateStatus.OTHER_DIST
    assert unseen.candidates[1].dists == (None, "7")


def test_without_a_dist_only_files_of_none_are_seen() -> None:
    found = release(("~/app.js", "7")).find(Kind.SCRIPT, "https://h/app.js")
    assert found.artifact is None
    assert found.candidates[1].dists == ("7",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~/static/js/my%20app.js?v=1", "ends with the query ?v=1, where the URL has none"),
        ("/static/js/my%20app.js", "has to begin with ~/"),
        ("static/js/my%20app.js", "has to begin with ~/"),
        ("https://cdn.example/static/js/my%20app.js", "for the host cdn.example, not shop.example"),
        ("http://shop.example/static/js/my%20app.js", "for http, not https"),
        ("~/static/js/my app.js", "percent-encoded in another way"),
        ("~/static/JS/my%20app.js", "upper and lower case"),
        ("~/js/my%20app.js", "lacks /static, with which the URL begins"),
        ("~/shop/static/js/my%20app.js", "begins with /shop, which the URL lacks"),
        ("~/assets/my%20app.js", "in another folder, /assets instead of /static/js"),
        ("~/static/js/my%20ap.js", "similar"),
    ],
)
def test_a_near_miss_says_what_keeps_the_name_from_matching(name: str, reason: str) -> None:
    found = release("~/static/other.js", name).find(
        Kind.SCRIPT, "https://shop.example/static/js/my%20app.js"
    )
    (near,) = found.near
    assert near.name == name
    assert reason in near.reason


@pytest.mark.parametrize(
    ("asked", "name", "reason"),
    [
        ("app-3OHTNDYQ.js", "app-QDU7URCK.js", "the hash in its name differs"),
        ("index-BfK3a_9x.js", "index-C0ffee-_.js", "the hash in its name differs"),
        ("main.3f2a1bcd.js.map", "main.0e11f2aa.js.map", "the hash in its name differs"),
        ("app.3f2a1bcd0123.js", "app.js", "renamed after the build"),
    ],
)
def test_hashes_in_names_are_recognized(asked: str, name: str, reason: str) -> None:
    (near,) = release(f"~/static/{name}").find(Kind.SCRIPT, f"https://h/static/{asked}").near
    assert reason in near.reason


def test_no_more_than_the_three_nearest_names_are_shown() -> None:
    names = ["~/z/app.js", "~/y/app.js", "~/x/app.js", "~/static/App.js", "~/app.js", "~/q/b.js"]
    near = release(*names, "replaced/12/app.js").find(Kind.SCRIPT, "https://h/static/app.js").near
    assert [each.name for each in near] == ["~/static/App.js", "~/app.js", "~/x/app.js"]


def test_near_names_of_the_same_dist_come_first() -> None:
    near = (
        release(("~/APP.js", "7"), ("~/App.js", "8"), dist="8")
        .find(Kind.SCRIPT, "https://h/app.js")
        .near
    )
    assert [each.dist for each in near] == ["8", "7"]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("app.js.map", "https://h:1/static/app.js.map"),
        ("./maps/app.js.map?v=2", "https://h:1/static/maps/app.js.map?v=2"),
        ("../app.js.map", "https://h:1/app.js.map"),
        ("/maps/app.js.map", "https://h:1/maps/app.js.map"),
        ("~/maps/app.js.map", "https://h:1/maps/app.js.map"),
        ("//cdn.example/app.js.map", "https://cdn.example/app.js.map"),
        ("http://cdn.example/app.js.map", "http://cdn.example/app.js.map"),
    ],
)
def test_a_reference_is_resolved_against_the_script_s_url(reference: str, expected: str) -> None:
    assert map_url("https://h:1/static/app.js?v=1", reference) == expected


def test_urls_of_other_schemes_have_relative_references_too() -> None:
    assert map_url("app:///static/app.js", "app.js.map") == "app:///static/app.js.map"
