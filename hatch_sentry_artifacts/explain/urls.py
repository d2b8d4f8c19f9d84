"""Returns the names under which Sentry searches a URL, and the URL of a script's map."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from hatch_sentry_artifacts.assets.names import HOST

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def candidates(url: str) -> tuple[str, ...]:
    """Return the names that Sentry looks for, in its order; two, or four if the URL has a query.

    As its own `ReleaseFile.normalize` does, which has no public description: the fragment is
    dropped, names are compared as they are, and `~` stands for any scheme and host.
    """
    whole, _, query = url.partition("#")[0].partition("?")
    path = _SCHEME.sub("", whole).partition("/")
    any_host = "~" + path[1] + path[2]
    with_query = [f"{whole}?{query}", whole, f"{any_host}?{query}", any_host]
    # Each once: where no host is known, the URL is the name for any host.
    return tuple(dict.fromkeys(with_query if query else (whole, any_host)))


def stem(url: str) -> str:
    """Return the text that Sentry searches in its index of artifact bundles.

    That is the path up to the file's first dot, in lower case, since the index ignores case.
    """
    folder, slash, file = candidates(url)[-1][1:].rpartition("/")
    return (folder + slash + file.partition(".")[0]).lower()


def map_url(script_url: str, reference: str) -> str:
    """Return the URL that a script's reference to its map means, for schemes of any kind.

    `~/` is the top of the script's host.
    """
    if _SCHEME.match(reference):
        return reference
    wanted = reference[1:] if reference.startswith(HOST) else reference
    scheme = _SCHEME.match(script_url)
    if scheme is None and not script_url.startswith(HOST):
        return urljoin(script_url, wanted)
    # urljoin leaves URLs of schemes that it does not know as they are.
    start = scheme[0] if scheme else ""
    joined = urljoin("http://" + script_url[len(start) :], wanted)
    return start + joined.partition("://")[2]
