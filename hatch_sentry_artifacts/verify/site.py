"""Fetches pages and scripts of a running site: as a visitor, within bounds, never with a token."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag

from hatch_sentry_artifacts import __version__
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError
from hatch_sentry_artifacts.sentry.http.attempt import Attempt
from hatch_sentry_artifacts.sentry.http.faults import Fault
from hatch_sentry_artifacts.sentry.http.network import Network
from hatch_sentry_artifacts.sentry.http.reading import UnusableBody
from hatch_sentry_artifacts.sentry.http.response import Received
from hatch_sentry_artifacts.verify.addresses import is_private, origin, web_address

_MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": f"hatch-sentry-artifacts/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}


class SiteFault(SentryArtifactsError):
    """A page or script of the site that cannot be fetched."""


class LeftOut(SiteFault):
    """What was not fetched, since the bounds did not allow it."""


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
    headers: Mapping[str, str]
    content: bytes

    @property
    def kind(self) -> str:
        """The media type, in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Site:
    """Fetches each URL once. `headers` go to the origins of `given` URLs alone, such as a cookie.

    Nor does a public site lead to hosts of this machine or of a private network.
    """

    def __init__(self, given: list[str], headers: Mapping[str, str], bounds: Bounds) -> None:
        self._own = {origin(url) for url in given}
        self._may_be_private = any(map(is_private, given))
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
        out_of_time = time.monotonic() >= self._ends
        if len(self._known) >= self._bounds.files or out_of_time or self._bytes_left <= 0:
            return LeftOut(f"{url} was not fetched: the limit of files, bytes or time is reached")
        try:
            return self._followed(url)
        except SiteFault as fault:
            return fault

    def _followed(self, url: str) -> Fetched:
        address = url
        for _ in range(_MOST_REDIRECTS + 1):
            received = self._once(address)
            headers = {name.lower(): value for name, value in received.headers.items()}
            if received.status not in _REDIRECTS:
                if received.status != 200:
                    raise SiteFault(f"{url} answers {received.status}, not 200")
                return Fetched(url, address, headers, received.body)
            location = headers.get("location", "")
            address = web_address(location, address) if location else ""
            if not address:
                raise SiteFault(f"{url} redirects to {location or 'nowhere'}, which is no web page")
        raise SiteFault(f"{url} redirects more than {_MOST_REDIRECTS} times")

    def _once(self, address: str) -> Received:
        if is_private(address) and not self._may_be_private:
            raise SiteFault(f"{address} is in a private network, to which a public site leads")
        where = origin(address)
        sent = {**_HEADERS, **(self._headers if where in self._own else {})}
        most = min(self._bounds.file_bytes, self._bytes_left)
        attempt = Attempt.begin(self._bounds.silence, 0, latest=self._ends)
        try:
            network = self._network(where)
            answer = network.send("GET", address, sent, None, most=most, attempt=attempt)
        except (UnusableBody, ConfigurationError) as error:
            raise SiteFault(f"{address} cannot be read: {error}") from None
        if isinstance(answer, Fault):
            raise SiteFault(f"{address}: {answer.text}")
        self._bytes_left -= len(answer.body)
        return answer

    def _network(self, where: str) -> Network:
        if where not in self._networks:
            self._networks[where] = Network(where, connections=1)
        return self._networks[where]
