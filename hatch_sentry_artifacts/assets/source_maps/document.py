"""Reads the members of a source map out of its bytes, and refuses what Sentry's server refuses.

Sentry reads maps with the library symbolic, whose JSON reader is strict about the types of the keys
that it knows. Nothing is decoded here but what is asked for: a map is mostly the texts of sources.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID
from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.json_bytes import Value

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What servers put before JSON so that no page can load it as a script.
_GUARD = b")]}'"
_ID = re.compile(UUID.encode())
_WHOLE = re.compile(rb"0|[1-9][0-9]{0,9}")
_LARGEST = 2**32 - 1
_BACKSLASH = ord("\\")
# Far more sources and sections than any map has; each takes memory.
MOST_ITEMS = 200_000
# Of the functions of one source, which are decoded to be checked; more are not looked at.
_MOST_OF_FUNCTIONS = 1024 * 1024
# It begins with bytes that are rare, which are found fast.
_SURROGATE = re.compile(rb"\\u[dD]([89a-fA-F])[0-9a-fA-F]{2}")
# Of documents up to this size every byte is checked.
_CHECKED_BYTES = 64 * 1024
_ARRAYS = frozenset(
    {
        *("sources", "sourcesContent", "names", "sections", "ignoreList"),
        *("x_facebook_sources", "x_facebook_offsets", "x_metro_module_paths"),
    }
)
_STRINGS = frozenset(("mappings", "rangeMappings", "sourceRoot"))
_IDS = frozenset(("debugId", "debug_id"))
_KNOWN = _ARRAYS | _STRINGS | _IDS | {"version", "file"}


class BadMap(ValueError):
    """A map that is JSON, but that Sentry cannot read; the message says why."""


def object_start(content: bytes) -> int:
    """Return the offset of the map's `{`, behind a byte order mark and a line like `)]}'`.

    Raises ValueError if there is nothing behind that line.
    """
    at = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    if content[at : at + 1] and content[at] in _GUARD:
        at = content.find(b"\n", at) + 1
        if at == 0:
            raise ValueError("it holds nothing but )]}'")
    return json_bytes.skip_space(content, at)


def read_document(content: bytes) -> Mapping[str, Value]:
    """Return the members of the map `content`, by key.

    Raises ValueError with what keeps Sentry from reading it, as far as that is no matter of
    mappings or sections.
    """
    if content.startswith(BYTE_ORDER_MARK):
        raise BadMap("it begins with a byte order mark, which Sentry does not read over")
    start = object_start(content)
    if content.startswith(b"<", start):
        raise BadMap("it is HTML or XML, not JSON")
    try:
        if content[start : start + 1] in {b"[", b'"'}:
            json.loads(content[start:])
            raise BadMap("it is JSON, but not an object")
        found = sound_members(content, start)
        end = max((each.end for each in found.values()), default=start + 1)
        closing = json_bytes.skip_space(content, end)
        if json_bytes.skip_space(content, closing + 1) != len(content):
            raise ValueError(f"more follows behind byte {closing}")
        _check_strictly(content, start, found.get("mappings"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return found


def members(content: bytes, start: int) -> dict[str, Value]:
    """Return the members of the object at `start`; of a key that is there twice, the last.

    Raises ValueError if there are more than any map has.
    """
    found: dict[str, Value] = {}
    for each in json_bytes.members(content, start):
        found[each.key] = each
        if len(found) > MOST_ITEMS:
            raise ValueError("it has too many keys")
    return found


def sound_members(content: bytes, start: int) -> dict[str, Value]:
    """Return the members of the map at `start`. Raises BadMap if Sentry would refuse them."""
    found: dict[str, Value] = {}
    for member in json_bytes.members(content, start):
        if member.key in found and member.key in _KNOWN:
            raise BadMap(f"it has `{member.key}` twice")
        found[member.key] = member
        if len(found) > MOST_ITEMS:
            raise ValueError("it has too many keys")
        _check_type(content, member)
    return found


def texts(content: bytes, value: Value | None) -> Iterator[bool]:
    """Yield for each element of an array of strings and nulls whether it is a string."""
    if value is None or is_null(content, value):
        return
    for number, element in enumerate(json_bytes.elements(content, value.start)):
        if number >= MOST_ITEMS:
            raise BadMap(f"its `{value.key}` are more than {MOST_ITEMS}")
        is_text = content.startswith(b'"', element.start)
        if not is_text and not is_null(content, element):
            raise BadMap(f"its `{value.key}` hold what is no string")
        yield is_text


def loaded(content: bytes, value: Value | None) -> Any:
    """Return the decoded value; None without one. Raises ValueError if it is no JSON."""
    if value is None:
        return None
    try:
        return json.loads(content[value.start : value.end])
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def is_null(content: bytes, value: Value) -> bool:
    """Return whether the value is `null`."""
    return value.end - value.start == len(b"null") and content.startswith(b"null", value.start)


def whole_number(content: bytes, value: Value | None) -> int | None:
    """Return the value as a number from 0 to 2**32 - 1; None if it is none."""
    if value is None or not _WHOLE.fullmatch(content, value.start, value.end):
        return None
    number = int(content[value.start : value.end])
    return number if number <= _LARGEST else None


def _check_type(content: bytes, member: Value) -> None:
    """Raise ValueError if a key that symbolic knows has a value of another type."""
    key = member.key
    if key not in _KNOWN or key == "file" or is_null(content, member):
        return
    if key == "version":
        if whole_number(content, member) is None:
            shown = content[member.start : min(member.end, member.start + 40)]
            raise BadMap(f"its version is {shown.decode('utf-8', 'replace')}, not 3")
    elif key in _ARRAYS:
        _check_array(content, member)
    elif not content.startswith(b'"', member.start):
        raise BadMap(f"it has no `{key}` that is a string")
    elif key in _IDS and not _ID.fullmatch(content, member.start + 1, member.end - 1):
        raise BadMap(f"its `{key}` is no UUID")


def _check_array(content: bytes, member: Value) -> None:
    if not content.startswith(b"[", member.start):
        raise BadMap(f"its `{member.key}` are no array")
    elements = _ELEMENTS.get(member.key)
    if elements is None:
        return
    holds, what = elements
    if not all(holds(content, each) for each in json_bytes.elements(content, member.start)):
        raise BadMap(f"its `{member.key}` hold what is no {what}")


def _is_number(content: bytes, value: Value) -> bool:
    return whole_number(content, value) is not None


def _is_number_or_null(content: bytes, value: Value) -> bool:
    return is_null(content, value) or whole_number(content, value) is not None


def _is_string(content: bytes, value: Value) -> bool:
    return content.startswith(b'"', value.start)


def _are_functions(content: bytes, value: Value) -> bool:
    """Tell whether that is null, or an array of what Metro writes of a source's functions."""
    if value.end - value.start > _MOST_OF_FUNCTIONS:
        return True
    found = loaded(content, value)
    return found is None or (isinstance(found, list) and all(map(_is_function_map, found)))


def _is_function_map(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    names = found.get("names")
    return (
        isinstance(names, list)
        and all(isinstance(each, str) for each in names)
        and isinstance(found.get("mappings"), str)
    )


_ELEMENTS: Mapping[str, tuple[Callable[[bytes, Value], bool], str]] = {
    "ignoreList": (_is_number, "number of a source"),
    "x_facebook_sources": (_are_functions, "map of functions"),
    "x_facebook_offsets": (_is_number_or_null, "offset"),
    "x_metro_module_paths": (_is_string, "string"),
}


def _check_strictly(content: bytes, start: int, mappings: Value | None) -> None:
    """Check what the walk over the members skipped: all of it, if the document is not large."""
    # Mappings are long, and checked later on.
    around = (start, len(content), len(content), len(content))
    if mappings:
        around = (start, mappings.start, mappings.end, len(content))
    if any(
        content.find(half, *part) >= 0
        for half in (b"\\ud", b"\\uD")
        for part in (around[:2], around[2:])
    ):
        _check_surrogates(content)
    if len(content) <= _CHECKED_BYTES:
        text = content[start:].decode("utf-8", "replace")
        json.loads(
            text,
            # What is not UTF-8 is a matter of its own: UTF-16 is full of control characters.
            strict="\ufffd" not in text,
            parse_constant=_refuse_constant,
            parse_float=_check_number,
            parse_int=_check_number,
        )


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _check_number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _check_surrogates(content: bytes) -> None:
    """Raise ValueError for half of a character that is written as two escapes."""
    behind_first = -1
    for found in _SURROGATE.finditer(content):
        begins = before = found.start()
        while before and content[before - 1] == _BACKSLASH:
            before -= 1
        if (begins - before) % 2:
            continue  # the backslash is escaped itself
        is_second = found[1] in b"cdefCDEF"
        if is_second != (behind_first == begins):
            break
        behind_first = -1 if is_second else found.end()
    else:
        if behind_first == -1:
            return
    raise ValueError("a string holds half of a surrogate pair")
