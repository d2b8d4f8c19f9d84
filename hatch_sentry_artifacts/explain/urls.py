"""Says under which names Sentry looks for a URL, and where a script's map is."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from hatch_sentry_artifacts.assets.names import HOST

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def candidates(url: str) -> tuple[str, ...]:
    """The names that Sentry looks for, in its order; two, or four if the URL has a query.

    As its own `ReleaseFile.normalize` does, which has no public description: the fragment is
    dropped, names are compared as they are, and `~` stands for any scheme and host.
    """
    whole, _, query = url.partition("#")[0].partition("?")
    path = _SCHEME.sub("", whole).partition("/")
    any_host = "~" + path[1] + path[2]
    if not query:
        return whole, any_host
    return f"{whole}?{query}", whole, f"{any_host}?{query}", any_host


def stem(url: str) -> str:
    """What Sentry asks its index of artifact bundles for: the path up to the file's first dot.

    In lower case, since the index does not tell cases apart.
    """
    folder, slash, file = candidates(url)[-1][1:].rpartition("/")
    return (folder + slash + file.partition(".")[0]).lower()


def map_url(script_url: str, reference: str) -> str:
    """The URL that a script's reference to its map means, for schemes of any kind.

    `~/` is the top of the script's host.
    """
    if _SCHEME.match(reference):
        return reference
    wanted = reference[1:] if reference.startswith(HOST) else reference
    scheme = _SCHEME.match(script_url)
    if scheme is None:
        return urljoin(script_url, wanted)
    # urljoin leaves URLs of schemes that it does not know as they are.
    joined = urljoin("http://" + script_url[scheme.end() :], wanted)
    return scheme[0] + joined.partition("://")[2]
