"""Explores a site: its pages, and the scripts that they load, directly or by way of others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.explain.urls import candidates
from hatch_sentry_artifacts.verify.addresses import file_begin, origin, web_address
from hatch_sentry_artifacts.verify.scripts import (
    as_utf8,
    chunks_told,
    imports_of_script,
    is_in_comment,
    known_in_script,
    links_of_page,
    names_told,
    pages_of_sitemap,
    read_page_text,
)
from hatch_sentry_artifacts.verify.site import Fetched, LeftOut, Site, SiteFault

_ANY_HOST = "~/"


@dataclass(frozen=True)
class SeenPage:
    """A page that was opened, where redirects led, and the text of the scripts within it."""

    url: str
    address: str
    inline: bytes = field(repr=False)


@dataclass(frozen=True)
class SeenScript:
    """A script that a page or another script (`by`) loads: what the site sends, or the fault."""

    url: str
    by: str
    fetched: Fetched | None
    fault: str = ""


@dataclass(frozen=True)
class Exploration:
    """What was seen of a site; `faults` are of pages that cannot be opened.

    `left_out` counts the pages and scripts that the site's bounds did not allow.
    """

    pages: Sequence[SeenPage]
    scripts: Sequence[SeenScript]
    faults: Sequence[str]
    left_out: int = 0

    @property
    def origins(self) -> frozenset[str]:
        """The site's own: those of its pages, or those of the scripts that were given."""
        pages = frozenset(origin(page.address) for page in self.pages)
        return pages or frozenset(origin(each.url) for each in self.scripts if each.by == each.url)


@dataclass(frozen=True)
class _Found:
    """A script's URL, and what loads it.

    `place` is where the script `by` imports it, None if it is not a script that does. `guessed`: a
    script only holds its name, or a part of it.
    """

    url: str
    by: str
    place: int | None = None
    guessed: bool = False


def explore(
    given: Sequence[str], site: Site, names: frozenset[str], most_pages: int
) -> Exploration:
    """Open the `given` pages, or scripts, and pages that they link, up to `most_pages` in all.

    `names` are those of the release's scripts: a file of that name is known to be one where a
    script holds its name only as text.
    """
    walk = _Walk(site, names)
    walk.open_pages(given, max(most_pages, len(given)))
    walk.follow_scripts()
    return Exploration(walk.pages, list(walk.scripts.values()), walk.faults, len(walk.left_out))


class _Walk:
    def __init__(self, site: Site, names: frozenset[str]) -> None:
        self.pages: list[SeenPage] = []
        self.scripts: dict[str, SeenScript] = {}
        self.faults: list[str] = []
        self.left_out: set[str] = set()
        self._site = site
        self._names = names
        self._waiting: deque[_Found] = deque()
        self._met: set[str] = set()
        # What texts in scripts may be relative to: the folders of the pages, and of their hosts.
        self._bases: dict[str, None] = {}

    def open_pages(self, given: Sequence[str], most: int) -> None:
        """Open pages, the given ones first; those that cannot be opened count, too."""
        waiting, met = deque(dict.fromkeys(given)), set(given)
        opened = 0
        while waiting and opened < most:
            url = waiting.popleft()
            try:
                fetched = self._site.fetch(url)
            except LeftOut:
                self.left_out.add(url)
                return
            except SiteFault as fault:
                opened += 1
                if url in given:
                    self.faults.append(str(fault))
                continue
            opened += not _is_sitemap(fetched)
            for link in self._read(url, fetched):
                if link not in met:
                    met.add(link)
                    waiting.append(link)

    def _read(self, url: str, fetched: Fetched) -> Iterator[str]:
        """Take a page's scripts; yield the pages that it links."""
        content = fetched.content
        if _is_script(fetched):
            self._wait(_Found(url, url))
        elif _is_sitemap(fetched):
            yield from pages_of_sitemap(content)
        else:
            content = as_utf8(content, fetched.headers.get("content-type", ""))
            if b"<" in content[:1000]:
                yield from self._read_page(url, fetched.address, content)

    def _read_page(self, url: str, address: str, content: bytes) -> Iterator[str]:
        page = read_page_text(content, address)
        self.pages.append(SeenPage(url, address, page.inline))
        self._bases.setdefault(urljoin(page.base, "."))
        self._bases.setdefault(origin(address) + "/")
        for script in page.scripts:
            self._wait(_Found(script, url))
        for script, _ in imports_of_script(page.inline, page.base):
            self._wait(_Found(script, url))
        yield from links_of_page(content, page.base, address)

    def follow_scripts(self) -> None:
        """Fetch all scripts that wait, and those that they load."""
        while self._waiting:
            found = self._waiting.popleft()
            try:
                fetched = self._site.fetch(found.url)
            except LeftOut:
                self.left_out.add(found.url)
            except SiteFault as fault:
                self._take_fault(found, str(fault))
            else:
                self._take(found, fetched)

    def _take(self, found: _Found, fetched: Fetched) -> None:
        if not _is_script(fetched):
            what = fetched.kind or "something that says no type"
            self._take_fault(found, f"{found.url} answers with {what} instead of a script")
            return
        self.scripts[found.url] = SeenScript(found.url, found.by, fetched)
        # When nothing is fetched any more, more names only take memory.
        if self._is_own(found.url) and not self.left_out:
            for each in self._loaded_by(found.url, fetched):
                self._wait(each)

    def _take_fault(self, found: _Found, fault: str) -> None:
        """Keep a script that cannot be fetched, if it is certain that it would be loaded."""
        if not found.guessed and not self._is_only_comment(found):
            self.scripts[found.url] = SeenScript(found.url, found.by, None, fault)

    def _is_only_comment(self, found: _Found) -> bool:
        by = self.scripts.get(found.by)
        if found.place is None or by is None or by.fetched is None:
            return False
        return is_in_comment(by.fetched.content, found.place)

    def _wait(self, found: _Found) -> None:
        """Let a script wait, unless it did; a certain one also if it was only guessed before."""
        if found.url in self.scripts or (found.guessed and found.url in self._met):
            return
        self._met.add(found.url)
        self._waiting.append(found)

    def _loaded_by(self, url: str, fetched: Fetched) -> Iterator[_Found]:
        page = next(iter(self._bases), "")
        for script, place in imports_of_script(fetched.content, fetched.address, page):
            yield _Found(script, url, place)
        addresses = [fetched.address, *self._bases]
        for script in sorted(known_in_script(fetched.content, addresses, self._names)):
            yield _Found(script, url, guessed=True)
        yield from self._told_by(url, fetched)

    def _told_by(self, url: str, fetched: Fetched) -> Iterator[_Found]:
        """Yield what the script's tables of chunks tell of the release."""
        here, address = origin(fetched.address), fetched.address
        own = self._names.intersection(candidates(address))
        seen = {name for each in self.scripts for name in candidates(each)}
        unseen = self._names - seen
        told = set(names_told(fetched.content, unseen))
        # If the site has its files elsewhere than the release, its chunks are beside the script.
        alike = {each for each in self._names if file_begin(each) == file_begin(address)}
        for name in own or {*candidates(address), *alike}:
            told.update(chunks_told(fetched.content, name.rpartition("/")[0] + "/", unseen))
        for name in sorted(told):
            places = [here + name[1:] if name.startswith(_ANY_HOST) else name]
            if not own:
                places.append(urljoin(address, "./" + name.rpartition("/")[2]))
            for script in filter(None, map(web_address, places)):
                yield _Found(script, url, guessed=True)

    def _is_own(self, url: str) -> bool:
        """Return whether a script may be the release's: of the site's hosts, or by its name."""
        hosts = {origin(base) for base in self._bases} or {origin(url)}
        return origin(url) in hosts or not self._names.isdisjoint(candidates(url))


def _is_script(fetched: Fetched) -> bool:
    if fetched.content[:200].lstrip()[:1] == b"<":
        return False  # a page for what is not there, whatever its type says
    named = is_script(urlsplit(fetched.url).path)
    return "javascript" in fetched.kind or "ecmascript" in fetched.kind or named


def _is_sitemap(fetched: Fetched) -> bool:
    return b"<loc>" in fetched.content and b"<html" not in fetched.content[:1000].lower()
