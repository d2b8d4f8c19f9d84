"""Reads from an HTML page where it finds its scripts; no parser, since pages may be hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import islice

_TAG = re.compile(rb"<(script|link|base)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"(?<![\w-])(src|href|type|rel|as)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))",
    re.IGNORECASE,
)
_LONGEST_TAG = 4096
_LONGEST_URL = 1024
_LONGEST_IMPORT_MAP = 256 * 1024
_MOST_IMPORT_MAPS = 10
_MOST_REFERENCES = 2000
_MOST_TAGS = 50_000
_PRELOADS = frozenset({"preload", "prefetch"})


@dataclass(frozen=True)
class Reference:
    """A URL of a script as the page says it; `is_module` where it is loaded as a module."""

    url: str
    is_module: bool = False


@dataclass(frozen=True)
class Page:
    """The references of a page, and the URL that they are relative to, "" if it says none."""

    references: tuple[Reference, ...]
    base: str = ""


def read_page(content: bytes) -> Page:
    """Return what the page says of its scripts."""
    text = _without_comments(content)
    found: list[Reference] = []
    base = ""
    maps = 0
    for tag in islice(_TAG.finditer(text), _MOST_TAGS):
        end = text.find(b">", tag.end(), tag.end() + _LONGEST_TAG)
        if end < 0 or len(found) >= _MOST_REFERENCES:
            continue
        name = tag[1].lower()
        attributes = _attributes(text[tag.end() : end])
        if name == b"base":
            base = base or attributes.get("href", "")
        elif name == b"link":
            found += _link(attributes)
        elif attributes.get("type", "").lower() == "importmap":
            maps += 1
            found += _import_map(text, end + 1) if maps <= _MOST_IMPORT_MAPS else ()
        else:
            found += _script(attributes)
    return Page(tuple(each for each in found if each.url), base)


def _script(attributes: Mapping[str, str]) -> Iterator[Reference]:
    kind = attributes.get("type", "").lower()
    runs = kind in {"", "module"} or "javascript" in kind or "ecmascript" in kind
    if runs and "src" in attributes:
        yield Reference(attributes["src"], kind == "module")


def _link(attributes: Mapping[str, str]) -> Iterator[Reference]:
    relations = set(attributes.get("rel", "").lower().split())
    if "modulepreload" in relations:
        yield Reference(attributes.get("href", ""), is_module=True)
    elif relations & _PRELOADS and attributes.get("as", "").lower() == "script":
        yield Reference(attributes.get("href", ""))


def _attributes(text: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        value = b"".join(values)[:_LONGEST_URL].decode("utf-8", "replace")
        found.setdefault(name.decode().lower(), unescape(value).strip())
    return found


def _import_map(text: bytes, start: int) -> Iterator[Reference]:
    end = text.find(b"</", start, start + _LONGEST_IMPORT_MAP)
    try:
        said = json.loads(text[start : max(start, end)])
        scopes = said.get("scopes", {}).values()
        pairs = [pair for each in (said.get("imports", {}), *scopes) for pair in each.items()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
    for name, url in pairs:
        # What ends with a slash is a folder, of which a script names files.
        if isinstance(url, str) and len(url) <= _LONGEST_URL and not name.endswith("/"):
            yield Reference(url, is_module=True)


def _without_comments(content: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while (start := content.find(b"<!--", at)) >= 0:
        parts.append(content[at:start])
        end = content.find(b"-->", start + 4)
        if end < 0:
            return b"".join(parts)
        at = end + 3
    return b"".join([*parts, content[at:]])
