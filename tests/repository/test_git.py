"""git is run on repositories that may be anyone's, and on such that are not whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.errors import HistoryError
from hatch_sentry_artifacts.repository import history
from hatch_sentry_artifacts.repository.git import GitFailed, open_repository
from tests.support.history import History, git

posix = pytest.mark.skipif(os.name == "nt", reason="scripts of a shell")


@pytest.fixture
def folder(varied: Path, tmp_path: Path) -> Path:
    return shutil.copytree(varied, tmp_path / "repository", symlinks=True)


def head_of(folder: Path, **environment: str) -> str | None:
    repository = open_repository(folder, {**os.environ, **environment})
    (head,) = history.resolve(repository, "HEAD")
    if head is not None:
        history.commits(repository, head, None, most=100)
        history.nearest_tag(repository, head, ["*"], [])
    return head


def expected(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


def test_git_gets_no_secret_of_ours(varied: Path) -> None:
    environment = {**os.environ, "SENTRY_AUTH_TOKEN": "f00dfeed", "GIT_DIR": "elsewhere"}
    given = open_repository(varied, environment).environment
    assert "f00dfeed" not in given.values()
    assert "elsewhere" not in given.values()


def test_a_folder_of_the_checkout_is_as_good_as_its_root(varied: Path) -> None:
    assert head_of(varied / "sub") == expected(varied)


def test_a_worktree_a_submodule_and_a_bare_repository_are_read(
    folder: Path, tmp_path: Path
) -> None:
    git(folder, "worktree", "add", "-q", "-f", str(tmp_path / "tree"), "main~1")
    git(tmp_path, "clone", "-q", "--bare", str(folder), "bare.git")
    outer = History()
    outer.commit("outer", {"a": b"a"})
    outside = outer.write(tmp_path / "outer")
    git(outside, "submodule", "add", "-q", str(folder), "inner")

    assert head_of(tmp_path / "tree") == git(folder, "rev-parse", "main~1")
    assert head_of(tmp_path / "bare.git") == head_of(outside / "inner") == expected(folder)
    assert head_of(outside) == expected(outside)


def test_a_detached_head_is_read_and_an_empty_repository_has_none(
    folder: Path, tmp_path: Path
) -> None:
    git(folder, "checkout", "-q", "--detach", "HEAD~1")
    assert head_of(folder) == expected(folder)
    assert head_of(History().write(tmp_path / "empty")) is None


def test_no_repository_and_no_git_are_told(tmp_path: Path, varied: Path) -> None:
    with pytest.raises(HistoryError, match="is in no git checkout"):
        open_repository(tmp_path, os.environ)
    with pytest.raises(HistoryError, match="there is no git"):
        open_repository(varied, {"PATH": str(tmp_path)})


@pytest.mark.parametrize(
    "ruin",
    [
        lambda git_folder: (git_folder / "HEAD").unlink(),
        lambda git_folder: (git_folder / "config").write_text("[core"),
        lambda git_folder: (git_folder / "config").write_text(
            "[core]\n\trepositoryformatversion = 99\n"
        ),
        lambda git_folder: shutil.rmtree(git_folder / "objects"),
    ],
    ids=["no HEAD", "broken configuration", "of the future", "no objects"],
)
def test_a_broken_repository_is_told_in_one_line(
    folder: Path, ruin: Callable[[Path], object]
) -> None:
    ruin(folder / ".git")
    with pytest.raises(HistoryError) as caught:
        open_repository(folder, os.environ)
    assert str(folder) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@posix
def test_nothing_that_the_repository_configures_is_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    script = tmp_path / "script.sh"
    script.write_text(f"#!/bin/sh\necho $0 >> {mark}\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "pager.rev-list",
        "pager.describe",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "credential.helper",
        "diff.external",
        "diff.x.command",
        "diff.x.textconv",
        "gpg.program",
        "uploadpack.packObjectsHook",
    ):
        git(folder, "config", key, str(script))
    for key in ("rev-list", "diff-tree", "cat-file", "describe"):
        git(folder, "config", f"alias.{key}", f"!{script}")
    for key, value in {
        "log.showSignature": "true",
        "core.hooksPath": str(tmp_path),
        "diff.renames": "copies",
        "log.showRoot": "false",
        "core.quotePath": "true",
        "i18n.logOutputEncoding": "latin1",
        "core.worktree": str(tmp_path),
        "submodule.recurse": "true",
        "core.attributesFile": str(tmp_path / "attributes"),
    }.items():
        git(folder, "config", key, value)
    (tmp_path / "attributes").write_text("* diff=x\n")
    head = expected(folder)

    assert head_of(folder, GIT_EXTERNAL_DIFF=str(script), GIT_PAGER=str(script)) == head
    assert not mark.exists()


@posix
def test_what_a_partial_clone_lacks_is_not_fetched(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=tree:0", "--no-checkout", folder.as_uri(), "partial")
    partial = tmp_path / "partial"
    git(partial, "config", "remote.origin.uploadpack", f"touch {mark};")

    repository = open_repository(partial, os.environ)
    (head,) = history.resolve(repository, "HEAD")
    assert head is not None
    found = history.commits(repository, head, None, most=100)
    assert len(found) == 10
    assert not mark.exists()


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere"},
        {"GIT_OBJECT_DIRECTORY": "/nowhere", "GIT_INDEX_FILE": "/nowhere"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "x"},
        {"GIT_CEILING_DIRECTORIES": "/", "GIT_NAMESPACE": "other", "GIT_TRACE": "1"},
        {"LC_ALL": "C.UTF-8", "LANGUAGE": "de", "GIT_LITERAL_PATHSPECS": "0"},
    ],
)
def test_no_variable_of_git_leads_elsewhere(varied: Path, variables: dict[str, str]) -> None:
    assert head_of(varied, **variables) == expected(varied)


@pytest.mark.skipif(
    not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files away"
)
def test_a_repository_of_another_user_is_read(folder: Path) -> None:
    head = expected(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert head_of(folder) == head


@posix
def test_a_git_in_the_repository_is_not_the_one_that_runs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "was-run"
    program = folder / "git"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    monkeypatch.chdir(folder)
    assert head_of(folder, PATH=os.pathsep.join(["", ".", os.environ["PATH"]]))
    assert not mark.exists()


@posix
def test_a_git_that_does_not_come_to_its_end_is_stopped(varied: Path, tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    slow = replace(open_repository(varied, os.environ), program=program, seconds=0.2)
    with pytest.raises(HistoryError, match="git describe took longer than 0 s"):
        slow.run("describe")


def test_output_is_bounded_and_errors_are_one_line(varied: Path) -> None:
    repository = open_repository(varied, os.environ)
    assert len(repository.run("rev-list", "--all", most=10)) == 10
    with pytest.raises(GitFailed, match=r"^bad revision 'nope'$"):
        repository.run("rev-list", "nope", "--")
