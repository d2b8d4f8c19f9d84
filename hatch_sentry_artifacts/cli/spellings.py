"""Shows a file once that is on the server under several spellings of its name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from hatch_sentry_artifacts.assets.names import unspelled


class Named(Protocol):
    """A file on the server."""

    @property
    def name(self) -> str:
        """The name under which browsers ask for it."""


File = TypeVar("File", bound=Named)


def by_spelling(files: Sequence[File], content: Callable[[File], Hashable]) -> list[list[File]]:
    """Return the files, those together that are one under several spellings; the plainest first.

    `content` tells contents apart.
    """
    groups: dict[Hashable, list[File]] = {}
    for file in files:
        groups.setdefault((unspelled(file.name), content(file)), []).append(file)
    return [sorted(group, key=_plainest) for group in groups.values()]


def _plainest(file: Named) -> tuple[int, str]:
    return len(file.name), file.name


def all_names(group: Sequence[Named]) -> str:
    """Return the first name, and the others in brackets."""
    first, *others = (each.name for each in group)
    return f"{first} (also {', '.join(others)})" if others else first
