"""Finds the source map that a script refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin, urlsplit

from hatch_sentry_artifacts.assets.names import HOST

# A reference stands in the last comments of a script, so its end is enough to find it, but for an
# inline map, which carries itself and needs no header.
TAIL_BYTES = 64 * 1024

_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_WHOLE_LINE = re.compile(r"//[#@]\s*sourceMappingURL=(\S*)")
# After code on the same line the comment could stand in a string; browsers take no quotes either.
_AFTER_CODE = re.compile(r"//[#@]\s*sourceMappingURL=([^\s'\"`]*)\s*$")
_ANY_HOST = "http://any.invalid"


class ReferenceFinder:
    """Reads a script block by block, holding only its end."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, block: bytes) -> None:
        """Take the next block of the script."""
        self._tail = (
            (self._tail + block)[-TAIL_BYTES:] if len(block) < TAIL_BYTES else block[-TAIL_BYTES:]
        )

    def reference(self) -> str | None:
        """What the script's `//# sourceMappingURL=` or `//@` comment says; None without one.

        The last comment counts, and only if no code follows it, as ECMA-426 has it
        (https://tc39.es/ecma426/#sec-linking-inline).
        """
        in_block_comment = False
        for line in reversed(_LINE_END.split(self._tail.decode("utf-8", "replace"))):
            text = line.strip()
            if in_block_comment:
                in_block_comment = "/*" not in text
                continue
            whole = _WHOLE_LINE.fullmatch(text)
            if whole and whole[1]:
                return whole[1]
            if not text or text.startswith("//"):
                continue
            if text.endswith("*/") and (text.startswith("/*") or "/*" not in text):
                in_block_comment = "/*" not in text
                continue
            after_code = _AFTER_CODE.search(text)
            return (after_code and after_code[1]) or None
        return None


def is_inline(reference: str) -> bool:
    """Whether the reference is the map itself, as a `data:` URL."""
    return reference[:5].lower() == "data:"


def referenced_path(script: str, reference: str) -> str | None:
    """The path in the distribution that a relative reference of the script at that path means."""
    parts = urlsplit(reference)
    if parts.scheme or parts.netloc or parts.path.startswith(("/", HOST)):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(script), unquote(parts.path)))
    return None if joined.startswith("..") else joined


def referenced_name(script_name: str, reference: str) -> str:
    """The URL name at which Sentry looks for the map, from the name of the script."""
    if reference.startswith(HOST):
        return urlsplit(reference).path
    base = _ANY_HOST + script_name[1:] if script_name.startswith(HOST) else script_name
    parts = urlsplit(urljoin(base, reference))
    found = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return "~" + parts.path if found.startswith(_ANY_HOST + "/") else found


def find_map(
    script: str,
    script_name: str,
    reference: str,
    names: Mapping[str, str],
    paths: Mapping[str, str],
) -> str | None:
    """The path of the map that the reference means, or None if it is not there.

    `names` gives the name of each path, `paths` the path of each name.
    """
    path = referenced_path(script, reference)
    if path is not None and path in names:
        return path
    wanted = referenced_name(script_name, reference)
    on_any_host = "~" + urlsplit(wanted).path if "://" in wanted else wanted
    return paths.get(wanted) or paths.get(on_any_host)


def sourcemap_header(script_name: str, reference: str, map_name: str | None) -> str:
    """The value of the `Sourcemap` header that leads Sentry from the script to its map.

    That is the script's own reference, unless it would lead to another name than the map has
    (other prefixes in `paths`, characters that names have percent-encoded).
    """
    if map_name is None or referenced_name(script_name, reference) == map_name:
        return reference
    return map_name[1:] if map_name.startswith(HOST) else map_name
