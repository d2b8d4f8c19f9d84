"""What Sentry's server refuses of a source map, whichever way its JSON is read.

Sentry reads maps with the library symbolic, whose JSON reader is strict about the types of the keys
that it knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID, dashed
from hatch_sentry_artifacts.assets.source_maps.mappings import Mappings

# As many as Sentry reads, one in another, with the document's own object.
MOST_DEPTH = 127
LARGEST_NUMBER = 2**32 - 1
# Far more sources, sections and keys than any map has; each takes memory.
MOST_ITEMS = 200_000
_ID = re.compile(UUID)
_MOST_SHOWN = 40
_ARRAYS = frozenset(
    {
        *("sources", "sourcesContent", "names", "sections", "ignoreList"),
        *("x_facebook_sources", "x_facebook_offsets", "x_metro_module_paths"),
    }
)
_STRINGS = frozenset(("mappings", "rangeMappings", "sourceRoot"))
_IDS = frozenset(("debugId", "debug_id"))
_KNOWN = _ARRAYS | _STRINGS | _IDS | {"version", "file"}

Node = TypeVar("Node")


class BadMap(ValueError):
    """A map that is JSON, but that Sentry cannot read; the message says why."""


class Document(Protocol[Node]):
    """A JSON document whose values, the nodes, are read by these methods alone.

    Methods raise ValueError where the bytes are no JSON, or a node is not of the type that they
    are for.
    """

    @property
    def root(self) -> Node:
        """The document's object."""

    def members(self, node: Node, once: frozenset[str] = frozenset()) -> Mapping[str, Node]:
        """Return the members of an object; of a key that is there twice, the last.

        Raises BadMap if that is one of the keys in `once`.
        """

    def elements(self, node: Node) -> Iterator[Node]:
        """Return the elements of an array."""

    def texts(self, node: Node, assumed: int | None) -> Iterator[bool | None]:
        """Return for each element of an array whether it is a string; None if it is no null either.

        A large array without any null may be taken for one of `assumed` strings.
        """

    def count(self, node: Node) -> int:
        """Count the elements of an array."""

    def is_null(self, node: Node) -> bool:
        """Return whether it is `null`."""

    def is_text(self, node: Node) -> bool:
        """Return whether it is a string."""

    def is_array(self, node: Node) -> bool:
        """Return whether it is an array."""

    def is_large(self, node: Node) -> bool:
        """Return whether it is too large to be decoded only to be checked."""

    def number(self, node: Node) -> int | None:
        """Return it as a number from 0 to 2**32 - 1; None if it is none."""

    def load(self, node: Node) -> Any:
        """Return it decoded."""

    def shown(self, node: Node, most: int) -> str:
        """Return the beginning of what the document says there, at most so many characters."""

    def mappings(self, node: Node) -> Mappings:
        """Return the string as mappings."""


def sound_members(document: Document[Node], node: Node) -> Mapping[str, Node]:
    """Return the members of the map at `node`. Raises BadMap if Sentry would refuse them."""
    found = document.members(node, _KNOWN)
    for key in _KNOWN.intersection(found):
        _check_type(document, key, found[key])
    return found


def member(document: Document[Node], found: Mapping[str, Node], key: str) -> Node | None:
    """Return the member of that key; None if there is none, or `null`."""
    node = found.get(key)
    return None if node is None or document.is_null(node) else node


def texts(
    document: Document[Node], found: Mapping[str, Node], key: str, assumed: int | None = None
) -> Sequence[bool]:
    """Return for each element of the array of that key whether it is a string, and not null.

    A large array without any null may be taken for one of `assumed` strings.
    """
    node = member(document, found, key)
    if node is None:
        return ()
    are_texts = list(islice(document.texts(node, assumed), MOST_ITEMS + 1))
    if len(are_texts) > MOST_ITEMS:
        raise BadMap(f"its `{key}` are more than {MOST_ITEMS}")
    checked = [each for each in are_texts if each is not None]
    if len(checked) < len(are_texts):
        raise BadMap(f"its `{key}` hold what is no string")
    return checked


def debug_id(document: Document[Node], found: Mapping[str, Node]) -> str | None:
    """Return the debug id in the map's own keys, in its usual form; of two, the last."""
    for key in reversed(list(found)):
        if key in _IDS and not document.is_null(found[key]):
            return dashed(document.load(found[key]).encode())
    return None


def _check_type(document: Document[Node], key: str, node: Node) -> None:
    """Raise BadMap if a key that symbolic knows has a value of another type."""
    if key == "file" or document.is_null(node):
        return
    if key == "version":
        if document.number(node) is None:
            raise BadMap(f"its version is {document.shown(node, _MOST_SHOWN)}, not 3")
    elif key in _ARRAYS:
        _check_array(document, key, node)
    elif not document.is_text(node):
        raise BadMap(f"it has no `{key}` that is a string")
    elif key in _IDS and (document.is_large(node) or not _ID.fullmatch(document.load(node))):
        raise BadMap(f"its `{key}` is no UUID")


def _check_array(document: Document[Node], key: str, node: Node) -> None:
    if not document.is_array(node):
        raise BadMap(f"its `{key}` are no array")
    holds, what = _ELEMENTS.get(key, (None, ""))
    if holds and not all(holds(document, each) for each in document.elements(node)):
        raise BadMap(f"its `{key}` hold what is no {what}")


def _is_number(document: Document[Any], node: object) -> bool:
    return document.number(node) is not None


def _is_number_or_null(document: Document[Any], node: object) -> bool:
    return document.is_null(node) or document.number(node) is not None


def _is_string(document: Document[Any], node: object) -> bool:
    return document.is_text(node)


def _are_functions(document: Document[Any], node: object) -> bool:
    """Tell whether that is null, or an array of what Metro writes of a source's functions."""
    if document.is_large(node):
        return True
    found = document.load(node)
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


_ELEMENTS: Mapping[str, tuple[Callable[[Document[Any], object], bool], str]] = {
    "ignoreList": (_is_number, "number of a source"),
    "x_facebook_sources": (_are_functions, "map of functions"),
    "x_facebook_offsets": (_is_number_or_null, "offset"),
    "x_metro_module_paths": (_is_string, "string"),
}
