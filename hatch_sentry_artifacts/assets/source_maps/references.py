"""Follows the reference of a script to its source map."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote, urljoin, urlsplit

from hatch_sentry_artifacts.assets.names import HOST

_ANY_HOST = "http://any.invalid"
_AT_ENDS = "".join(map(chr, range(33)))
_LEFT_OUT = re.compile(r"[\t\n\r]")
_ON_DISK = re.compile(r"(?i:file):|[A-Za-z]:[/\\]")
_QUERY = re.compile(r"[?#]")
# A relative URL that means what it says, or the path of a name of a file: most are like that.
_SEGMENT = r"\.{0,2}[\w-][\w.-]*"
_PLAIN = re.compile(f"{_SEGMENT}(?:/{_SEGMENT})*", re.ASCII)
# What may not stand in a header of a release file: other white space, control characters, \.
_REFUSED = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")


def is_inline(reference: str) -> bool:
    """Return whether the reference is the map itself, as a `data:` URL."""
    return reference[:5].lower() == "data:"


def normalize_reference(reference: str) -> str:
    """Return the reference as Sentry resolves it, and as a header of a release file may say it.

    `~/`, any host's top, is `/` there. The rest is what URL parsers do: they leave white space and
    control characters at both ends out, and tabs and line ends everywhere, and read a backslash as
    a slash (https://url.spec.whatwg.org/#url-parsing). What else a server refuses is encoded.
    """
    if _PLAIN.fullmatch(reference):
        return reference
    plain = _LEFT_OUT.sub("", reference.strip(_AT_ENDS))
    path, query = plain[: len(plain)], ""
    ends = _QUERY.search(plain)
    if ends:
        path, query = plain[: ends.start()], plain[ends.start() :]
    path = path.replace("\\", "/")
    encoded = _REFUSED.sub(lambda found: quote(found[0]), path + query)
    return encoded[1:] if encoded.startswith(HOST) else encoded


def referenced_path(script: str, reference: str) -> str | None:
    """Return the path in the distribution that a relative reference of the script there means."""
    parts = _split(reference)
    if parts is None or parts[0] or parts[1].startswith("/") or not parts[1]:
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(script), unquote(parts[1])))
    return None if joined.startswith("..") else joined


def relative_references(script_name: str, reference: str) -> Iterator[str]:
    """Yield where the reference may lead from the script, as relative URLs without query.

    One that begins at the top of a host, or names it, leads where the script's own name says.
    """
    parts = _split(reference)
    if parts is None:
        return
    if not (parts[0] or parts[1].startswith("/")):
        yield parts[1]
        return
    origin, script_path = _origin(script_name)
    its_origin, path = _origin(referenced_name(script_name, reference))
    if its_origin == origin:
        yield posixpath.relpath(path, posixpath.dirname(script_path))


def _origin(name: str) -> tuple[str, str]:
    """Return what a URL name begins with, and its path, which begins with "/"."""
    if name.startswith(HOST):
        return "~", name[1:]
    scheme, _, rest = name.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path


def referenced_name(script_name: str, reference: str) -> str:
    """Return the URL name at which Sentry looks for the map, from the name of the script."""
    own = script_name.startswith(HOST) and _PLAIN.fullmatch(script_name, len(HOST))
    if own and _PLAIN.fullmatch(reference):
        return f"{script_name.rpartition('/')[0]}/{reference}"
    base = _ANY_HOST + script_name[1:] if script_name.startswith(HOST) else script_name
    try:
        parts = urlsplit(urljoin(base, normalize_reference(reference)))
    except ValueError:
        return reference
    found = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return "~" + parts.path if found.startswith(_ANY_HOST + "/") else found


def possible_names(script_name: str, reference: str) -> Iterator[str]:
    """Yield the URL names that a map may have to which the script refers.

    Names may be without a host, and a reference without a scheme is taken for either.
    """
    wanted = referenced_name(script_name, reference)
    yield wanted
    if "://" in wanted:
        if normalize_reference(reference).startswith("//"):
            yield "https:" + wanted.partition(":")[2]
        yield HOST + wanted.partition("://")[2].partition("/")[2]


def is_elsewhere(reference: str) -> bool:
    """Return whether the reference names a host, or another place outside of the distribution."""
    parts = _split(reference)
    return parts is None or parts[0]


def is_on_disk(reference: str) -> bool:
    """Return whether the reference names a file of the machine that built it, by drive or URL."""
    return _ON_DISK.match(reference) is not None


def is_absolute_path(reference: str) -> bool:
    """Return whether the reference begins at the top of the host."""
    parts = _split(reference)
    return parts is not None and not parts[0] and parts[1].startswith("/")


def file_name(reference: str) -> str | None:
    """Return the last segment of the path that the reference has; None without one."""
    parts = _split(reference)
    return (unquote(parts[1].rpartition("/")[2]) or None) if parts else None


def _split(reference: str) -> tuple[bool, str] | None:
    """Return whether `reference` has a scheme or host, and its path; None if it is no URL."""
    if _PLAIN.fullmatch(reference):
        return False, reference
    try:
        parts = urlsplit(normalize_reference(reference))
    except ValueError:
        return None
    return bool(parts.scheme or parts.netloc), parts.path


def sourcemap_header(script_name: str, reference: str | None, map_name: str | None) -> str:
    """Return the value of the `Sourcemap` header that leads Sentry from the script to its map.

    That is the script's own reference, unless it has none or it would lead to another name than the
    map has (other prefixes in `paths`, characters that names have percent-encoded). One of
    `reference` and `map_name` must be given.
    """
    own = normalize_reference(reference) if reference else ""
    if map_name is None or (own and referenced_name(script_name, own) == map_name):
        return own
    beside = map_name.rpartition("/")[2]
    if not own and referenced_name(script_name, beside) == map_name:
        return beside
    return normalize_reference(map_name)


def guesses(script_name: str) -> Iterator[str]:
    """Yield what the map of a script that names none may be called, as sentry-cli guesses it.

    For `foo.min.js` that is `foo.map`, `foo.min.js.map`, `foo.js.map` and `foo.min.map` beside it.
    """
    folder, _, file = script_name.rpartition("/")
    stem, _, ending = file.partition(".")
    yield f"{folder}/{stem}.map"
    yield f"{script_name}.map"
    if ending.startswith("min."):
        yield f"{folder}/{stem}.{ending[len('min.') :]}.map"
    if "." in ending:
        yield f"{folder}/{stem}.{ending.rpartition('.')[0]}.map"
