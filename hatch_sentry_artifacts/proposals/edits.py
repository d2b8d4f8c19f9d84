"""The changes of a TOML file, as data; `apply_to` is what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.errors import ConfigurationError

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A key with its value, and a comment behind it.

    Without a value the line is a comment alone, in which the user fills something in.
    """

    key: str
    value: Any = None
    comment: str = ""


@dataclass(frozen=True)
class Add:
    """Keys that a table lacks, which is made if it is not there."""

    table: Keys
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Extend:
    """Items that a list lacks, which is there."""

    table: Keys
    key: str
    items: tuple[str, ...]


Edit = Add | Extend


def apply_to(data: Mapping[str, Any], edits: Sequence[Edit], file: str) -> dict[str, Any]:
    """Return the tables of the TOML file with the edits; `data` stays as it is.

    Raises ConfigurationError where a table would have to be, and something else is.
    """
    result: dict[str, Any] = deepcopy(dict(data))
    for edit in edits:
        table = _table(result, edit.table, file)
        if isinstance(edit, Extend):
            table[edit.key] = [*table[edit.key], *edit.items]
        else:
            table |= {each.key: each.value for each in edit.entries if each.value is not None}
    return result


def dotted(keys: Keys) -> str:
    """Return the keys as the head of their table has them; none of them needs quotes."""
    return ".".join(keys)


def _table(data: dict[str, Any], keys: Keys, file: str) -> dict[str, Any]:
    found = data
    for number, key in enumerate(keys, 1):
        inner = found.setdefault(key, {})
        if not isinstance(inner, dict):
            name = dotted(keys[:number])
            raise ConfigurationError(f"{file}: {name}: must be a table, [{name}]")
        found = inner
    return found
