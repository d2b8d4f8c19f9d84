"""Spells paths and prefixes as browsers do, and reads the keys and prefixes of `paths`."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote, unquote, urlsplit

from hatch_sentry_artifacts.errors import NamesError

HOST = "~/"

# What the URL Standard leaves as it is in a path (https://url.spec.whatwg.org/#path-percent-encode-set),
# except "%", "?", "#" and "\", which have to be encoded wherever a file with such a name is linked.
_KEPT = "!$&'()*+,-./:;=@[]_|~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DATA_FOLDER = re.compile(r"[^/]+\.data(?=/|$)")


def browser_form(name: str) -> str:
    """Return `name` as browsers write it; if that differs, no browser reports `name`.

    Browsers write schemes and hosts in lower case, leave out default ports, resolve dot segments
    and percent-encode what the URL Standard says.
    """
    if name.startswith(HOST):
        return HOST + _normal_path("/" + name[len(HOST) :])[1:]
    parts = urlsplit(name)
    host = _ascii_host((parts.hostname or "").lower())
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{_normal_path(parts.path)}"


def read_folder(value: str) -> str:
    """Return a key of `paths` without final slash, "" for the whole. Raises ValueError if wrong."""
    if "\\" in value:
        raise ValueError('must be written with "/" between its folders')
    if value.startswith("/") or value == "" or _CONTROL.search(value):
        raise ValueError('must be a path in the distribution, such as "shop/static"')
    segments = [segment for segment in value.split("/") if segment not in {"", "."}]
    if ".." in segments:
        raise ValueError('must not hold ".."')
    return "/".join(segments)


def read_prefix(value: object) -> str:
    """Return a URL prefix, `~/…` or `http(s)://host…`. Raises ValueError if it is none."""
    if not isinstance(value, str):
        raise ValueError(f"must be a URL prefix such as ~/static, not {value!r}")
    if any(character in value for character in " \t\n\\?#") or _CONTROL.search(value):
        raise ValueError(f"has a prefix with a space, control character, \\, ? or #: {value!r}")
    try:
        parts = urlsplit(value)
        has_host = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not (value.startswith(HOST) or has_host):
        raise ValueError(f"has a prefix that starts neither with ~/ nor with http(s)://: {value!r}")
    return quote(value, safe=_KEPT + "%")


def unspelled(name: str) -> str:
    """Return the name without any percent-encoding: the same for all spellings of one file."""
    return unquote(name)


def installed(path: str) -> str:
    """Return where in an installed distribution the file is, `*.data/SCHEME/…` outside of it."""
    data = _DATA_FOLDER.match(path)
    if data is None:
        return path
    scheme, _, rest = path[data.end() + 1 :].partition("/")
    return rest if scheme in {"purelib", "platlib"} else f"*.data/{scheme}/{rest}"


def check_path(path: str) -> None:
    """Raise NamesError if the path holds control characters or is no valid Unicode."""
    if _CONTROL.search(path):
        raise NamesError(
            f"{path!r} holds a control character, which no release file's name may: "
            "rename the file, or leave it out with `exclude`"
        )
    try:
        path.encode()
    except UnicodeEncodeError:
        raise NamesError(
            f"{path!r} is not valid UTF-8: rename the file, or leave it out with `exclude`"
        ) from None


def strip_first_folder(path: str) -> str:
    """Return the path without its first folder; of a data folder, as installers put it."""
    data = _DATA_FOLDER.match(path)
    if data is None:
        return path.partition("/")[2] or path
    scheme, _, rest = path[data.end() + 1 :].partition("/")
    if scheme in {"purelib", "platlib"}:
        return rest.partition("/")[2] or rest
    return rest or scheme


def encode(path: str, also: str = "") -> str:
    """Return `path` percent-encoded as browsers leave it, and with the characters of `also`."""
    return quote(path, safe=_kept(also))


@cache
def _kept(also: str) -> str:
    return "".join(each for each in _KEPT if each not in also)


def _normal_path(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        last = position == len(segments) - 1
        if plain == "..":
            kept = kept[:-1]
        elif plain != ".":
            kept.append(segment)
            continue
        if last:
            kept.append("")
    return "/" + quote("/".join(kept), safe=_KEPT + "%")


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
