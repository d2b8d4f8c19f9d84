"""The comments of a script that tools read: `//# sourceMappingURL=` and `//# debugId=`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.scripts.tokens import SPACE, line_end

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.scripts.lexer import Lexer

# Nearly all scripts have such comments near their end; others are read again as a whole.
TAIL_BYTES = 64 * 1024

_REFERENCE, _DEBUG_ID = b"sourceMappingURL", b"debugId"
_KEYS = (_REFERENCE, _DEBUG_ID)
_MOST_SPACE = 16
# Of what leads to a file; servers and browsers take fewer bytes.
_LONGEST_URL = 16 * 1024
_MARK = rb"//[#@]%s{0,%d}" % (SPACE, _MOST_SPACE)
_MARK_BYTES = len(b"//#") + 3 * _MOST_SPACE
_BEFORE_KEY = re.compile(_MARK + rb"\Z")
_MARKED = re.compile(_MARK + rb"(sourceMappingURL|debugId)=")
_LONGEST_CANDIDATE = _MARK_BYTES + len(_REFERENCE) + 1
# A string, template or block comment ends with one of these; text without one after it is in none.
_ENDS_OF_LITERALS = (b"'", b'"', b"`", b"*/")
_RARE_LINE_ENDS = (b"\xe2\x80\xa8", b"\xe2\x80\xa9")


@dataclass(frozen=True)
class MarkedComment:
    """A comment `//# key=value`: `script[start:end]`, without line end and final white space."""

    key: bytes
    value: bytes
    value_start: int
    start: int
    end: int


@dataclass(frozen=True)
class Ending:
    """The map reference and debug id in the comments of a script.

    `reference` is the last `sourceMappingURL` comment, wherever it is, as for V8
    (`Script.sourceMapURL` in Node.js) and Sentry (`discover_sourcemaps_location` of its library
    symbolic, if no header is set). ECMA-426 (JavaScriptExtractSourceMapURL) allows no code after
    it, which would drop the maps of scripts that were concatenated or wrapped in a function after
    they were built; and it accepts `/*# … */`, which neither V8 nor symbolic does. The value goes
    to the end of the line, as for symbolic and for bundlers that write names with spaces; V8
    accepts no spaces. An empty value is no reference, and hides earlier ones.

    `debug_id` is the last `debugId` comment after all code: one before code is of a script that was
    concatenated with others. `tail_start` is the start of the first marked comment after all code,
    or the end of the script: code can be put in there.
    """

    reference: MarkedComment | None
    debug_id: MarkedComment | None
    tail_start: int

    @property
    def url(self) -> str | None:
        """The URL of the reference; None without one, or if it is longer than any URL."""
        value = self.reference.value if self.reference else b""
        if len(value) > _LONGEST_URL and value[:5].lower() != b"data:":
            return None
        return value.decode("utf-8", "replace") or None


class EndingReader:
    """Reads a script block by block, holding only its end."""

    def __init__(self) -> None:
        self._tail = b""
        self._size = 0
        self._seen: set[bytes] = set()

    def feed(self, block: bytes, *, may_have_ids: bool = True) -> None:
        """Take the next block of the script.

        `may_have_ids` is false if `ebugId` is known to be neither in it nor over its start.
        """
        overlap = self._tail[-_LONGEST_CANDIDATE:]
        seam = overlap + block[:_LONGEST_CANDIDATE]
        for key in _KEYS if may_have_ids else _KEYS[:1]:
            if key not in self._seen and (_has_candidate(block, key) or _has_candidate(seam, key)):
                self._seen.add(key)
        self._size += len(block)
        if len(block) >= TAIL_BYTES:
            self._tail = block[-TAIL_BYTES:]
        else:
            self._tail = (self._tail + block)[-TAIL_BYTES:]

    def ending(self, whole: Callable[[], bytes]) -> Ending:
        """Return what the comments say; its offsets are of no use.

        `whole` is called for the whole script if its end is not enough.
        """
        if not self._seen:
            return Ending(None, None, self._size)
        tail = _lines_of_comments(self._tail, complete=self._size == len(self._tail))
        if self._seen <= {comment.key for comment in tail}:
            return _ending(tail, tail, self._size)
        return _lexed(whole())


def read_ending(script: bytes) -> Ending:
    """Return what the comments of the whole `script` say."""
    seen = {key for key in _KEYS if _has_candidate(script, key)}
    if not seen:
        return Ending(None, None, len(script))
    tail = _lines_of_comments(script, complete=True)
    if seen <= {comment.key for comment in tail}:
        return _ending(tail, tail, len(script))
    return _lexed(script)


def remove_references(script: bytes) -> bytes:
    """Return `script` without its `sourceMappingURL` comments, every line in its place.

    A wheel without maps must not refer to them: Django's `collectstatic` with
    ManifestStaticFilesStorage stops at a reference to a file that is not there, and developer tools
    complain of it. Sentry has the header `Sourcemap` instead.
    """
    candidates = sum(1 for _ in _candidates(script, _REFERENCE))
    if not candidates:
        return script
    found = [each for each in _lines_of_comments(script, complete=True) if each.key == _REFERENCE]
    if len(found) < candidates:
        found = [
            each for each in _marked_comments(_lexer(script), script) if each.key == _REFERENCE
        ]
    kept: list[bytes] = []
    done = 0
    for comment in found:
        kept.append(script[done : comment.start])
        done = line_end(script, comment.end)
    return b"".join([*kept, script[done:]])


def _lexed(script: bytes) -> Ending:
    lexer = _lexer(script)
    marked = list(_marked_comments(lexer, script))
    tail = [comment for comment in marked if comment.start >= lexer.code_end]
    return _ending(marked, tail, len(script))


def _lexer(script: bytes) -> Lexer:
    from hatch_sentry_artifacts.assets.scripts.lexer import Lexer  # few scripts need it

    return Lexer(script)


def _marked_comments(lexer: Lexer, script: bytes) -> Iterator[MarkedComment]:
    for start, end, mark in lexer.comments():
        if mark == b"//" and (comment := _marked_comment(script, start, end)):
            yield comment


def _ending(marked: list[MarkedComment], tail: list[MarkedComment], size: int) -> Ending:
    reference = next((each for each in reversed(marked) if each.key == _REFERENCE), None)
    debug_id = next((each for each in reversed(tail) if each.key == _DEBUG_ID), None)
    return Ending(
        reference if reference and reference.value else None,
        debug_id,
        tail[0].start if tail else size,
    )


def _lines_of_comments(tail: bytes, *, complete: bool) -> list[MarkedComment]:
    """Return the marked comments in the comment lines at the end of a script.

    None means that the end of the script does not prove that they are comments; it does if no
    literal ends there. `complete` is whether `tail` is the whole script.
    """
    found: list[MarkedComment] = []
    end = newline = carriage_return = len(tail)
    while end > 0:
        # Each is looked for once only, as one of them may be far away, or nowhere.
        newline = tail.rfind(b"\n", 0, end) if newline >= end else newline
        carriage_return = tail.rfind(b"\r", 0, end) if carriage_return >= end else carriage_return
        start = max(newline, carriage_return) + 1
        first = _skip_blank(tail, start, end)
        if (start == 0 and not complete) or not tail.startswith(b"//", first, max(first + 2, end)):
            if first < end or start == 0:
                break
        elif comment := _marked_comment(tail, first, end):
            found.append(comment)
        end = start - 1
    found.reverse()
    behind = tail[found[0].start :] if found else b""
    if any(each in behind for each in (*_ENDS_OF_LITERALS, *_RARE_LINE_ENDS)):
        return []
    return found


def _marked_comment(script: bytes, start: int, end: int) -> MarkedComment | None:
    mark = _MARKED.match(script, start, end)
    if mark is None:
        return None
    text = script[mark.end() : end].decode("utf-8", "surrogateescape")
    # U+FEFF is white space to JavaScript, but not to Python.
    value = text.strip().rstrip("\ufeff").rstrip().encode("utf-8", "surrogateescape")
    value_start = (
        mark.end()
        + len(text.encode("utf-8", "surrogateescape"))
        - len(text.lstrip().encode("utf-8", "surrogateescape"))
    )
    return MarkedComment(mark[1], value, value_start, start, value_start + len(value))


def _skip_blank(text: bytes, start: int, end: int) -> int:
    while start < end and text[start] in b" \t\v\f":
        start += 1
    return start


def _has_candidate(text: bytes, key: bytes) -> bool:
    return next(_candidates(text, key), None) is not None


def _candidates(text: bytes, key: bytes) -> Iterator[int]:
    """Yield the offsets in `text` where such a comment could begin, the last first."""
    at = len(text)
    while (at := text.rfind(key + b"=", 0, at)) >= 0:
        begins = _BEFORE_KEY.search(text, max(0, at - _MARK_BYTES), at)
        if begins:
            yield begins.start()


def same_code(one: bytes, other: bytes) -> bool:
    """Return whether two scripts are the same except for the references in their comments.

    Django's `collectstatic` makes such copies, and rewrites the references in them.
    """
    return one == other or remove_references(one).rstrip() == remove_references(other).rstrip()
