"""Edits within values of a TOML file: lists, and tables that stand in one line; needs tomlkit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hatch_sentry_artifacts.proposals.edits import Edit, Extend


def edit_within(text: str, edit: Edit) -> Iterator[str]:
    """Yield the text with the edit; nothing if tomlkit does not know how."""
    try:
        document = tomlkit.parse(text)
        if tomlkit.dumps(document) != text:
            return
        _change(document, edit)
        yield tomlkit.dumps(document)
    # Of what it cannot do in files whose tables stand in any order, these are known.
    except (TOMLKitError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        return


def _change(document: Any, edit: Edit) -> None:
    table = document
    for key in edit.table:
        if key not in table:
            table[key] = tomlkit.inline_table()
        table = table[key]
    if isinstance(edit, Extend):
        for item in edit.items:
            table[edit.key].append(item)
    else:
        for each in edit.entries:
            if each.value is not None:
                table[each.key] = each.value
