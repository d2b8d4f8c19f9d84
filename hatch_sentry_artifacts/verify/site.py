"""Fetches pages and scripts of a running site: as a visitor, within bounds, never with a token."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.sentry.http.attempt import Attempt
from hatch_sentry_artifacts.sentry.http.faults import Fault
from hatch_sentry_artifacts.sentry.http.network import Network

_MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": f"hatch-sentry-artifacts/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}


class SiteFault(SentryArtifactsError):
    """A page or script of the site that cannot be fetched."""


@dataclass(frozen=True)
class Bounds:
    """How much of a site is fetched: files, bytes of one and of all, seconds of one and of all."""

    files: int = 500
    file_bytes: int = 64 * 1024 * 1024
    all_bytes: int = 512 * 1024 * 1024
    silence: float = 15.0
    seconds: float = 300.0


@dataclass(frozen=True)
class Fetched:
    """What a URL answers; `address` is that of the last redirect, `headers` in lower case."""

    url: str
    address: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def kind(self) -> str:
        """The media type, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Site:
    """Fetches each URL once. `headers` go to the origins of `given` URLs alone, such as a cookie.

    `left_out` counts the URLs that the bounds did not allow.
    """

    def __init__(self, given: list[str], headers: Mapping[str, str], bounds: Bounds) -> None:
        self.left_out = 0
        self._own = {origin(url) for url in given}
        self._headers = headers
        self._bounds = bounds
        self._ends = time.monotonic() + bounds.seconds
        self._bytes_left = bounds.all_bytes
        self._networks: dict[str, Network] = {}
        self._known: dict[str, Fetched | SiteFault] = {}

    def close(self) -> None:
        """Close all connections."""
        for network in self._networks.values():
            network.close()

    def fetch(self, url: str) -> Fetched:
        """Return what the URL answers. Raises SiteFault for anything but status 200."""
        url = urldefrag(url).url
        if url not in self._known:
            self._known[url] = self._first(url)
        known = self._known[url]
        if isinstance(known, SiteFault):
            raise known
        return known

    def _first(self, url: str) -> Fetched | SiteFault:
        if len(self._known) >= self._bounds.files or time.monotonic() >= self._ends:
            self.left_out += 1
            return SiteFault(f"{url} was not fetched: these were files enough, or time")
        try:
            return self._followed(url)
        except SiteFault as fault:
            return fault

    def _followed(self, url: str) -> Fetched:
        address = url
        for _ in range(_MOST_REDIRECTS):
            answer = self._once(address)
            if answer.status not in _REDIRECTS:
                if answer.status != 200:
                    raise SiteFault(f"{url} answers {answer.status}, not 200")
                return Fetched(url, address, answer.status, answer.headers, answer.content)
            address = urljoin(address, answer.headers.get("location", ""))
            if urlsplit(address).scheme not in {"http", "https"}:
                raise SiteFault(f"{url} leads to {address}, which is no address of the web")
        raise SiteFault(f"{url} leads from one address to another, {_MOST_REDIRECTS} times")

    def _once(self, address: str) -> Fetched:
        where = origin(address)
        if not urlsplit(address).hostname:
            raise SiteFault(f"{address} is no address of a site")
        if where not in self._networks:
            self._networks[where] = Network(where, connections=1)
        sent = {**_HEADERS, **(self._headers if where in self._own else {})}
        most = min(self._bounds.file_bytes, self._bytes_left)
        attempt = Attempt.begin(self._bounds.silence, 0)
        answer = self._networks[where].send("GET", address, sent, None, most=most, attempt=attempt)
        if isinstance(answer, Fault):
            raise SiteFault(f"{address}: {answer.text}")
        self._bytes_left -= len(answer.body)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Fetched(address, address, answer.status, headers, answer.body)


def origin(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
