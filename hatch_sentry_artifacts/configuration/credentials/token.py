"""Reads the claims in a Sentry auth token."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.values import read_url
from hatch_sentry_artifacts.sentry.connection import Token

_ORGANIZATION_TOKEN = "sntrys_"  # noqa: S105 - a prefix, not a secret


@dataclass(frozen=True)
class Claims:
    """The claims in an org auth token; None for each that it lacks."""

    url: str | None = None
    region_url: str | None = None
    organization: str | None = None


def read_claims(token: Token) -> Claims:
    """Return the token's claims about its host and organization.

    Only `sntrys_<base64 of JSON>_<secret>` has any
    (https://docs.sentry.io/account/auth-tokens/#organization-tokens).
    """
    if not token.value.startswith(_ORGANIZATION_TOKEN):
        return Claims()
    payload = token.value[len(_ORGANIZATION_TOKEN) :].rpartition("_")[0]
    try:
        decoded = base64.b64decode(payload + "=" * (-len(payload) % 4), validate=True)
        said = json.loads(decoded)
    except (binascii.Error, ValueError, RecursionError):
        return Claims()
    if not isinstance(said, dict):
        return Claims()
    organization = said.get("org")
    return Claims(
        _url(said.get("url")),
        _url(said.get("region_url")),
        organization if isinstance(organization, str) and organization else None,
    )


def _url(value: object) -> str | None:
    try:
        return read_url(value)
    except ValueError:
        return None
