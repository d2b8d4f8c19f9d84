"""Reads the commits and refs of a release from a body, and reports what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from hatch_sentry_artifacts.local_server.bodies import FieldError
from hatch_sentry_artifacts.local_server.fields import (
    Fields,
    date_of,
    filled,
    list_of,
    trimmed,
)
from hatch_sentry_artifacts.local_server.responses import internal_error

Item = TypeVar("Item")

_SKIPPED = "#skipsentry"
_RANGE = ".."
_LONGEST_ID = 64
_LONGEST_NAME = 128
_LONGEST_EMAIL = 75
_LONGEST_PATH = 510


@dataclass(frozen=True)
class NewCommit:
    """A commit as it is told; `timestamp` as Sentry writes it; `changes` are paths with types."""

    sha: str
    repository: str | None
    message: str | None
    author_name: str | None
    author_email: str | None
    timestamp: str | None
    changes: tuple[tuple[str, str], ...]
    said: frozenset[str]


@dataclass(frozen=True)
class Ref:
    """The newest commit of a repository."""

    repository: str
    commit: str


class ItemError(FieldError):
    """The problems of the fields of one item of a list."""

    def __init__(self, problems: dict[str, Any]) -> None:
        super().__init__("an item")
        self._problems = problems

    @property
    def problems(self) -> dict[str, Any]:
        """The problems by field."""
        return self._problems


def read_commits(value: object) -> list[NewCommit]:
    """Return the commits of a list. Raises FieldError."""
    return [_item(each, _commit) for each in list_of(value)]


def read_refs(value: object) -> list[Ref]:
    """Return the refs of a list. Raises FieldError."""
    return [_item(each, _ref) for each in list_of(value)]


def in_order(commits: list[NewCommit]) -> list[NewCommit]:
    """Return commits, the newest first, without those that are to be skipped.

    Raises ApiError 500 for what the real server does not expect: null where there may be nothing,
    and dates of some commits alone.
    """
    dated = [each for each in commits if each.timestamp is not None]
    nulls = any(
        getattr(each, key) is None and key in each.said
        for each in commits
        for key in ("message", "timestamp")
    )
    if nulls or 0 < len(dated) < len(commits):
        raise internal_error()
    kept = [each for each in commits if _SKIPPED not in (each.message or "")]
    return sorted(kept, key=lambda each: each.timestamp or "", reverse=True)


def _item(value: object, read: Callable[[Fields], Item]) -> Item:
    """Return an item of a list. Raises ItemError."""
    if not isinstance(value, dict):
        kind = type(value).__name__
        problem = f"Invalid data. Expected a dictionary, but got {kind}."
        raise ItemError({"non_field_errors": [problem]})
    fields = Fields(value)
    found = read(fields)
    if fields.problems:
        raise ItemError(fields.problems)
    return found


def _commit(fields: Fields) -> NewCommit:
    changes = fields.read("patch_set", _changes)
    return NewCommit(
        sha=fields.read("id", partial(filled, longest=_LONGEST_ID), required=True),
        repository=fields.read("repository", partial(trimmed, longest=_LONGEST_ID)),
        message=fields.read("message", partial(trimmed, longest=sys.maxsize)),
        author_name=fields.read("author_name", partial(trimmed, longest=_LONGEST_NAME)),
        author_email=fields.read("author_email", partial(trimmed, longest=_LONGEST_EMAIL)),
        timestamp=fields.read("timestamp", date_of),
        changes=tuple(changes or ()),
        said=fields.given,
    )


def _changes(value: object) -> list[tuple[str, str]]:
    return [_item(each, _change) for each in list_of(value)]


def _change(fields: Fields) -> tuple[str, str]:
    path = fields.read("path", partial(filled, longest=_LONGEST_PATH), required=True)
    return path, fields.read("type", _type, required=True)


def _type(value: object) -> str:
    kind = filled(value, 1)
    if kind not in {"A", "D", "M"}:
        raise FieldError(f"Commit patch_set type {kind} is not supported.")
    return kind


def _ref(fields: Fields) -> Ref:
    commit = fields.read("commit", _head, required=True)
    fields.read("previousCommit", partial(trimmed, longest=_LONGEST_ID))
    return Ref(fields.read("repository", filled, required=True), commit)


def _head(value: object) -> str:
    """Return a commit, or the last of a range. Raises FieldError; ApiError 500 for two ranges."""
    text = filled(value, sys.maxsize)
    ends = text.split(_RANGE)
    if len(ends) > 2:
        raise internal_error()
    if not all(ends):
        raise FieldError(f"Commit cannot begin or end with {_RANGE}")
    if any(len(end) > _LONGEST_ID for end in ends):
        what = "Start or end commit" if len(ends) == 2 else "Commit"
        each = " each" if len(ends) == 2 else ""
        raise FieldError(f"{what} too long - max is {_LONGEST_ID} chars{each}")
    return ends[-1]
