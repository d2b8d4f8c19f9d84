"""What to do besides the configuration: sections of prose, and of lines to copy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prose:
    """A sentence or several, which may be wrapped."""

    text: str


@dataclass(frozen=True)
class Code:
    """Lines to copy as they are; no file of the project gets them by itself."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A title, and what stands below it."""

    title: str
    parts: tuple[Prose | Code, ...]


def section(title: str, *parts: str | Code) -> Section:
    """Return a section; each text of it is a paragraph."""
    return Section(title, tuple(Prose(each) if isinstance(each, str) else each for each in parts))
