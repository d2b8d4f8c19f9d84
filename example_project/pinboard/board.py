"""The notes on a board, in memory."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

MAX_AUTHOR_LENGTH = 40
MAX_TEXT_LENGTH = 280


@dataclass(frozen=True)
class Note:
    """One note: who wrote what."""

    id: int
    author: str
    text: str


@dataclass(frozen=True)
class Counts:
    """How many notes hang on the board, were ever removed, and are by each author."""

    notes: int
    removed: int
    authors: dict[str, int]


class Board:
    """Notes in the order in which they were added; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: dict[int, Note] = {}
        self._added = 0

    def add(self, author: str, text: str) -> Note:
        """Pin a note to the board. Raises ValueError where a field is empty or too long."""
        author = _checked("author", author, MAX_AUTHOR_LENGTH)
        text = _checked("text", text, MAX_TEXT_LENGTH)
        with self._lock:
            self._added += 1
            note = Note(self._added, author, text)
            self._notes[note.id] = note
        return note

    def remove(self, note_id: int) -> bool:
        """Take a note down; false if there is none of that id."""
        with self._lock:
            return self._notes.pop(note_id, None) is not None

    def notes(self) -> list[Note]:
        """List the notes, oldest first."""
        with self._lock:
            return list(self._notes.values())

    def counts(self) -> Counts:
        """Count what the admin page shows."""
        with self._lock:
            authors = Counter(note.author for note in self._notes.values())
            return Counts(len(self._notes), self._added - len(self._notes), dict(authors))


def _checked(field: str, value: str, max_length: int) -> str:
    value = value.strip()
    if not value or len(value) > max_length:
        raise ValueError(f"{field} must have 1 to {max_length} characters")
    return value
