"""Reads the addresses of a site as browsers do, so that one file has one address."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

from hatch_sentry_artifacts.assets.names import browser_form

_TRIMMED = "".join(map(chr, range(0x21)))
_REMOVED = re.compile(r"[\t\r\n]")
# The URL Standard encodes these in a query (https://url.spec.whatwg.org/#query-percent-encode-set).
_ENCODED = re.compile(r"[^!$-&(-;=?-~]")
_LONGEST = 16 * 1024
_LOCAL_NAME = re.compile(r"(?:.*\.)?(?:localhost|local|internal)\.?", re.IGNORECASE)


def web_address(reference: str, base: str = "") -> str:
    """Return the address that `reference` means on a page at `base`, without fragment.

    "" if it is no address of the web, such as `data:` and `blob:`, or if it holds a user's name,
    with which browsers load nothing.
    """
    text = _REMOVED.sub("", reference.strip(_TRIMMED))
    if len(text) > _LONGEST:
        return ""
    path, mark, rest = text.partition("?")
    try:
        url = urljoin(base, path.replace("\\", "/") + mark + rest)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            return ""
        address = browser_form(f"{parts.scheme}://{parts.netloc}{parts.path or '/'}")
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    if not host.isascii() or not host.isprintable() or " " in host:
        return ""
    query = _ENCODED.sub(lambda found: quote(found[0], errors="replace"), parts.query)
    return f"{address}?{query}" if query else address


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def file_begin(url: str) -> str:
    """Return a file's name up to its first dot, behind which hashes stand."""
    return url.partition("?")[0].rpartition("/")[2].partition(".")[0]


def is_private(url: str) -> bool:
    """Return whether an address is plainly one of this machine or of a private network."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(_dotted(host)).is_global
    except ValueError:
        return _LOCAL_NAME.fullmatch(host) is not None


def _dotted(host: str) -> str:
    """Return an IPv4 address in full, as systems take `127.1`, `2130706433` and `0x7f000001`."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host
