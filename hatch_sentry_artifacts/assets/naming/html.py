"""Reads from an HTML page where it finds its scripts; no parser, since pages may be hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(rb"<(script|link|base)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"(?<![\w-])(src|href|type|rel)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_LONGEST_TAG = 4096
_LONGEST_URL = 1024
_MOST_REFERENCES = 2000


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
    for tag in _TAG.finditer(text):
        end = text.find(b">", tag.end(), tag.end() + _LONGEST_TAG)
        if end < 0 or len(found) >= _MOST_REFERENCES:
            continue
        name = tag[1].lower()
        attributes = _attributes(text[tag.end() : end])
        kind = attributes.get("type", "").lower()
        if name == b"base":
            base = base or attributes.get("href", "")
        elif name == b"script" and kind == "importmap":
            found += _import_map(text, end + 1)
        elif name == b"script" and "src" in attributes:
            found.append(Reference(attributes["src"], kind == "module"))
        elif name == b"link" and attributes.get("rel", "").lower() == "modulepreload":
            found.append(Reference(attributes.get("href", ""), is_module=True))
    return Page(tuple(each for each in found if each.url), base)


def _attributes(text: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        value = b"".join(values)[:_LONGEST_URL].decode("utf-8", "replace").strip()
        found.setdefault(name.decode().lower(), value)
    return found


def _import_map(text: bytes, start: int) -> Iterator[Reference]:
    end = text.find(b"</", start)
    try:
        urls = json.loads(text[start:end])["imports"].values()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
    for url in urls:
        if isinstance(url, str) and len(url) <= _LONGEST_URL:
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
