"""Keeps tokens out of everything that is shown."""

from __future__ import annotations

import re

MASK = "[token hidden]"

# Org, user and integration tokens name themselves; the classic ones are 64 hexadecimal digits
# (a sha1 has 40, and is shown).
_TOKEN_SHAPES = re.compile(
    r"sntry[a-z]_[A-Za-z0-9+/=_.~-]+|(?<![0-9a-fA-F])[0-9a-f]{64}(?![0-9a-fA-F])"
)
# A user name and a password before the host of a URL.
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")
_LAST_WORD = re.compile(r"\S+\Z")


def redact(text: str, *secrets: str) -> str:
    """Return `text` with `secrets`, and what looks like a Sentry token or a password, masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _CREDENTIALS.sub("[hidden]@", _TOKEN_SHAPES.sub(MASK, text))


def cut(text: str, most: int) -> str:
    """Return about the first `most` characters of a text that is not redacted yet.

    It ends with a whole word, since a part of a token is not recognized.
    """
    return text if len(text) <= most else _LAST_WORD.sub("", text[:most]) + "…"
