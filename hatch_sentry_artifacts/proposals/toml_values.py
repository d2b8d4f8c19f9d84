"""Writes entries of a TOML table as lines."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hatch_sentry_artifacts.proposals.edits import Entry

_WIDEST = 100


def entry_lines(entries: Sequence[Entry], prefix: str = "") -> list[str]:
    """Return a line for each entry, their comments below each other; `prefix` begins each key."""
    texts = [_text(each, prefix) for each in entries]
    commented = [text for text, each in zip(texts, entries, strict=True) if each.comment]
    width = max(map(len, commented), default=0)
    return [
        line
        for text, each in zip(texts, entries, strict=True)
        for line in _commented(text, each.comment, width)
    ]


def _text(entry: Entry, prefix: str) -> str:
    if entry.value is None:
        return f'# {prefix}{entry.key} = "…"'
    return f"{prefix}{entry.key} = {value_text(entry.value)}"


def _commented(text: str, comment: str, width: int) -> list[str]:
    line = f"{text.ljust(width)}  # {comment}" if comment else text
    return [line] if len(line) <= _WIDEST else [f"# {comment}", text]


def value_text(value: object) -> str:
    """Return a text, a boolean, or a list of texts, in TOML."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(value_text, value))}]"
    # What JSON escapes, TOML does in the same way; it also wants it of this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
