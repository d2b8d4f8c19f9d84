"""Explores a site: its pages, and the scripts that they load, directly or by way of others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.explain.urls import candidates
from hatch_sentry_artifacts.verify.scripts import (
    imports_of_script,
    inline_scripts,
    known_in_script,
    links_of_page,
    names_told,
    pages_of_sitemap,
    scripts_of_page,
)
from hatch_sentry_artifacts.verify.site import Fetched, Site, SiteFault, origin

_ANY_HOST = "~/"


@dataclass(frozen=True)
class SeenPage:
    """A page that was opened, and the text of the scripts within it."""

    url: str
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
    """What was seen of a site; `faults` are of pages that cannot be opened."""

    pages: Sequence[SeenPage]
    scripts: Sequence[SeenScript]
    faults: Sequence[str]
    left_out: int = 0


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
    return Exploration(walk.pages, list(walk.scripts.values()), walk.faults, site.left_out)


class _Walk:
    def __init__(self, site: Site, names: frozenset[str]) -> None:
        self.pages: list[SeenPage] = []
        self.scripts: dict[str, SeenScript] = {}
        self.faults: list[str] = []
        self._site = site
        self._names = names
        self._waiting: deque[tuple[str, str]] = deque()
        self._bases: dict[str, None] = {}

    def open_pages(self, given: Sequence[str], most: int) -> None:
        waiting, met = deque(given), set(given)
        while waiting and len(self.pages) + len(self.faults) < most:
            url = waiting.popleft()
            try:
                fetched = self._site.fetch(url)
            except SiteFault as fault:
                if url in given:
                    self.faults.append(str(fault))
                continue
            for link in self._read(url, fetched):
                if link not in met:
                    met.add(link)
                    waiting.append(link)

    def _read(self, url: str, fetched: Fetched) -> Iterator[str]:
        """Take a page's scripts; yield the pages that it links."""
        if _is_script(fetched):
            self._waiting.append((url, url))
        elif b"<loc>" in fetched.content and b"<html" not in fetched.content[:1000].lower():
            yield from pages_of_sitemap(fetched.content)
        elif b"<" in fetched.content[:1000]:
            self.pages.append(SeenPage(url, inline_scripts(fetched.content)))
            self._bases.setdefault(fetched.address)
            self._bases.setdefault(origin(fetched.address) + "/")
            for script in scripts_of_page(fetched.content, fetched.address):
                self._waiting.append((script, url))
            inside = imports_of_script(self.pages[-1].inline, fetched.address)
            self._waiting += [(script, url) for script in inside]
            yield from links_of_page(fetched.content, fetched.address)

    def follow_scripts(self) -> None:
        """Fetch all scripts that wait, and those that they load."""
        while self._waiting:
            url, by = self._waiting.popleft()
            if url in self.scripts:
                continue
            self.scripts[url] = seen = self._fetch(url, by)
            if seen.fetched is not None and self._is_own(url):
                self._waiting += [(each, url) for each in self._loaded_by(seen.fetched)]

    def _fetch(self, url: str, by: str) -> SeenScript:
        try:
            fetched = self._site.fetch(url)
        except SiteFault as fault:
            return SeenScript(url, by, None, str(fault))
        if not _is_script(fetched):
            what = fetched.kind or "something that says no type"
            return SeenScript(url, by, None, f"{url} answers with {what} instead of a script")
        return SeenScript(url, by, fetched)

    def _loaded_by(self, fetched: Fetched) -> Iterator[str]:
        yield from imports_of_script(fetched.content, fetched.address)
        addresses = [fetched.address, *self._bases]
        yield from sorted(known_in_script(fetched.content, addresses, self._names))
        here = origin(fetched.address)
        seen = {name for url in self.scripts for name in candidates(url)}
        for name in sorted(names_told(fetched.content, self._names - seen)):
            yield here + name[1:] if name.startswith(_ANY_HOST) else name

    def _is_own(self, url: str) -> bool:
        """Return whether a script may be the release's: of the site's hosts, or by its name."""
        hosts = {urlsplit(base).netloc for base in self._bases} or {urlsplit(url).netloc}
        return urlsplit(url).netloc in hosts or not self._names.isdisjoint(candidates(url))


def _is_script(fetched: Fetched) -> bool:
    if fetched.content[:200].lstrip()[:1] == b"<":
        return False  # a page for what is not there, whatever its type says
    named = is_script(urlsplit(fetched.url).path)
    return "javascript" in fetched.kind or "ecmascript" in fetched.kind or named
