"""Finds the checkout that a folder is part of."""

from __future__ import annotations

from pathlib import Path


def checkout_root(folder: Path) -> Path | None:
    """Return the folder around `folder`, or that itself, which has `.git`; None if none has.

    It is a folder, or, in worktrees and submodules, a file that leads to one.
    """
    return next((each for each in (folder, *folder.parents) if _holds_git(each)), None)


def is_bare(folder: Path) -> bool:
    """Return whether `folder` is a repository without a checkout."""
    return (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


def _holds_git(folder: Path) -> bool:
    git = folder / ".git"
    try:
        return git.is_dir() or (git.is_file() and git.stat().st_size > 0)
    except OSError:  # a folder that may not be looked into
        return False
