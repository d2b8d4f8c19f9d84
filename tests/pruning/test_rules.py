"""Which releases and bundles are old."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.sentry.bundles.bundle_listing import RemoteBundle
from hatch_sentry_artifacts.sentry.pruning.rules import (
    KnownRelease,
    Rule,
    decide,
    old_bundles,
    only_in_bundles,
)

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
OWN = frozenset({"web"})


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def release(version: str, days: float | None, **more: Any) -> KnownRelease:
    date = None if days is None else days_ago(days)
    return KnownRelease(version, date, **{"projects": OWN, **more})


def rule(**more: Any) -> Rule:
    return Rule(**{"pattern": "*", "projects": OWN, **more})


def bundle(name: str, *versions: str, days: float = 100) -> RemoteBundle:
    date = days_ago(days).isoformat()
    return RemoteBundle(name, tuple((version, None) for version in versions), 1, date)


def old(releases: list[KnownRelease], **more: Any) -> list[str]:
    return [each.version for each in decide(releases, rule(**more), NOW).old]


def kept(releases: list[KnownRelease], **more: Any) -> dict[str, str]:
    return dict(decide(releases, rule(**more), NOW).kept)


FIVE = [release(f"1.{number}", 50 - 10 * number) for number in range(5)]


def test_the_newest_keep_what_they_hold_and_the_oldest_goes_first() -> None:
    assert old(FIVE, keep=2) == ["1.0", "1.1", "1.2"]


def test_the_age_counts_from_the_release() -> None:
    assert old(FIVE, older_than=timedelta(days=25)) == ["1.0", "1.1", "1.2"]


def test_of_number_and_age_both_have_to_agree() -> None:
    assert old(FIVE, keep=4, older_than=timedelta(days=25)) == ["1.0"]
    assert old(FIVE, keep=1, older_than=timedelta(days=45)) == ["1.0"]


def test_only_what_the_pattern_matches_counts() -> None:
    releases = [release("blog@9", 0), release("shop@1", 9), release("shop@2", 5)]
    assert old(releases, keep=1, pattern="shop@*") == ["shop@1"]


def test_a_bracket_in_a_name_is_quoted_in_a_pattern() -> None:
    assert rule(pattern="a[[]1]*").matches("a[1]@2")
    assert not rule(pattern="a[1]*").matches("a[1]@2")


def test_the_newest_and_the_newest_finalized_release_stay_at_any_age() -> None:
    releases = [release("1", 400, finalized=True), release("2", 300, finalized=True)]
    releases += [release("3.dev1", 200), release("3.dev2", 150)]
    assert old(releases, older_than=timedelta(days=9)) == ["1", "3.dev1"]
    assert kept(releases, older_than=timedelta(days=9)) == {
        "2": "it is the newest that is finalized",
        "3.dev2": "it is the newest",
    }


def test_the_release_of_the_project_s_version_stays() -> None:
    assert kept(FIVE, keep=1, own="1.1") == {"1.1": "it is that of the project's version"}


def test_a_release_of_other_projects_stays_unless_it_is_asked_for() -> None:
    releases = [release("1", 9, projects=frozenset({"web", "api", "a"})), release("2", 5)]
    assert kept(releases, keep=1) == {"1": "it is also that of a, api"}
    assert old(releases, keep=1, shared=True) == ["1"]


def test_the_last_release_of_each_environment_stays() -> None:
    releases = [
        release("1", 9, deployed={"staging": days_ago(8), "production": days_ago(2)}),
        release("2", 7, deployed={"production": days_ago(3), "staging": days_ago(6)}),
        release("3", 5, deployed={"production": days_ago(4)}),
        release("4", 1),
    ]
    assert old(releases, keep=1) == ["3"]
    assert kept(releases, keep=1)["1"] == "it is deployed to production"


def test_a_release_without_a_date_stays_and_takes_no_other_s_place() -> None:
    releases = [release("?", None), release("1", 9), release("2", 5), release("3", 1)]
    assert old(releases, keep=2) == ["1"]
    assert kept(releases, keep=2) == {"?": "its date is unknown"}


def test_a_release_with_young_events_is_not_old_by_age() -> None:
    releases = [release("1", 90, last_event=days_ago(3)), release("2", 80), release("3", 0)]
    assert old(releases, older_than=timedelta(days=30)) == ["2"]
    assert kept(releases, older_than=timedelta(days=30)) == {"1": "events of it still come"}
    assert old(releases, keep=1) == ["1", "2"]


def test_a_bundle_stays_with_the_last_release_that_has_it() -> None:
    bundles = [bundle("a", "1.0"), bundle("b", "1.0", "1.1"), bundle("c", "1.0", "1.4")]
    bundles += [bundle("d", "1.0", "elsewhere")]
    decision = decide(FIVE, rule(keep=2), NOW)
    found, unbound, staying = old_bundles(bundles, decision, rule(keep=2), NOW)
    assert {version: [each.id for each in group] for version, group in found.items()} == {
        "1.0": ["a"],
        "1.1": ["b"],
    }
    assert (unbound, staying) == ([], 2)


@pytest.mark.parametrize(
    ("more", "going"),
    [
        ({"keep": 1}, []),
        ({"older_than": timedelta(days=50)}, []),
        ({"older_than": timedelta(days=50), "unbound": True}, ["old"]),
    ],
)
def test_bundles_of_no_release_go_by_their_age_if_they_are_asked_for(
    more: dict[str, Any], going: list[str]
) -> None:
    bundles = [bundle("old", days=51), bundle("young", days=49)]
    _, unbound, _ = old_bundles(bundles, decide(FIVE, rule(**more), NOW), rule(**more), NOW)
    assert [each.id for each in unbound] == going


def test_a_release_that_only_bundles_name_is_as_old_as_its_newest_bundle() -> None:
    bundles = [bundle("a", "9", days=8), bundle("b", "9", "1.0", days=3), bundle("c", "9", days=5)]
    assert only_in_bundles(bundles, {"1.0"}) == {"9": days_ago(3)}


VERSIONS = [f"{letter}{number}" for letter in "ab" for number in range(6)]
_RELEASES = st.builds(
    release,
    st.sampled_from(VERSIONS),
    st.one_of(st.none(), st.integers(0, 300)),
    finalized=st.booleans(),
    projects=st.sets(st.sampled_from(["web", "api"]), min_size=1).map(frozenset),
    last_event=st.one_of(st.none(), st.integers(0, 300).map(days_ago)),
    deployed=st.dictionaries(st.sampled_from(["p", "s"]), st.integers(0, 300).map(days_ago)),
)
_RULES = st.builds(
    rule,
    pattern=st.sampled_from(["*", "a*", "b[0-3]"]),
    keep=st.integers(1, 5),
    older_than=st.one_of(st.none(), st.integers(1, 300).map(lambda days: timedelta(days=days))),
    shared=st.booleans(),
    unbound=st.booleans(),
    own=st.one_of(st.none(), st.sampled_from(VERSIONS)),
)


@given(
    releases=st.lists(_RELEASES, unique_by=lambda each: each.version),
    bundles=st.lists(st.sets(st.sampled_from([*VERSIONS, "elsewhere"]), max_size=3), max_size=8),
    given_rule=_RULES,
)
def test_nothing_is_deleted_that_has_to_stay(
    releases: list[KnownRelease], bundles: list[set[str]], given_rule: Rule
) -> None:
    decision = decide(releases, given_rule, NOW)
    going = {each.version for each in decision.old}
    dated = [each for each in releases if each.date and given_rule.matches(each.version)]
    dated.sort(key=lambda each: each.date or NOW)
    # Of equally old ones any may be among the newest: so many younger ones are there at least.
    for each in decision.old:
        younger = [other for other in dated if other.date >= each.date and other is not each]  # type: ignore[operator]
        assert len(younger) >= (given_rule.keep or 0)
        assert given_rule.matches(each.version)
        assert given_rule.shared or each.projects == OWN
        assert each.version != given_rule.own
    stored = [bundle(str(number), *sorted(each)) for number, each in enumerate(bundles)]
    found, unbound, _ = old_bundles(stored, decision, given_rule, NOW)
    for version, group in found.items():
        assert version in going
        for each_bundle in group:
            assert {name for name, _ in each_bundle.releases} <= going
    assert all(given_rule.unbound and not each_bundle.releases for each_bundle in unbound)
