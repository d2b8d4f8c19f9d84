"""Finds the source map that a script refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from urllib.parse import unquote, urljoin, urlsplit

from hatch_sentry_artifacts.assets.names import HOST
from hatch_sentry_artifacts.assets.scripts.line_comments import LINE_END, line_comments

# A reference stands near the end of nearly all scripts; the others are read again as a whole.
TAIL_BYTES = 64 * 1024

_NAME = b"sourceMappingURL="
_COMMENT_BEGINS = re.compile(rb"//[#@]\s*\Z")
_REFERENCE = re.compile(rb"//[#@]\s*sourceMappingURL=")
_INDENTED = re.compile(rb"(?:\A|[\r\n]|\xe2\x80[\xa8\xa9])[ \t\v\f]*\Z")
# Without one of these behind it, text can be in no string, template or block comment.
_ENDS_OF_LITERALS = (b"'", b'"', b"`", b"*/")
_MOST_SPACE = 64
_ANY_HOST = "http://any.invalid"


class ReferenceFinder:
    """Reads a script block by block, holding only its end."""

    def __init__(self) -> None:
        self._tail = b""
        self._size = 0
        self._seen = False

    def feed(self, block: bytes) -> None:
        """Take the next block of the script."""
        overlap = self._tail[-_MOST_SPACE - len(_NAME) :]
        self._seen = (
            self._seen or _marked(block) or _marked(overlap + block[: _MOST_SPACE + len(_NAME)])
        )
        self._size += len(block)
        if len(block) >= TAIL_BYTES:
            self._tail = block[-TAIL_BYTES:]
        else:
            self._tail = (self._tail + block)[-TAIL_BYTES:]

    @property
    def tail(self) -> bytes:
        """The end of the script, up to TAIL_BYTES."""
        return self._tail

    def reference(self, whole: Callable[[], bytes] | None = None) -> str | None:
        """What the script's last `//# sourceMappingURL=` or `//@` comment says; None without one.

        The last such comment counts wherever it stands: so take it V8 (`Script.sourceMapURL` in
        Node.js) and Sentry (`discover_sourcemaps_location` of its library symbolic, where no header
        is set). ECMA-426 would have no code behind it, which drops the maps of scripts that were
        joined, or wrapped in a function, after they were built.

        Text in a string, template, regular expression or block comment is no comment. If the end
        of the script leaves that open, `whole` is asked for all of it; without `whole` the end
        has to do.
        """
        if not self._seen:
            return None
        complete = self._size == len(self._tail)
        found = _at_end(self._tail, complete=complete)
        if found is None:
            found = find_last(self._tail if complete or whole is None else whole())
        return found or None


def find_last(script: bytes) -> str | None:
    """The reference of the whole `script`, read from its beginning; None without one."""
    last = next(_marks(script), -1)
    found = None
    for start, end in line_comments(script):
        if start > last:
            break
        comment = _REFERENCE.match(script, start, end)
        if comment:
            found = _value(script[comment.end() : end])
    return found or None


def without_references(script: bytes) -> bytes:
    """`script` without its `sourceMappingURL` comments, every line in its place.

    A wheel without maps must not refer to them: Django's `collectstatic` with
    ManifestStaticFilesStorage stops at a reference to a file that is not there, and developer tools
    complain of it. Sentry has the header `Sourcemap` instead.
    """
    marks = list(_marks(script))
    if not marks:
        return script
    tail = script[-TAIL_BYTES:]
    if len(marks) == 1 and _at_end(tail, complete=len(tail) == len(script)) is not None:
        end = LINE_END.search(script, marks[0])
        return script[: marks[0]] + (script[end.start() :] if end else b"")
    kept: list[bytes] = []
    done = 0
    for start, stop in line_comments(script):
        if _REFERENCE.match(script, start, stop):
            kept.append(script[done:start])
            done = stop
    return b"".join([*kept, script[done:]])


def _at_end(tail: bytes, *, complete: bool) -> str | None:
    """The reference of a script that ends in `tail`: "" for none, None if that is left open.

    It is sure where the comment is all of its line, and nothing behind it can end a literal.
    """
    start = next(_marks(tail), -1)
    if start < 0 or any(quote in tail[start:] for quote in _ENDS_OF_LITERALS):
        return None
    indented = _INDENTED.search(tail, max(0, start - _MOST_SPACE), start)
    if indented is None or (indented.start() == 0 and not complete):
        return None
    end = LINE_END.search(tail, start)
    line = tail[start : end.start() if end else len(tail)]
    comment = _REFERENCE.match(line)
    # A regular expression would need a bracket to hold "//".
    return None if comment is None or b"]" in line else _value(line[comment.end() :])


def _value(text: bytes) -> str:
    """What a comment refers to; one with white space in it is as none for browsers."""
    words = text.decode("utf-8", "replace").split()
    return words[0] if len(words) == 1 else ""


def _marked(text: bytes) -> bool:
    return next(_marks(text), -1) >= 0


def _marks(text: bytes) -> Iterator[int]:
    """Where in `text` such a comment could begin, the last first."""
    at = len(text)
    while (at := text.rfind(_NAME, 0, at)) >= 0:
        begins = _COMMENT_BEGINS.search(text, max(0, at - _MOST_SPACE), at)
        if begins:
            yield begins.start()


def is_inline(reference: str) -> bool:
    """Whether the reference is the map itself, as a `data:` URL."""
    return reference[:5].lower() == "data:"


def referenced_path(script: str, reference: str) -> str | None:
    """The path in the distribution that a relative reference of the script at that path means."""
    parts = _split(reference)
    if parts is None or parts[0] or parts[1].startswith(("/", HOST)):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(script), unquote(parts[1])))
    return None if joined.startswith("..") else joined


def relative_references(script_name: str, reference: str) -> Iterator[str]:
    """Where the reference may lead from the script, as relative URLs without query.

    One that begins at the top of a host, or names it, leads where the script's own name says.
    """
    parts = _split(reference)
    if parts is None:
        return
    if not (parts[0] or parts[1].startswith(("/", HOST))):
        yield parts[1]
        return
    origin, script_path = _origin(script_name)
    its_origin, path = _origin(referenced_name(script_name, reference))
    if its_origin == origin:
        yield posixpath.relpath(path, posixpath.dirname(script_path))


def _origin(name: str) -> tuple[str, str]:
    """What a URL name begins with, and its path, which begins with "/"."""
    if name.startswith(HOST):
        return "~", name[1:]
    scheme, _, rest = name.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path


def referenced_name(script_name: str, reference: str) -> str:
    """The URL name at which Sentry looks for the map, from the name of the script."""
    base = _ANY_HOST + script_name[1:] if script_name.startswith(HOST) else script_name
    try:
        parts = urlsplit(urljoin(base, as_url(reference)))
    except ValueError:
        return reference
    found = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return "~" + parts.path if found.startswith(_ANY_HOST + "/") else found


def as_url(reference: str) -> str:
    """The reference as Sentry resolves it: `~/`, any host's top, is `/` there."""
    return reference[1:] if reference.startswith(HOST) else reference


def is_elsewhere(reference: str) -> bool:
    """Whether the reference names a host, or another place that is no file of the distribution."""
    parts = _split(reference)
    return parts is None or parts[0]


def _split(reference: str) -> tuple[bool, str] | None:
    """Whether `reference` has a scheme or host, and its path; None if it is no URL."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return None
    return bool(parts.scheme or parts.netloc), parts.path


def find_map(
    script: str,
    script_name: str,
    reference: str,
    names: Mapping[str, str],
    paths: Mapping[str, str],
) -> str | None:
    """The path of the map that the reference means, or None if it is not there.

    `names` gives the name of each path, `paths` the path of each name.
    """
    path = referenced_path(script, reference)
    if path is not None and path in names:
        return path
    wanted = referenced_name(script_name, reference)
    candidates = [wanted]
    if "://" in wanted:
        if reference.startswith("//"):
            candidates.append("https:" + wanted.partition(":")[2])
        candidates.append(HOST + wanted.partition("://")[2].partition("/")[2])
    return next((paths[name] for name in candidates if name in paths), None)


def sourcemap_header(script_name: str, reference: str | None, map_name: str | None) -> str:
    """The value of the `Sourcemap` header that leads Sentry from the script to its map.

    That is the script's own reference, unless it has none or it would lead to another name than the
    map has (other prefixes in `paths`, characters that names have percent-encoded). One of
    `reference` and `map_name` must be given.
    """
    own = as_url(reference) if reference else ""
    if map_name is None or (own and referenced_name(script_name, own) == map_name):
        return own
    beside = map_name.rpartition("/")[2]
    if not own and referenced_name(script_name, beside) == map_name:
        return beside
    return as_url(map_name)


def guess_maps(script_names: Collection[str], map_names: Collection[str]) -> dict[str, str]:
    """The map of each script that names none, by its name, as sentry-cli guesses it.

    For `foo.min.js` that is the first there is of `foo.map`, `foo.min.js.map`, `foo.js.map` and
    `foo.min.map` beside it. A map that two scripts would get goes to neither, so `map_names` should
    be those that no script refers to.
    """
    there = frozenset(map_names)
    guessed: dict[str, str] = {}
    rivals: dict[str, list[str]] = {}
    for script_name in script_names:
        found = next((name for name in _guesses(script_name) if name in there), None)
        if found is not None:
            guessed[script_name] = found
            rivals.setdefault(found, []).append(script_name)
    return {script: found for script, found in guessed.items() if len(rivals[found]) == 1}


def _guesses(script_name: str) -> Iterator[str]:
    folder, _, file = script_name.rpartition("/")
    stem, _, ending = file.partition(".")
    yield f"{folder}/{stem}.map"
    yield f"{script_name}.map"
    if ending.startswith("min."):
        yield f"{folder}/{stem}.{ending[len('min.') :]}.map"
    if "." in ending:
        yield f"{folder}/{stem}.{ending.rpartition('.')[0]}.map"
