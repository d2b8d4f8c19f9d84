"""Parses debug ids: UUIDs, which tools write with or without dashes."""

from __future__ import annotations

import uuid

_HEX = "[0-9a-fA-F]"
# For regular expressions.
UUID = rf"(?:{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}|{_HEX}{{32}})"


def dashed(text: bytes) -> str:
    """Return a match of UUID as it is stored and compared: in lower case, with dashes."""
    plain = text.decode().lower()
    return plain if "-" in plain else str(uuid.UUID(plain))


def canonical(text: str) -> str | None:
    """Return `text` as a debug id is stored and compared; None if it is no debug id."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
