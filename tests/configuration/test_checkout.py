"""The commit of a checkout: what the CI service says, or git's own files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.checkout import Checkout, read_checkout

GIT = shutil.which("git")
COMMIT = "0a1b2c3d" * 5

needs_git = pytest.mark.skipif(GIT is None, reason="git is not there")


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "commit.gpgsign=false")
    command = [str(GIT), *names, "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.joinpath("sub").mkdir(parents=True)
    git(folder, "init", "-q")
    for number in "12":
        git(folder, "commit", "-q", "--allow-empty", "-m", number)
    return folder


@needs_git
@pytest.mark.parametrize("change", ["none", "pack", "detach"])
def test_the_commit_is_the_one_that_git_names(repository: Path, change: str) -> None:
    head = git(repository, "rev-parse", "HEAD")
    if change == "pack":
        git(repository, "pack-refs", "--all")
    elif change == "detach":
        git(repository, "checkout", "-q", "--detach")

    assert read_checkout(repository / "sub", {}) == Checkout(head)


@needs_git
def test_worktrees_and_shallow_clones_are_read_too(repository: Path, tmp_path: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "clone")

    assert read_checkout(tmp_path / "tree", {}) == Checkout(head)
    assert read_checkout(tmp_path / "clone", {}) == Checkout(head, shallow=True)


@pytest.mark.parametrize("variable", ["GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"])
def test_the_ci_service_is_believed(tmp_path: Path, variable: str) -> None:
    assert read_checkout(tmp_path, {variable: COMMIT}) == Checkout(COMMIT)
    assert read_checkout(tmp_path, {variable: "main"}) == Checkout()


@pytest.mark.parametrize(
    "head", [b"", b"ref: refs/heads/main", b"ref: ../../secret", b"\xff\xfe", b"x" * 5000]
)
def test_other_files_tell_nothing(tmp_path: Path, head: bytes) -> None:
    tmp_path.joinpath(".git").mkdir()
    tmp_path.joinpath(".git", "HEAD").write_bytes(head)

    assert read_checkout(tmp_path, {}) == Checkout()
