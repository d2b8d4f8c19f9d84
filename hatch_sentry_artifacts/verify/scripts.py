"""Finds the scripts that a page or a script loads, as far as its text says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.assets.names import unspelled
from hatch_sentry_artifacts.assets.naming.html import read_page
from hatch_sentry_artifacts.assets.scripts.lexer import Lexer
from hatch_sentry_artifacts.explain.urls import candidates
from hatch_sentry_artifacts.verify.addresses import origin, web_address

# What browsers load of a module: `import "./x.js"`, `from "./x.js"`, `import("./x.js")`.
_IMPORT = re.compile(
    rb"\b(?:import|from)\s{0,20}\(?\s{0,20}([\"'`])"
    rb"((?:https?:/|\.{1,2})?/[^\"'`\s\\${}]{1,500})\1"
)
# `new Worker("w.js")`, `new Worker(new URL("w.js", import.meta.url))`, `importScripts("a.js")`,
# `navigator.serviceWorker.register("/sw.js")`.
_WORKER = re.compile(
    rb"(?:\bnew\s{1,20}(?:Shared)?Worker|\b(importScripts)|\bserviceWorker\.register)\s{0,20}\("
    rb"\s{0,20}(?:new\s{1,20}(URL)\s{0,20}\(\s{0,20})?([\"'`])([^\"'`\s\\${}]{1,500})\3"
)
_TEXT = re.compile(rb"[\"'`]([^\"'`\s\\${}<>]{1,300}\.m?js)[\"'`]")
_LINK = re.compile(rb"<a\b[^<>]{0,2000}?\bhref\s*=\s*[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)
_LOCATION = re.compile(rb"<loc>\s*([^<\s]{1,2000})\s*</loc>")
_SCRIPT = re.compile(rb"<script\b[^<>]{0,4000}>", re.IGNORECASE)
_SCRIPT_END = re.compile(rb"</script", re.IGNORECASE)
_SRCDOC = re.compile(rb"\bsrcdoc\s{0,20}=\s{0,20}([\"'])(.{1,65536}?)\1", re.DOTALL | re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s{0,20}=\s{0,20}[\"']?([\w-]{1,40})", re.IGNORECASE)
_META_BYTES = 1024
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# Not all that Python knows: some take time that grows with the square of the text.
_ENCODINGS = re.compile(
    r"utf-?16(?:-?[lb]e)?|iso-?8859-\d{1,2}|latin1|windows-125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)"
    r"|gb(?:k|2312|18030)|big5",
)
# Links to files, which no crawler has to open.
_NO_PAGE = re.compile(
    r"\.(?:pdf|zip|gz|tgz|whl|exe|dmg|png|jpe?g|gif|svg|webp|avif|ico|mp[34]|webm|css|json|txt|csv)$",
    re.IGNORECASE,
)
_MOST_FOUND = 2000
_MOST_LEXED = 4 * 1024 * 1024
# What tells one file from others in a table of chunks: a hash, or a name that is no common word.
_CHUNK = re.compile(
    rb"\.[eu]\([\"']?([\w./~-]{1,100})[\"']?\)"
    rb"|\b\d{1,6}(?::|===?\w{1,3}\?)[\"']([\w./~-]{1,100})[\"']"
)
_TELLING = re.compile(r"[0-9A-Za-z_-]{8,}")
_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{8,}(?![0-9A-Za-z])")


@dataclass(frozen=True)
class PageText:
    """What a page says: the URL that it is relative to, its scripts' URLs, and those within it."""

    base: str
    scripts: Sequence[str]
    inline: bytes = field(repr=False)


def read_page_text(content: bytes, address: str) -> PageText:
    """Return what a page at `address` loads, preloads or maps; also one within a `srcdoc`."""
    within = (unescape(each[2].decode("utf-8", "replace")) for each in _some(_SRCDOC, content))
    text = b"\n".join([content, *(each.encode() for each in within)])
    page = read_page(text)
    base = (web_address(page.base, address) if page.base else "") or address
    scripts = (web_address(reference.url, base) for reference in page.references)
    return PageText(base, [url for url in dict.fromkeys(scripts) if url], inline_scripts(text))


def as_utf8(content: bytes, content_type: str) -> bytes:
    """Return a page in UTF-8, whatever its byte order mark, header or `meta` tag says it is in."""
    mark = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    said = _CHARSET.search(content_type.encode("utf-8", "replace"))
    said = said or _CHARSET.search(content[:_META_BYTES])
    name = mark or (said[1].decode().lower() if said else "utf-8")
    if name == "utf-8" or not _ENCODINGS.fullmatch(name):
        return content
    return content.decode(name, "replace").encode("utf-8", "replace")


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


def imports_of_script(content: bytes, address: str, base: str = "") -> Iterator[tuple[str, int]]:
    """Yield the URLs that a script at `address` imports, now or later, and where it does so.

    Workers without `new URL` are relative to `base`, the page's.
    """
    for found in _some(_IMPORT, content):
        yield from _found_script(found, 2, address)
    for found in _some(_WORKER, content):
        yield from _found_script(found, 4, address if found[1] or found[2] else base or address)


def _found_script(found: re.Match[bytes], group: int, address: str) -> Iterator[tuple[str, int]]:
    url = web_address(found[group].decode("utf-8", "replace"), address)
    if url and is_script(urlsplit(url).path):
        yield url, found.start()


def is_in_comment(content: bytes, place: int) -> bool:
    """Return whether a place of a script is in a comment; False in one too long to be read."""
    if len(content) > _MOST_LEXED:
        return False
    return any(start <= place < end for start, end, _ in Lexer(content).comments())


def known_in_script(content: bytes, addresses: Collection[str], names: frozenset[str]) -> set[str]:
    """Return the URLs of texts in a script that are files of the release, by `names`.

    A text is relative to one of `addresses`: that of the script, or the base of its site. So is
    what Vite's list of files to preload holds.
    """
    files = {unspelled(name).rpartition("/")[2] for name in names}
    found = set()
    for each in _some(_TEXT, content):
        text = each[1].decode("utf-8", "replace")
        if unspelled(text).rpartition("/")[2] not in files:
            continue  # nearly all
        for address in addresses:
            url = web_address(text, address)
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
        if any(tokens and _holds_all(content, tokens) for tokens in _tokens(stem)):
            yield name


def _tokens(stem: str) -> Iterator[list[str]]:
    """Yield what tells a file: its name and hash, or the hash alone, as in `{7:"5f2c0a3e"}`."""
    yield _TELLING.findall(stem)
    yield [each for each in _HASH.findall(stem) if any(map(str.isdigit, each))]


def _holds_all(content: bytes, tokens: Sequence[str]) -> bool:
    return all(token.encode() in content for token in tokens)


def chunks_told(content: bytes, folder: str, names: Collection[str]) -> Iterator[str]:
    """Yield the `names` in or below `folder` that webpack's ids and names of chunks may be.

    As in `n.e(368)`, which loads `368.js`, in `{245:"cart"}[e]` and in `245===e?"cart":e`.
    """
    told = {(found[1] or found[2]).decode() for found in _some(_CHUNK, content)}
    for name in names if told else ():
        if name.startswith(folder) and name[len(folder) :].partition(".")[0] in told:
            yield name


def links_of_page(content: bytes, base: str, address: str) -> Iterator[str]:
    """Yield the pages of the same host that a page at `address` links, relative to `base`."""
    for found in _some(_LINK, content):
        url = web_address(unescape(found[1].decode("utf-8", "replace")), base)
        if url and origin(url) == origin(address) and not _NO_PAGE.search(urlsplit(url).path):
            yield url


def pages_of_sitemap(content: bytes) -> Iterator[str]:
    """Yield the addresses of a sitemap, or of one of sitemaps."""
    for found in _some(_LOCATION, content):
        url = web_address(unescape(found[1].decode("utf-8", "replace")))
        if url:
            yield url


def _some(pattern: re.Pattern[bytes], content: bytes) -> Iterator[re.Match[bytes]]:
    for number, found in enumerate(pattern.finditer(content)):
        if number >= _MOST_FOUND:
            return
        yield found
