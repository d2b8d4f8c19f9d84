"""Finds names that are similar to those of a URL, and explains the difference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote

MOST_SHOWN = 3
_SIMILAR = 0.8
# Release files that were replaced by a token that may not delete.
_REPLACED = "replaced/"
# A hash of the content that bundlers put into a name, with the separator before it.
_CONTENT_HASH = re.compile(r"[.\-_](?=[\w-]*[0-9A-Z])[\w-]{6,64}(?=\.)")
_ORIGIN = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)|~)?(?=/|\?|\Z)")


@dataclass(frozen=True)
class NearMiss:
    """A name that does not match, and why."""

    name: str
    dist: str | None
    reason: str


@dataclass(frozen=True)
class _Parts:
    """A name or URL in parts; `host` is None where any host is meant."""

    scheme: str | None
    host: str | None
    path: str
    query: str
    known_form: bool

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


def near_misses(
    url: str, names: Sequence[tuple[str, str | None]], dist: str | None
) -> list[NearMiss]:
    """Return up to three of `names`, each given with its dist, that are most similar to `url`."""
    wanted = _parts(url)
    ranked: list[tuple[int, int, bool, str, NearMiss]] = []
    for name, of in names:
        if name.startswith(_REPLACED):
            continue
        parts = _parts(name)
        for rank, reason in enumerate(_reasons(wanted, parts)):
            if reason:
                near = NearMiss(name, of, reason)
                shared = -_shared_end(wanted.path, parts.path)
                ranked.append((rank, shared, of != dist, name, near))
                break
    if not ranked:
        return _similar(wanted, names)
    return [each[-1] for each in sorted(ranked, key=lambda each: each[:-1])[:MOST_SHOWN]]


def _reasons(wanted: _Parts, found: _Parts) -> Iterator[str | None]:
    """Return the likely reasons, the most likely first; None for each that does not apply."""
    same = wanted.path == found.path
    yield _query(wanted, found) if same and _host_matches(wanted, found) else None
    yield (
        "a name has to begin with ~/, or with scheme and host, to match any URL"
        if same and not found.known_form
        else None
    )
    yield _origin(wanted, found) if same else None
    yield (
        "its characters are percent-encoded in another way than in the URL, and names are "
        "compared as they are written"
        if unquote(wanted.path) == unquote(found.path)
        else None
    )
    yield (
        "it differs in upper and lower case"
        if unquote(wanted.path).lower() == unquote(found.path).lower()
        else None
    )
    yield _folders(wanted.path, found.path)
    yield _content_hash(wanted, found)
    yield (
        f"a file of that name in another folder, {found.folder or '/'} instead of "
        f"{wanted.folder or '/'}: `paths` sets the prefix of a folder"
        if wanted.file and wanted.file == found.file
        else None
    )


def _query(wanted: _Parts, found: _Parts) -> str | None:
    if not found.query:
        return None
    return (
        f"its name ends with the query ?{found.query}, where the URL has "
        f"{'?' + wanted.query if wanted.query else 'none'}"
    )


def _host_matches(wanted: _Parts, found: _Parts) -> bool:
    return found.known_form and (
        found.host is None or (found.scheme, found.host) == (wanted.scheme, wanted.host)
    )


def _origin(wanted: _Parts, found: _Parts) -> str | None:
    if found.host is None or _host_matches(wanted, found):
        return None
    what = (
        f"it is for the host {found.host}, not {wanted.host}"
        if found.host != wanted.host
        else f"it is for {found.scheme}, not {wanted.scheme}"
    )
    return f"{what}: a name that begins with ~/ holds for any"


def _folders(wanted: str, found: str) -> str | None:
    if wanted.endswith(found):
        return (
            f"it lacks {wanted[: -len(found)]}, with which the URL begins: `paths` gives a folder "
            "the prefix under which it is served"
        )
    if found.endswith(wanted) and wanted.count("/") > 0:
        return (
            f"it begins with {found[: -len(wanted)]}, which the URL lacks: `paths` gives a folder "
            "the prefix under which it is served"
        )
    return None


def _content_hash(wanted: _Parts, found: _Parts) -> str | None:
    plain = _CONTENT_HASH.sub("", wanted.file)
    if plain != _CONTENT_HASH.sub("", found.file) or wanted.file == found.file:
        return None
    if found.file == plain:
        return (
            "the URL has a hash of the content in the file's name, and this has none: was the "
            "file renamed after the build?"
        )
    return "the hash in its name differs: it is the file of another build, so of another release"


def _similar(wanted: _Parts, names: Sequence[tuple[str, str | None]]) -> list[NearMiss]:
    """Return names that may be misspelt, if there is no better reason."""
    dists = dict(names)
    is_map = wanted.file.endswith(".map")
    files = {
        _CONTENT_HASH.sub("", _parts(name).file): name
        for name in dists
        if name.endswith(".map") == is_map and not name.startswith(_REPLACED)
    }
    close = get_close_matches(
        _CONTENT_HASH.sub("", wanted.file), files, n=MOST_SHOWN, cutoff=_SIMILAR
    )
    return [
        NearMiss(files[file], dists[files[file]], "the file's name is similar, no more")
        for file in close
    ]


def _shared_end(one: str, other: str) -> int:
    """Return how many segments the paths share at their ends."""
    shared = 0
    for left, right in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if left != right:
            break
        shared += 1
    return shared


def _parts(name: str) -> _Parts:
    whole, _, query = name.partition("#")[0].partition("?")
    origin = _ORIGIN.match(whole)
    known = origin is not None and origin[0] != ""
    scheme, host = (origin[1], origin[2]) if origin else (None, None)
    path = whole[origin.end() :] if origin else whole
    return _Parts(scheme, host, "/" + path.lstrip("/"), query, known)
