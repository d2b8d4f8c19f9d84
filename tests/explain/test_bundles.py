"""Which artifact of which bundle answers: by debug id, by URL, and why others do not."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.explain.artifacts import (
    Artifact,
    Artifacts,
    Candidate,
    CandidateStatus,
    EventBundle,
    Kind,
    Place,
    Search,
)
from hatch_sentry_artifacts.explain.explanation import BY_DEBUG_ID, Explanation, explain
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.explain.urls import stem

URL = "https://h/static/app.js"
ID, OTHER_ID = "0f9a1c2e-1111-4222-8333-444455556666", "ffffffff-1111-4222-8333-444455556666"


def file(
    name: str = "~/static/app.js",
    debug_id: str | None = None,
    kind: str = "minified_source",
    content: bytes = b"",
) -> Artifact:
    return Artifact(name, None, 1, {}, lambda: content, kind, debug_id)


def bundle(number: int, *files: Artifact, dist: str | None = None) -> EventBundle:
    """Return a bundle whose files know it."""
    own = (
        Artifact(
            each.name, dist, each.size, {}, each.read, each.kind, each.debug_id, f"bundle-{number}"
        )
        for each in files
    )
    return EventBundle(f"bundle-{number}", dist, tuple(own))


def release(
    *bundles: EventBundle, files: tuple[Artifact, ...] = (), dist: str | None = None
) -> Search:
    """How the script is found among the release's bundles, the newest first, and its files."""
    return Artifacts("release 1", files, "1", dist, bundles).find(Kind.SCRIPT, URL)


def event(
    of_debug_id: EventBundle | None, *bundles: EventBundle, kind: Kind = Kind.SCRIPT
) -> Search:
    """How a file is found for an event with a debug id."""
    artifacts = Artifacts("release 1", (file(),), "1", None, bundles, ID, of_debug_id)
    return artifacts.find(kind, URL if kind is Kind.SCRIPT else f"{URL}.map")


def answer(search: Search) -> tuple[str, str | None] | None:
    """Return the name and bundle of what answers."""
    found = search.artifact
    return None if found is None else (found.name, found.bundle)


def test_the_newest_bundle_that_has_the_name_answers() -> None:
    found = release(bundle(3, file("~/other.js")), bundle(2, file()), bundle(1, file()))
    assert answer(found) == ("~/static/app.js", "bundle-2")
    assert [(each.place, each.status) for each in found.candidates] == [
        (Place.BUNDLES, CandidateStatus.ABSENT),
        (Place.BUNDLES, CandidateStatus.ANSWERS),
    ]


def test_an_exact_name_in_an_old_bundle_comes_before_any_host_in_a_new_one() -> None:
    found = release(bundle(2, file()), bundle(1, file(URL)))
    assert answer(found) == (URL, "bundle-1")


def test_a_bundle_of_another_dist_does_not_answer() -> None:
    found = release(bundle(2, file(), dist="7"), bundle(1, file("~/b.js")))
    assert found.artifact is None
    assert found.candidates[1] == Candidate(
        "~/static/app.js", CandidateStatus.OTHER_DIST, ("7",), Place.BUNDLES
    )
    assert answer(release(bundle(1, file(), dist="7"), dist="7")) == (
        "~/static/app.js",
        "bundle-1",
    )


def test_release_files_are_asked_for_where_no_bundle_is_of_the_dist() -> None:
    found = release(bundle(1, file("~/b.js"), dist="7"), files=(file(),))
    assert answer(found) == ("~/static/app.js", None)
    assert found.candidates[-1].place is Place.FILES


def test_the_only_bundle_of_a_release_hides_its_release_files() -> None:
    found = release(bundle(1, file("~/b.js")), files=(file(), file("~/c.js")))
    assert found.artifact is None
    assert [(each.name, each.place, each.status) for each in found.candidates] == [
        (URL, Place.BUNDLES, CandidateStatus.ABSENT),
        ("~/static/app.js", Place.BUNDLES, CandidateStatus.ABSENT),
        ("~/static/app.js", Place.FILES, CandidateStatus.NOT_ASKED),
    ]
    assert "only where the release has no artifact bundle" in (found.candidates[-1].note or "")


@pytest.mark.parametrize(
    ("name", "hidden"), [("~/b.js", False), ("https://cdn.example/STATIC/app.min.js", True)]
)
def test_several_bundles_hide_release_files_of_names_like_their_own(
    name: str, *, hidden: bool
) -> None:
    found = release(bundle(2, file("~/x.js")), bundle(1, file(name)), files=(file(),))
    assert (found.artifact is None) is hidden
    note = found.candidates[-1].note
    assert ("a file like /static/app" in (note or "")) is hidden


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h:1/p/App.min.js?v=1.2#x", "/p/app"),
        ("https://h/app", "/app"),
        ("app:///a.b/c.js", "/a.b/c"),
        ("https://h", ""),
    ],
)
def test_an_index_is_asked_for_the_path_up_to_the_file_s_first_dot(url: str, expected: str) -> None:
    assert stem(url) == expected


def test_a_debug_id_comes_before_any_url_and_whatever_its_release() -> None:
    found = event(bundle(9, file("~/elsewhere.js", ID)), bundle(1, file()))
    assert answer(found) == ("~/elsewhere.js", "bundle-9")
    assert found.candidates == (Candidate(ID, CandidateStatus.ANSWERS, place=Place.DEBUG_ID),)


def test_a_debug_id_that_no_bundle_has_leaves_it_to_the_url() -> None:
    found = event(None, bundle(1, file(debug_id=OTHER_ID)))
    assert answer(found) == ("~/static/app.js", "bundle-1")
    assert found.candidates[0] == Candidate(
        ID,
        CandidateStatus.ABSENT,
        (),
        Place.DEBUG_ID,
        "no artifact bundle has a file of that debug id",
    )


def test_a_map_that_lacks_the_id_is_found_by_its_url_in_the_bundle_that_has_it() -> None:
    source_map = file("~/static/app.js.map", kind="source_map")
    of_id = bundle(9, file(debug_id=ID), source_map)
    found = event(of_id, bundle(1, source_map), kind=Kind.MAP)
    assert answer(found) == ("~/static/app.js.map", "bundle-9")
    assert found.candidates[0].note == (
        "artifact bundle bundle-9 has that debug id only for ~/static/app.js, a minified source, "
        "and for no source map"
    )


def test_what_is_not_uploaded_yet_is_told_by_another_name() -> None:
    found = event(EventBundle(None, None, (file(debug_id=ID),)), kind=Kind.MAP)
    note = found.candidates[0].note or ""
    assert note.startswith("what an upload would send has that debug id only for")


def test_nothing_but_the_bundle_of_the_debug_id_is_asked() -> None:
    of_id = bundle(9, file("~/static/app.js.map", ID, "source_map"))
    found = event(of_id, bundle(1, file()))
    assert found.artifact is None
    assert [(each.place, each.status) for each in found.candidates] == [
        (Place.DEBUG_ID, CandidateStatus.ABSENT),
        (Place.BUNDLES, CandidateStatus.ABSENT),
        (Place.BUNDLES, CandidateStatus.ABSENT),
        (Place.BUNDLES, CandidateStatus.NOT_ASKED),
        (Place.FILES, CandidateStatus.NOT_ASKED),
    ]


def explained(*files: Artifact) -> Explanation:
    artifacts = Artifacts("release 1", (), "1", None, (), ID, bundle(1, *files))
    return explain(Position(URL), artifacts)


def test_script_and_map_of_one_debug_id_need_no_reference() -> None:
    found = explained(file(debug_id=ID), file("~/x.map", ID, "source_map"))
    assert found.resolved
    assert found.link is not None
    assert (found.link.found_in, found.link.reference) == (BY_DEBUG_ID, None)


def test_a_script_without_map_says_how_it_was_looked_for() -> None:
    found = explained(file(debug_id=ID, content=b"a()"))
    assert found.reason == (
        "the script refers to no map, by header or by comment, and no map has the debug id"
    )
    assert explained(file("~/b.js", kind="source")).reason == (
        "no artifact answers for the script's debug id or URL"
    )


@pytest.mark.parametrize("inline", [True, False])
def test_a_map_of_no_debug_id_is_followed_with_a_caveat(*, inline: bool) -> None:
    data = b"data:application/json;base64,eyJ2ZXJzaW9uIjozfQ=="
    content = b"a()\n//# sourceMappingURL=" + (data if inline else b"x.map")
    found = explained(
        file(debug_id=ID, content=content), file("~/static/x.map", None, "source_map")
    )
    assert found.resolved
    (caveat,) = found.caveats
    assert "look for a map of the same debug id alone" in caveat
    assert ("a map inside of it" in caveat) is inline


def test_a_map_of_the_debug_id_needs_no_caveat() -> None:
    assert not explained(file(debug_id=ID), file("~/x.map", ID, "source_map")).caveats
