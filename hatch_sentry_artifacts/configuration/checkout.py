"""Finds out which commit is checked out, without running git: it may not be there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hatch_sentry_artifacts.configuration.files import read_bytes
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.repository.finding import checkout_root

# Each is set by the CI service that documents it.
COMMIT_VARIABLES = (
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BITBUCKET_COMMIT",
    "BUILDKITE_COMMIT",
    "CIRCLE_SHA1",
    "BUILD_SOURCEVERSION",
    "TRAVIS_COMMIT",
    "DRONE_COMMIT_SHA",
    "CIRRUS_CHANGE_IN_REPO",
    "SEMAPHORE_GIT_SHA",
    "APPVEYOR_REPO_COMMIT",
    "CODEBUILD_RESOLVED_SOURCE_VERSION",
    "CM_COMMIT",
    "CF_REVISION",
    "GIT_COMMIT",
    "BUILD_VCS_NUMBER",
)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_BYTES = 1024
_MOST_PACKED_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Checkout:
    """The commit that is checked out, None if unknown; `shallow` if the earlier ones are not.

    `folder` is a folder of it, if there is one.
    """

    commit: str | None = None
    shallow: bool = False
    folder: Path = field(default=Path(), compare=False)


UNKNOWN_CHECKOUT = Checkout()


def is_commit(text: str) -> bool:
    """Return whether `text` is the whole hash of a commit."""
    return _COMMIT.fullmatch(text) is not None


def read_checkout(folder: Path, environment: Mapping[str, str]) -> Checkout:
    """Return the commit of the checkout around `folder`, as the CI service says, or git's files."""
    given = (environment.get(variable, "").strip().lower() for variable in COMMIT_VARIABLES)
    named = next((each for each in given if is_commit(each)), None)
    root = checkout_root(folder)
    if root is None:
        return Checkout(named, folder=folder)
    git = _git_folder(root)
    common = _common_folder(git)
    commit = named or _commit(git, common)
    return Checkout(commit, (common / "shallow").is_file(), folder)


def _git_folder(root: Path) -> Path:
    git = root / ".git"
    # A file is that of a worktree, or a submodule.
    return git if git.is_dir() else root / _text(git).removeprefix("gitdir:").strip()


def _common_folder(git: Path) -> Path:
    common = _text(git / "commondir")
    return git / common if common else git


def _commit(git: Path, common: Path) -> str | None:
    head = _text(git / "HEAD")
    name = head.removeprefix("ref:").strip()
    if name != head:
        head = _text(common / name) or _packed(common / "packed-refs", name)
    return head if is_commit(head) else None


def _packed(file: Path, name: str) -> str:
    lines = (line.split() for line in _text(file, _MOST_PACKED_BYTES).splitlines())
    return next((words[0] for words in lines if words[1:] == [name]), "")


def _text(file: Path, most: int = _MOST_BYTES) -> str:
    """Return the file's text; "" if there is none that can be read."""
    try:
        return (read_bytes(file, most) or b"").decode("utf-8", "replace").strip()
    except ConfigurationError:
        return ""
