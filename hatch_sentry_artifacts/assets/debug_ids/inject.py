"""Gives a script and its source map a debug id, or keeps the one that they have.

A debug id connects the two wherever they are served: the script registers it when it runs, in a
snippet of one line, and names it in its last comment; the map has it as a key. All other bytes
stay as they are.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from enum import Enum

from hatch_sentry_artifacts.assets import splices
from hatch_sentry_artifacts.assets.debug_ids.known_ids import IdReader, KnownIds, comment_id
from hatch_sentry_artifacts.assets.debug_ids.uuids import UUID, dashed
from hatch_sentry_artifacts.assets.scripts.comments import Ending, MarkedComment, read_ending
from hatch_sentry_artifacts.assets.scripts.header import (
    LINE_ENDS,
    Header,
    newline_of,
    read_header,
    trimmed_end,
)
from hatch_sentry_artifacts.assets.scripts.tokens import BYTE_ORDER_MARK
from hatch_sentry_artifacts.assets.source_maps.inline_maps import InlineMap, read_inline_map
from hatch_sentry_artifacts.assets.source_maps.layout import MapLayout, read_layout
from hatch_sentry_artifacts.assets.source_maps.references import is_inline
from hatch_sentry_artifacts.assets.splices import Splice
from hatch_sentry_artifacts.errors import DistributionError

# A namespace of our own, so that no other tool derives the same id from the same content.
_NAMESPACE = uuid.UUID("6f1d9f0e-6d1c-5b43-9a53-0f7c4b5a8e21")

# Old browsers parse it too, and nothing can make it throw. `globalThis` comes first because a
# module may well have a variable called `self` or `global`, which cannot be looked at before its
# declaration has run. Sentry's SDK looks in `_sentryDebugIds` for the stack of an error that was
# made in the file, and finds the id.
_SNIPPET = (
    b'!function(i){try{var g=typeof globalThis=="object"?globalThis:typeof self=="object"?self:'
    b'typeof window=="object"?window:global,s=new g.Error().stack;'
    b's&&((g._sentryDebugIds=g._sentryDebugIds||{})[s]=i)}catch(e){}}("'
)
_OWN_LINE = re.compile(
    re.escape(_SNIPPET) + rb'(%(id)s)"\);(?://of (%(id)s))?\r?\n' % {b"id": UUID.encode()}
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Step(Enum):
    """A change that injection made to a script or its map."""

    ADOPTED = "the id that was there was taken over"
    SNIPPET = "the script registers the id"
    COMMENT = "the script names the id"
    MOVED = "the map makes room for the snippet"
    STAMPED = "the map has the id"


@dataclass(frozen=True)
class Injected:
    """A script and its map with a debug id (lower case), as changes to the given content.

    `steps` says what was changed; it is empty if nothing was. `other_ids` are further ids that the
    script registers.
    """

    debug_id: str
    steps: tuple[Step, ...]
    given_script: bytes
    given_map: bytes | None
    script_splices: tuple[Splice, ...]
    map_splices: tuple[Splice, ...]
    other_ids: tuple[str, ...] = ()

    @property
    def script(self) -> bytes:
        """The new script, including a map that it carries itself."""
        return splices.apply(self.given_script, self.script_splices)

    @property
    def source_map(self) -> bytes | None:
        """The new map; None if none was given."""
        if self.given_map is None:
            return None
        return splices.apply(self.given_map, self.map_splices)


def inject(script: bytes, source_map: bytes | None = None) -> Injected:
    """Give `script` and `source_map` one debug id; keep an id that they have.

    The snippet is put before the code, behind byte order mark, hashbang and leading comments. It
    repeats the script's directives, so that they remain the first statements and the map is moved
    by exactly one line. In a script without a map it is put at the end, where it moves nothing.
    Without `source_map`, a map that the script carries itself is used.

    An id from a bundler or an earlier run is kept. Otherwise the id is a UUID of version 5 of the
    script (without its debug id comment and final white space) and the map: the same content has
    the same id everywhere. If a run was stopped after it wrote the script, this moves the map.

    Raises DistributionError if script and map name different ids, or if one cannot be read.
    """
    marks = _read_marks(script)
    inline = _inline_map(marks) if source_map is None else None
    content = inline.content if inline else source_map
    layout = None if content is None else read_layout(content)
    debug_id = _known_id(marks, layout)
    changes = _changes(marks, layout, debug_id)
    of_script, of_map = changes.of_script, changes.of_map
    reference = marks.ending.reference
    if inline and reference and of_map:
        url = inline.url(splices.apply(inline.content, of_map))
        place = Splice(reference.value_start, len(reference.value), url)
        of_script, of_map = (*of_script, place), ()
    adopted = [Step.ADOPTED] if debug_id and changes.steps else []
    steps = (*adopted, *changes.steps)
    others = tuple(each for each in marks.ids.registered if each != changes.debug_id)
    return Injected(changes.debug_id, steps, script, source_map, of_script, of_map, others)


@dataclass(frozen=True)
class _Marks:
    """The traces of debug ids in a script.

    `own` is the line that an earlier run put in; `origin` is the id that it derived from script and
    map, which is the script's id unless the script had another before.
    """

    script: bytes
    header: Header
    ending: Ending
    ids: KnownIds
    own: tuple[int, int] | None
    origin: str | None


@dataclass(frozen=True)
class _Changes:
    debug_id: str
    steps: tuple[Step, ...]
    of_script: tuple[Splice, ...]
    of_map: tuple[Splice, ...]


def _read_marks(script: bytes) -> _Marks:
    if script.startswith(_WIDE):
        raise DistributionError("the script is in UTF-16: let the bundler write UTF-8")
    header = read_header(script)
    ending = read_ending(script)
    ids = KnownIds(_named(ending.debug_id), _registered(script))
    own = _OWN_LINE.match(script, header.body)
    # A bundler may have put another tool's output, ours too, before its own; that has no comment.
    if own is None or dashed(own[1]) != ids.named:
        return _Marks(script, header, ending, ids, None, None)
    place = (header.line_start, own.end())
    return _Marks(script, header, ending, ids, place, dashed(own[2] or own[1]))


def _registered(script: bytes) -> tuple[str, ...]:
    reader = IdReader()
    reader.feed(script)
    return reader.registered


def _named(comment: MarkedComment | None) -> str | None:
    if comment is None:
        return None
    named = comment_id(comment)
    if named is None:
        value = comment.value[:40].decode("utf-8", "replace")
        raise DistributionError(f"the script's debugId comment is no UUID: {value!r}; remove it")
    return named


def _inline_map(marks: _Marks) -> InlineMap | None:
    reference = marks.ending.reference
    # A line may have megabytes.
    if reference and is_inline(reference.value[:20].decode("latin-1")):
        return read_inline_map(reference.value)
    return None


def _known_id(marks: _Marks, layout: MapLayout | None) -> str | None:
    """Return the existing id. Raises DistributionError if there are several."""
    of_map = layout.debug_id if layout else None
    ids = marks.ids
    if ids.named and ids.registered and ids.named not in ids.registered:
        raise DistributionError(
            f"the script's comment says debug id {ids.named}, but it registers "
            f"{ids.registered[-1]}: let only one tool make debug ids, and build it again"
        )
    in_script = ids.own
    if in_script and of_map not in {None, in_script, *ids.registered}:
        raise DistributionError(
            f"the script has the debug id {in_script}, but its source map has {of_map}: they are "
            "of different builds, or changed by two tools; build both again"
        )
    return in_script or of_map


def _changes(marks: _Marks, layout: MapLayout | None, known: str | None) -> _Changes:
    snippet = known is None or known not in marks.ids.registered
    unmoved = layout is not None and (snippet or _is_unmoved(marks, layout))
    origin = None
    if known is None or (snippet and layout):
        origin = _made_id(marks, layout)
    debug_id = known or origin or ""
    of_script: list[Splice] = []
    of_map: list[Splice] = []
    steps: list[Step] = []
    if snippet:
        of_script.append(_snippet(marks, debug_id, origin, first=layout is not None))
        steps.append(Step.SNIPPET)
    if marks.ids.named is None:
        ends_line = any(splice.at == len(marks.script) for splice in of_script)
        of_script.append(_comment(marks.script, debug_id, ends_line=ends_line))
        steps.append(Step.COMMENT)
    if layout and unmoved:
        of_map += layout.moved(marks.header.line)
        steps += [Step.MOVED] if of_map else []
    if layout and layout.debug_id is None:
        of_map.append(layout.stamped(debug_id))
        steps.append(Step.STAMPED)
    return _Changes(debug_id, tuple(steps), tuple(of_script), tuple(of_map))


def _is_unmoved(marks: _Marks, layout: MapLayout) -> bool:
    """Return whether a stopped run put its snippet into the script, but did not move the map.

    The proof: the script without the snippet, and the map, give the snippet's origin again.
    """
    if marks.own is None:
        return False
    if layout.debug_id and marks.origin == marks.ids.named:
        # The id was made here, so this map got it here, when it was moved.
        return False
    if _made_id(marks, layout) == marks.origin:
        return True
    if layout.debug_id is None:
        raise DistributionError(
            f"the script got its debug id {marks.ids.named} together with another source map than "
            "this one: build both again"
        )
    return False


def _made_id(marks: _Marks, layout: MapLayout | None) -> str:
    script, end = memoryview(marks.script), len(marks.script)
    last = marks.ending.debug_id
    if last and not marks.script[last.end :].strip():
        end = last.start
    begin, resume = marks.own or (0, 0)
    end = trimmed_end(marks.script, resume, end)
    if end == resume:
        begin = trimmed_end(marks.script, 0, begin)
    digest = hashlib.sha1(_NAMESPACE.bytes, usedforsecurity=False)
    digest.update(b"%d " % (begin + end - resume))
    digest.update(script[:begin])
    digest.update(script[resume:end])
    digest.update(layout.content if layout else b"")
    return str(uuid.UUID(bytes=digest.digest()[:16], version=5))


def _snippet(marks: _Marks, debug_id: str, origin: str | None, *, first: bool) -> Splice:
    newline = newline_of(marks.script)
    text = _SNIPPET + b'%s");' % debug_id.encode()
    if first:
        text = b"".join(directive + b";" for directive in marks.header.directives) + text
        at = marks.header.line_start
        if origin and origin != debug_id:
            text += b"//of " + origin.encode()
    else:
        at = marks.ending.tail_start
    return Splice(at, 0, _line_break(marks.script, at, newline) + text + newline)


def _comment(script: bytes, debug_id: str, *, ends_line: bool) -> Splice:
    newline = newline_of(script)
    at = len(script)
    before = b"" if ends_line else _line_break(script, at, newline)
    return Splice(at, 0, before + b"//# debugId=" + debug_id.encode() + newline)


def _line_break(script: bytes, at: int, newline: bytes) -> bytes:
    """Return the line end that must precede a line put in at that offset; b"" if none."""
    mark = BYTE_ORDER_MARK
    begins = at == 0 or (at == len(mark) and script.startswith(mark))
    return b"" if begins or script.endswith(LINE_ENDS, 0, at) else newline
