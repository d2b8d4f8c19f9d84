"""Turns the path of a file in a distribution into the URL name that browsers report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from hatch_sentry_artifacts.errors import NamesError

HOST = "~/"

# What the URL Standard leaves as it is in a path (https://url.spec.whatwg.org/#path-percent-encode-set),
# except "%", "?", "#" and "\", which have to be encoded wherever a file with such a name is linked.
_KEPT = "!$&'()*+,-./:;=@[]_|~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DATA_FOLDER = re.compile(r"[^/]+\.data(?=/|$)")
ANY_DATA_FOLDER = "*.data"


def url_name(path: str, paths: Mapping[str, str] | None = None) -> str | None:
    """Return the `~/…` or `http(s)://…` name of the file at `path`; None if `paths` lacks it.

    `path` is relative to the distribution, with "/" between its segments. Files of a
    wheel's data folder are named by where installers put them: `purelib` and `platlib` are the top
    of the wheel, the rest of `NAME-VERSION.data/SCHEME/` is left out. Without `paths`, the first
    folder is left out too.
    Raises NamesError if the path holds control characters or is no valid Unicode.
    """
    _check(path)
    if paths is None:
        return HOST + _encode(_strip_first_folder(path))
    key = _longest_key(path, paths)
    if key is None:
        return None
    prefix, rest = paths[key], path if key == "" else _unversioned(path, key)[len(key) :]
    rest = rest.lstrip("/")
    if rest:
        return prefix.rstrip("/") + "/" + _encode(rest)
    return prefix + _encode(path.rpartition("/")[2]) if prefix.endswith("/") else prefix


def url_names(found: Iterable[str], paths: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the name of each path that has one. Raises NamesError where two paths share a name."""
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    clashes: list[str] = []
    for path in found:
        name = url_name(path, paths)
        if name is None:
            continue
        other = owners.setdefault(name, path)
        if other != path:
            clashes.append(f"{path} and {other} would both be {name}")
        names[path] = name
    if clashes:
        raise NamesError(
            "two files for one name, so nothing was uploaded:",
            *(f"  {clash}" for clash in clashes),
            "give their folders different prefixes in `paths`, or leave one out with `exclude`",
        )
    return names


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


def _check(path: str) -> None:
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


def _strip_first_folder(path: str) -> str:
    data = _DATA_FOLDER.match(path)
    if data is None:
        return path.partition("/")[2] or path
    scheme, _, rest = path[data.end() + 1 :].partition("/")
    if scheme in {"purelib", "platlib"}:
        return rest.partition("/")[2] or rest
    return rest or scheme


def _longest_key(path: str, paths: Mapping[str, str]) -> str | None:
    return max((key for key in paths if is_below(path, key)), key=len, default=None)


def is_below(path: str, key: str) -> bool:
    """Return whether a key of `paths` holds the file at `path`."""
    return key == "" or (_unversioned(path, key) + "/").startswith(key + "/")


def _unversioned(path: str, key: str) -> str:
    """Return `path` with its versioned data folder written as in the key: `*.data`."""
    if key == ANY_DATA_FOLDER or key.startswith(ANY_DATA_FOLDER + "/"):
        return _DATA_FOLDER.sub(ANY_DATA_FOLDER, path, count=1)
    return path


def _encode(path: str) -> str:
    return quote(path, safe=_KEPT)


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
