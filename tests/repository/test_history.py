"""What is read out of a repository's history."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hatch_sentry_artifacts.repository import history
from hatch_sentry_artifacts.repository.git import Git, open_repository
from hatch_sentry_artifacts.repository.history import Change, Commit
from tests.support.history import History, git


@pytest.fixture(scope="session")
def repository(varied: Path) -> Git:
    return open_repository(varied, os.environ)


def read(repository: Git, base: str | None = None, path: str | None = None) -> list[Commit]:
    return history.commits(repository, head(repository), base, most=100, path=path)


def head(repository: Git, name: str = "HEAD") -> str:
    (found,) = history.resolve(repository, name)
    assert found is not None
    return found


def test_all_ancestors_are_read_those_without_a_child_first(repository: Git) -> None:
    assert [each.subject for each in read(repository)] == [
        "octopus",
        "q",
        "p",
        "",
        "\N{ROCKET} off",
        "Gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}e",
        "Merge side",
        "side",
        "renamed, and changed in kind",
        "one",
    ]


def test_a_rename_is_an_addition_and_a_deletion_and_a_change_of_kind_one_of_content(
    repository: Git,
) -> None:
    renamed = next(each for each in read(repository) if each.subject.startswith("renamed"))
    assert sorted(renamed.changes, key=str) == [
        Change("a.txt", "D"),
        Change("link", "M"),
        Change("moved/a.txt", "A"),
    ]


def test_merges_change_nothing_by_themselves_and_the_first_commit_adds_all(
    repository: Git,
) -> None:
    changes = {each.subject: len(each.changes) for each in read(repository)}
    assert changes["Merge side"] == changes["octopus"] == 0
    assert changes["one"] == 3


def test_text_that_is_no_utf_8_is_replaced_and_odd_paths_are_whole(repository: Git) -> None:
    by_subject = {each.subject: each for each in read(repository)}
    (latin,) = (each for each in by_subject.values() if each.author_email.startswith("j@"))
    assert latin.author_name == "J\N{REPLACEMENT CHARACTER}rgen"
    paths = {each.path for each in by_subject["\N{ROCKET} off"].changes}
    assert paths == {"\N{ROCKET}.txt", "nl\\tab"}


def test_dates_are_the_committer_s_with_their_zone(repository: Git) -> None:
    dates = {each.subject: each.date.isoformat() for each in read(repository)}
    assert dates["one"] == "2023-11-15T00:14:20+02:00"
    assert dates[""].endswith("-09:30")


def test_a_base_takes_its_ancestors_away_and_not_what_was_merged_later(repository: Git) -> None:
    subjects = [each.subject for each in read(repository, head(repository, "v1.0.0"))]
    assert subjects[-2:] == ["Merge side", "side"]
    assert history.count(repository, head(repository), head(repository, "v1.0.0")) == 8


def test_a_path_restricts_commits_and_their_changes(repository: Git) -> None:
    found = {each.subject: each.changes for each in read(repository, path="sub")}
    assert found == {
        "side": (Change("sub/c.txt", "A"),),
        "one": (Change("sub/b.txt", "A"),),
    }


def test_names_are_resolved_whatever_they_look_like(repository: Git) -> None:
    names = ["v1.1.0", "main", "--help", "-x", "", "nowhere", "a\nb", "HEAD^{tree}", "v1.1.0~1"]
    found = [each is not None for each in history.resolve(repository, *names)]
    assert found == [True, True, False, False, False, False, False, False, True]


def test_tags_of_the_commit_itself_are_not_earlier_ones(repository: Git) -> None:
    tagged = head(repository, "v1.1.0")
    here = history.tags_at(repository, tagged)
    assert here == ["shop-v7", "v1.1.0"]
    assert history.nearest_tag(repository, tagged, ["v[0-9]*"], here) == "v1.0.0"
    assert history.nearest_tag(repository, tagged, ["shop-[0-9]*"], here) is None


def test_of_ancestors_those_behind_others_are_left_out(repository: Git) -> None:
    p, q = (head(repository, name) for name in "pq")
    earlier, unknown = head(repository, "v1.0.0"), "0" * 40
    assert sorted(
        history.ancestors(repository, head(repository), [earlier, q, unknown, p])
    ) == sorted([p, q])
    assert history.ancestors(repository, p, [q, head(repository), p]) == []


def test_commits_with_dates_that_python_does_not_know_have_one_too(tmp_path: Path) -> None:
    made = History()
    made.commit("far", {}, [made.commit("near", {}, seconds=0)], seconds=999_999_999_999)
    found = read(open_repository(made.write(tmp_path / "r"), os.environ))
    assert [each.date.year for each in found] == [9999, 1970]
    assert all(each.date.tzinfo for each in found)


def test_a_commit_without_its_parents_adds_no_files(varied: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", varied.as_uri(), "clone")
    clone = open_repository(tmp_path / "clone", os.environ)
    (only,) = read(clone)
    assert only.changes == ()
    assert history.is_shallow(clone)
    assert history.is_cut(clone, only.id, None)


def test_commits_of_very_many_files_do_not_hide_what_others_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_MOST_CHANGES_BYTES", 1000)
    made = History()
    last = made.commit("small", {"a": b"a"})
    last = made.commit("many", {f"folder/file-{number}": b"x" for number in range(200)}, [last])
    made.commit("small again", {"b": b"b"}, [last])
    found = read(open_repository(made.write(tmp_path / "r", files=False), os.environ))
    assert [each.changes for each in found[::2]] == [(Change("b", "A"),), (Change("a", "A"),)]
    assert 0 < len(found[1].changes) < 200
