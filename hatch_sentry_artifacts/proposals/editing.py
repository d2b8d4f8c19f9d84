"""Edits the text of a TOML file: what is there stays as it is, byte for byte.

An edit is tried in several ways, the one that reads best first. What a result means is read by
Python's own parser: it counts only if that is what the file meant, with the edit and nothing else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from itertools import islice
from typing import Any

from hatch_sentry_artifacts.configuration.project import table_at
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.edits import Add, Edit, Extend, Keys, apply_to, dotted
from hatch_sentry_artifacts.proposals.sections import Section, find_sections, first_line
from hatch_sentry_artifacts.proposals.toml_values import entry_lines, value_text

EXTRA = "hatch-sentry-artifacts[init]"
# Each is parsed; a long text that looks like heads must not take long.
_MOST_TRIES = 20
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def edit_toml(content: bytes, edits: Sequence[Edit], file: str) -> bytes:
    """Return the content of a TOML file with the edits.

    New lines end as most lines of the file do, and the last one ends as it did. Raises
    ConfigurationError where a table would have to be and something else is, or if nothing gives the
    right result.
    """
    text = content.decode("utf-8")
    for edit in edits:
        text = _edit(text, edit, file)
    return text.encode("utf-8")


def _edit(text: str, edit: Edit, file: str) -> str:
    endings = _LINE.findall(text)
    plain = "".join(f"{line}\n" for line in _plain_lines(text))
    wanted = apply_to(_read(plain), [edit], file)
    for result in islice(_results(plain, edit), _MOST_TRIES):
        if _means(result, wanted, edit.table[:-1]):
            return _with_endings(endings, result)
    raise _impossible(edit, file)


def _results(text: str, edit: Edit) -> Iterator[str]:
    if isinstance(edit, Add):
        yield from _with_lines(_plain_lines(text), edit)
    with suppress(ModuleNotFoundError):
        # Imported late: it is in an extra, and not needed for what is only added.
        from hatch_sentry_artifacts.proposals.inner_editing import edit_within

        yield from edit_within(text, edit)


def _with_lines(lines: Sequence[str], edit: Add) -> Iterator[str]:
    """Yield the text with the entries in the table's section, in a new one, or with dotted keys."""
    sections = find_sections(lines)
    for section in sections:
        if section.keys == edit.table:
            added = entry_lines(edit.entries)
            yield _inserted(lines, section.end, added)
            yield _inserted(lines, section.start + 1, added)
    yield from _with_section(lines, sections, edit)
    for section in reversed(sections):
        keys = section.keys
        if section.start < 0 or (keys == edit.table[: len(keys)] and keys != edit.table):
            rest = edit.table[len(keys) :]
            yield _inserted(lines, section.end, entry_lines(edit.entries, f"{dotted(rest)}."))


def _with_section(lines: Sequence[str], sections: Sequence[Section], edit: Add) -> Iterator[str]:
    block = [f"[{dotted(edit.table)}]", *entry_lines(edit.entries)]
    inner = next((each for each in sections if each.is_below(edit.table)), None)
    if inner is not None:
        yield _inserted(lines, first_line(lines, inner.start), [*block, ""])
    if edit.table == ("build-system",):
        yield _inserted(lines, 0, [*block, *([""] if lines else [])])
    for above in _places_to_follow(edit.table):
        near = [each for each in sections if each.is_below(above)]
        if near:
            yield _inserted(lines, near[-1].end, ["", *block])
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    yield _inserted(lines, end, ["", *block] if end else block)


def _places_to_follow(table: Keys) -> Iterator[Keys]:
    """Yield the tables behind whose sections a new one reads best: those of the same tool."""
    if table[:-1] not in {(), ("tool",)}:  # another tool's says nothing of this one
        yield table[:-1]
    if "build" in table[:-1]:
        yield table[: table.index("build") + 1]  # other hooks, and what else a build has
    if table[:2] == ("tool", "hatch"):
        yield table[:2]


def _inserted(lines: Sequence[str], at: int, added: Sequence[str]) -> str:
    return "".join(f"{each}\n" for each in (*lines[:at], *added, *lines[at:]))


def _plain_lines(text: str) -> list[str]:
    return [each.rstrip("\n").removesuffix("\r") for each in _LINE.findall(text)]


def _with_endings(before: Sequence[str], result: str) -> str:
    """Return the result with the ends of the lines that were there `before`."""
    after = _LINE.findall(result)
    plain = [f"{each.rstrip(chr(10)).removesuffix(chr(13))}\n" for each in before]
    most = min(len(plain), len(after))
    same = next((n for n in range(most) if plain[n] != after[n]), most)
    rest = most - same
    tail = next((n for n in range(rest) if plain[-1 - n] != after[-1 - n]), rest)
    ended = [each for each in before if each.endswith("\n")]
    carriage = sum(each.endswith("\r\n") for each in ended)
    ending = "\r\n" if carriage * 2 > len(ended) else "\n"
    added = [each[:-1] + ending for each in after[same : len(after) - tail]]
    lines = [*before[:same], *added, *before[len(before) - tail :]]
    if before and not before[-1].endswith("\n"):
        # Its last line may be an inner one now.
        lines = [each if each.endswith("\n") else each + ending for each in lines]
        lines[-1] = lines[-1].rstrip("\r\n")
    return "".join(lines)


def _means(text: str, wanted: Mapping[str, Any], parent: Keys) -> bool:
    try:
        found = _read(text)
    except ValueError:
        return False
    # The order of hooks is the one in which they run.
    ordered = "hooks" not in parent or [*_at(found, parent)] == [*_at(wanted, parent)]
    return ordered and _sorted(found) == _sorted(wanted)


def _at(data: Mapping[str, Any], keys: Keys) -> Mapping[str, Any]:
    return table_at(data, keys) or {}


def _sorted(value: Any) -> Any:
    """Return a value that does not depend on the order of keys; also NaN is equal to itself."""
    if isinstance(value, dict):
        return sorted((key, _sorted(each)) for key, each in value.items())
    return [_sorted(each) for each in value] if isinstance(value, list) else repr(value)


def _read(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _impossible(edit: Edit, file: str) -> ConfigurationError:
    what = (
        f"add {', '.join(map(value_text, edit.items))} to the list `{edit.key}`"
        if isinstance(edit, Extend)
        else f"add the line{'s' if edit.entries[1:] else ''} {'; '.join(entry_lines(edit.entries))}"
    )
    return ConfigurationError(
        f"{file}: {_reason()}: {what} in [{dotted(edit.table)}] by hand, then run `init` again"
    )


def _reason() -> str:
    if find_spec("tomlkit") is None:
        return f"changing a value that is there needs tomlkit: pip install '{EXTRA}'. Or"
    return "this cannot be added without changing something else"
