"""Keeps tokens out of everything that is shown."""

from __future__ import annotations

import re

MASK = "[token hidden]"

# Org, user and integration tokens name themselves; the classic ones are 64 hexadecimal digits
# (a sha1 has 40, and is shown).
_TOKEN_SHAPES = re.compile(
    r"sntry[a-z]_[A-Za-z0-9+/=_.~-]+|(?<![0-9a-fA-F])[0-9a-f]{64}(?![0-9a-fA-F])"
)


def redact(text: str, *secrets: str) -> str:
    """Return `text` with `secrets`, and what has the shape of a Sentry token, masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _TOKEN_SHAPES.sub(MASK, text)
