"""The connection to a server, and the hosts to which its token may be sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

# A name, or an IPv6 address.
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")


@dataclass(frozen=True)
class Token:
    """The secret, and a description of where it was found.

    `issuer` is the url of the server that made it, if the token contains that.
    """

    value: str = field(repr=False)
    source: str
    issuer: str | None = None

    def __str__(self) -> str:
        return f"the token from {self.source}"


@dataclass(frozen=True)
class Connection:
    """Everything that is needed to talk to a server. The token is never shown."""

    url: str
    organization: str
    projects: tuple[str, ...]
    token: Token = field(repr=False)

    def __str__(self) -> str:
        return f"{self.organization}/{','.join(self.projects)} at {self.url}"

    def page_of(self, release: str) -> str:
        """Return the address of the release's page, which Sentry has for people."""
        # The hosts of its regions have no pages.
        base = "https://sentry.io" if same_site(self.url, "https://sentry.io") else self.url
        organization, version = quote(self.organization, safe=""), quote(release, safe="")
        return f"{base}/organizations/{organization}/releases/{version}/"


def same_site(one: str, other: str) -> bool:
    """Return whether a token for one URL may go to the other: same origin, or both are sentry.io's.

    Never if a host has characters such as a backslash: parsers disagree about such hosts.
    """
    try:
        origins = [_origin(one), _origin(other)]
    except ValueError:  # one of them is no URL
        return False
    if not all(_HOST.fullmatch(host) for _, host, _ in origins):
        return False
    if origins[0] == origins[1]:
        return True
    return all(
        scheme == "https" and port == 443 and (host == "sentry.io" or host.endswith(".sentry.io"))
        for scheme, host, port in origins
    )


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        (parts.hostname or "").lower(),
        parts.port or (443 if parts.scheme == "https" else 80),
    )
