"""Finds the scripts that a page or a script loads, as far as its text says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import urljoin, urlsplit

from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.assets.naming.html import read_page
from hatch_sentry_artifacts.explain.urls import candidates

# What browsers load of a module: `import "./x.js"`, `from "./x.js"`, `import("./x.js")`.
_IMPORT = re.compile(rb"\b(?:import|from)\s*\(?\s*(\"|'|`)((?:\.{1,2})?/[^\"'`\s\\${}]{1,500})\1")
_TEXT = re.compile(rb"[\"'`]([^\"'`\s\\${}<>]{1,300}\.m?js)[\"'`]")
_LINK = re.compile(rb"<a\b[^<>]{0,2000}?\bhref\s*=\s*[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)
_LOCATION = re.compile(rb"<loc>\s*([^<\s]{1,2000})\s*</loc>")
_SCRIPT = re.compile(rb"<script\b[^<>]{0,4000}>", re.IGNORECASE)
_SCRIPT_END = re.compile(rb"</script", re.IGNORECASE)
_MOST_FOUND = 2000
# What tells one file from others in a table of chunks: a hash, or a name that is no common word.
_TELLING = re.compile(r"[0-9A-Za-z_-]{8,}")


def scripts_of_page(content: bytes, address: str) -> Iterator[str]:
    """Yield the URLs of the scripts that a page at `address` loads, preloads or maps."""
    page = read_page(content)
    base = urljoin(address, page.base)
    for reference in page.references:
        url = _joined(base, reference.url)
        if url:
            yield url


def inline_scripts(content: bytes) -> bytes:
    """Return the text of the scripts within a page."""
    found = []
    at = 0
    while (begin := _SCRIPT.search(content, at)) and (
        end := _SCRIPT_END.search(content, begin.end())
    ):
        found.append(content[begin.end() : end.start()])
        at = end.end()
    return b"\n".join(found)


def imports_of_script(content: bytes, address: str) -> Iterator[str]:
    """Yield the URLs that a module at `address` imports, now or later."""
    for found in _some(_IMPORT, content):
        url = _joined(address, found[2].decode("utf-8", "replace"))
        if url and is_script(urlsplit(url).path):
            yield url


def known_in_script(content: bytes, addresses: Collection[str], names: frozenset[str]) -> set[str]:
    """Return the URLs of texts in a script that are files of the release, by `names`.

    A text is relative to one of `addresses`: that of the script, or the base of its site. So is
    what Vite's list of files to preload holds.
    """
    found = set()
    for text in _some(_TEXT, content):
        for address in addresses:
            url = _joined(address, text[1].decode("utf-8", "replace"))
            if url and not names.isdisjoint(candidates(url)):
                found.add(url)
    return found


def names_told(content: bytes, names: Collection[str]) -> Iterator[str]:
    """Yield the `names` of the release whose files a script's table of chunks tells.

    That is, it holds the hash in the file's name, or the name itself.
    """
    for name in names:
        file = name.rpartition("/")[2].partition(".")
        stem = file[0] + "." + file[2].rpartition(".")[0]
        tokens = _TELLING.findall(stem)
        if tokens and all(token.encode() in content for token in tokens):
            yield name


def links_of_page(content: bytes, address: str) -> Iterator[str]:
    """Yield the pages of the same host that a page links."""
    host = urlsplit(address).netloc
    for found in _some(_LINK, content):
        url = _joined(address, found[1].decode("utf-8", "replace").replace("&amp;", "&"))
        if url and urlsplit(url).netloc == host:
            yield url.partition("#")[0]


def pages_of_sitemap(content: bytes) -> Iterator[str]:
    """Yield the addresses of a sitemap, or of one of sitemaps."""
    for found in _some(_LOCATION, content):
        yield found[1].decode("utf-8", "replace").replace("&amp;", "&")


def _some(pattern: re.Pattern[bytes], content: bytes) -> Iterator[re.Match[bytes]]:
    for number, found in enumerate(pattern.finditer(content)):
        if number >= _MOST_FOUND:
            return
        yield found


def _joined(address: str, reference: str) -> str:
    """Return the web address that a reference means, "" if it is none."""
    try:
        url = urljoin(address, reference)
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return ""
    return url if usable and not any(map(str.isspace, url)) else ""
