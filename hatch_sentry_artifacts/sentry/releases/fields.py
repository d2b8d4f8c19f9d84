"""What Sentry takes as a field of a release or deploy; each reason is half a sentence.

Seen on a Sentry 23.7.1, which answers some of them with an internal error.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from hatch_sentry_artifacts.escaping import is_encodable

_LONGEST = 200
_LONGEST_NAME = 64
_SCHEMES = {"http", "https"}
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
# Of a server's own network, too, but only with a dot.
_HOST = re.compile(rf"localhost|(?:{_LABEL}\.)+(?!\d)[^\W_][\w-]*[^\W_]\.?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*")
_NO_ENVIRONMENT = re.compile(r"[\n\r\f/]")


def url_problem(url: str) -> str:
    """Return why Sentry does not take the url of a release or deploy; "" if it does."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in _SCHEMES or any(each.isspace() for each in url) or not url.isprintable():
        return "is no http(s) URL"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or password, which everybody who sees the release would see"
    if not _ADDRESS.fullmatch(host) and ("_" in host or not _HOST.fullmatch(host)):
        return f"has the host {host!r}, and Sentry takes none without a dot but localhost"
    return _too_long(url, _LONGEST)


def ref_problem(ref: str) -> str:
    """Return why Sentry does not take the ref of a release; "" if it does."""
    return _unusable(ref, _LONGEST)


def name_problem(name: str) -> str:
    """Return why Sentry does not take the name of a deploy; "" if it does."""
    return _unusable(name, _LONGEST_NAME)


def environment_problem(environment: str) -> str:
    """Return why Sentry does not take the environment of a deploy; "" if it does."""
    if _NO_ENVIRONMENT.search(environment):
        return "holds a slash or a line break"
    return _unusable(environment, _LONGEST_NAME)


def _unusable(text: str, longest: int) -> str:
    if not text.strip():
        return "is blank"
    if "\0" in text:
        return "holds a null character"
    if not is_encodable(text):
        return "holds bytes that are no UTF-8"
    return _too_long(text.strip(), longest)


def _too_long(text: str, longest: int) -> str:
    return f"has {len(text)} characters; Sentry takes {longest}" if len(text) > longest else ""
