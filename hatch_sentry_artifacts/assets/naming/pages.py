"""Places that HTML pages and manifests tell: a folder is where they find the scripts below it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from hatch_sentry_artifacts.assets.names import HOST, read_prefix
from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents
from hatch_sentry_artifacts.assets.naming.django import is_for_django
from hatch_sentry_artifacts.assets.naming.html import Page, read_page
from hatch_sentry_artifacts.assets.naming.manifests import names_files, read_manifest
from hatch_sentry_artifacts.assets.naming.rules import PAGE, Doubt, Place
from hatch_sentry_artifacts.assets.source_maps.pairing import is_named_by_content

_MOST_PAGE_BYTES = 1024 * 1024
_MOST_BYTES = 16 * 1024 * 1024
_MANIFESTS = frozenset({"asset-manifest.json", "manifest.json"})
# Pages of others' packages: nothing is served by them.
_OTHERS = re.compile(
    r"(?i)(?:^|/)(?:__tests?__|tests?|fixtures?|examples?|demos?|docs?|node_modules|vendor)/"
)
# Anything else may be what servers or builds put something in the place of: {{ x }}, <%= x %>,
# ${x}, %X%, @@x@@, :x:, __X__, REPLACE_ME.
_PLAIN = re.compile(r"(?:[@._~-]?[A-Za-z0-9](?:[A-Za-z0-9.~+-]|_(?!_))*|\.{0,2})")
_REPLACED = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MOST_SEGMENTS = 32


@dataclass
class Told:
    """What pages tell of a folder: prefixes that they say in full, and those from a page on.

    A page at the top of its server has the `relative` ones there. `by_manifest` is whether a
    manifest names files, and no prefix; `unread` is a page that is too large.
    """

    prefixes: dict[str, None] = field(default_factory=dict)
    relative: dict[str, None] = field(default_factory=dict)
    placeholder: str = ""
    by_manifest: bool = False
    unread: str = ""


@dataclass(frozen=True)
class Pages:
    """What all pages and manifests tell, by folder."""

    contents: Contents
    by_folder: dict[str, Told]

    @staticmethod
    def of(contents: Contents) -> Pages:
        """Read the pages and manifests above the scripts of `contents`."""
        budget = Budget(_MOST_BYTES)
        found: dict[str, Told] = {}
        for path in sorted(contents.members):
            folder, _, name = path.rpartition("/")
            is_page = name.lower().endswith((".html", ".htm"))
            is_told = is_page or name in _MANIFESTS
            if not is_told or not contents.holds_folder(folder.removesuffix("/.vite")):
                continue
            if _OTHERS.search(path):
                continue
            content = contents.read(path, _MOST_PAGE_BYTES, budget)
            if is_page and contents.members[path].size and not content:
                found.setdefault(folder, Told()).unread = path
            if is_page:
                page = read_page(content)
            else:
                page = read_manifest(content)
                folder = folder.removesuffix("/.vite")
                if not page.references and names_files(content):
                    found.setdefault(folder, Told()).by_manifest = True
            _take(contents, folder, page, found, is_index=name.lower() == "index.html")
        return Pages(contents, found)

    def told(self) -> Iterator[Place | Doubt]:
        """Yield the folders whose prefix a page says in full, and those where it has a gap."""
        for folder, told in self.by_folder.items():
            if told.placeholder:
                yield Doubt(
                    folder,
                    f"a page refers to its scripts by {told.placeholder}, which is filled in later",
                )
            elif len(told.prefixes) == 1:
                yield Place(folder, tuple(told.prefixes), PAGE)
            elif told.prefixes:
                yield Doubt(folder, f"pages refer to it as {' and as '.join(told.prefixes)}")

    def likely(self, *, embedded: bool) -> Iterator[Place | Doubt]:
        """Yield the folder of a page that refers to scripts by relative paths.

        Such a page is an application's, and at the top of its server, unless there are several, or
        a framework serves them, or the application is `embedded` into others.
        """
        folders = [folder for folder, told in self.by_folder.items() if told.relative]
        reason = _why_elsewhere(self.contents, folders)
        if embedded:
            reason = "the application is made to be mounted by others, who choose where"
        for folder in folders:
            prefixes = tuple(self.by_folder[folder].relative)
            if len(prefixes) > 1:
                reason = reason or f"pages refer to it as {' and as '.join(prefixes)}"
            yield Doubt(folder, reason) if reason else Place(folder, prefixes, PAGE)
        for folder, told in self.by_folder.items():
            if told.unread:
                yield Doubt(folder, f"the page {told.unread} is too large to be read")
            elif told.by_manifest:
                yield Doubt(folder, "a bundler's manifest names its files, and not their base URL")


def _why_elsewhere(contents: Contents, folders: list[str]) -> str:
    if len(folders) > 1:
        return f"{len(folders)} pages refer to scripts beside them, so not all are at the top"
    if is_for_django(contents):
        return "a page refers to scripts beside it, and Django may serve it anywhere"
    if "streamlit" in contents.requirements:
        return "Streamlit serves a component below a name that its sources do not say in full"
    return ""


def _take(
    contents: Contents, folder: str, page: Page, found: dict[str, Told], *, is_index: bool
) -> None:
    if "//" in page.base:  # on another host
        return
    for reference in page.references:
        url = _joined(page.base, reference.url)
        below = _below(contents, folder, url)
        if below is None:
            continue
        prefix, rest = below
        told = found.setdefault(folder, Told())
        is_absolute = reference.url.startswith("/")
        said = prefix if is_absolute or _is_placeholder(prefix) else page.base
        if _is_placeholder(said):
            told.placeholder = told.placeholder or said
        # The base "/" is what tools write if they are told none.
        elif url.startswith("/") and (is_absolute or page.base != "/"):
            _add(told, told.prefixes, prefix)
        elif (prefix and "/" in rest) or (
            is_index and not prefix and (reference.is_module or is_named_by_content(rest))
        ):
            _add(told, told.relative, prefix)


def _is_placeholder(text: str) -> bool:
    segments = text.split("/")
    return _REPLACED.search(text) is not None or not all(map(_PLAIN.fullmatch, segments))


def _add(told: Told, prefixes: dict[str, None], prefix: str) -> None:
    try:
        prefixes[read_prefix(HOST + prefix)] = None
    except ValueError:
        told.placeholder = told.placeholder or prefix


def _joined(base: str, url: str) -> str:
    """Return the URL from the top of the host if the base says that."""
    if url.startswith("/") or "://" in url or not base.startswith("/"):
        return url
    return base.rpartition("/")[0] + "/" + url


def _below(contents: Contents, folder: str, url: str) -> tuple[str, str] | None:
    """Return how a URL begins and ends, if it ends like a script below the folder."""
    path = unquote(url.partition("#")[0].partition("?")[0])
    if "://" in path or path.startswith(("//", "data:")):
        return None
    segments = [each for each in path.split("/") if each not in {"", "."}]
    if ".." in segments or len(segments) > _MOST_SEGMENTS:
        return None
    for start in range(len(segments)):
        rest = "/".join(segments[start:])
        if posixpath.join(folder, rest) in contents.served:
            return "/".join(segments[:start]), rest
    return None
