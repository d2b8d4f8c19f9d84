"""Makes tokens of given scopes, to rehearse what a server refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.local_server.access import OF_ORGANIZATION

REVOKED = "revoked"
VARIABLE = "SENTRY_AUTH_TOKEN"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}\Z", re.ASCII)
# https://docs.sentry.io/api/permissions/
_SCOPES = (
    "alerts:read", "alerts:write", "event:admin", "event:read", "event:write", "member:admin",
    "member:read", "member:write", "org:admin", "org:ci", "org:integrations", "org:read",
    "org:write", "project:admin", "project:distribution", "project:read", "project:releases",
    "project:write", "team:admin", "team:read", "team:write",
)  # fmt: skip
_MADE = 1_700_000_000.0  # when the tokens say that they were made, so that they stay the same


@dataclass(frozen=True)
class RehearsalToken:
    """A token by its name, with its scopes; None for one that the server does not know."""

    name: str
    scopes: frozenset[str] | None

    @property
    def variable(self) -> str:
        """The variable of the environment that hands it out."""
        return f"{VARIABLE}_{self.name.upper().replace('-', '_')}"

    @property
    def of_organization(self) -> bool:
        """Whether it is an organization token, which is what one with org:ci alone is."""
        return self.scopes == OF_ORGANIZATION

    def __str__(self) -> str:
        if self.scopes is None:
            return "revoked, so that the server does not know it"
        if self.of_organization:
            return "an organization token, with the scope org:ci"
        return f"of the scopes {', '.join(sorted(self.scopes))}" if self.scopes else "of no scope"

    def value(self, url: str, organization: str) -> str:
        """Return the token for a server, the same each time: of no use anywhere else."""
        secret = hashlib.sha256(f"rehearsal {self.name} {self.scopes is None}".encode())
        if not self.of_organization:
            return secret.hexdigest()
        claims = {"iat": _MADE, "url": url, "region_url": url, "org": organization}
        payload = base64.b64encode(json.dumps(claims).encode()).decode()
        return f"sntrys_{payload}_{base64.b64encode(secret.digest()).decode().rstrip('=')}"


def read_token(text: str) -> RehearsalToken:
    """Return the token that `NAME=SCOPE,SCOPE` means, or `NAME=revoked`.

    Raises ConfigurationError if it is none.
    """
    name, equals, given = text.partition("=")
    if not equals or not _NAME.match(name):
        raise ConfigurationError(
            f"--token {text}: give a name and scopes, such as --token reader=org:read,project:read"
        )
    if given.strip().lower() == REVOKED:
        return RehearsalToken(name, None)
    scopes = frozenset(word for word in re.split(r"[,\s]+", given) if word)
    for scope in sorted(scopes - set(_SCOPES)):
        near = get_close_matches(scope, _SCOPES, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(_SCOPES)}"
        raise ConfigurationError(f"--token {text}: there is no scope {scope}; {meant}")
    return RehearsalToken(name, scopes)
