"""Reads a file once, and keeps what headers and checks need of it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from hatch_sentry_artifacts.assets.asset import Content, Member
from hatch_sentry_artifacts.assets.debug_ids.known_ids import IdReader, KnownIds, comment_id
from hatch_sentry_artifacts.assets.encoding import Utf8Reader
from hatch_sentry_artifacts.assets.scripts.comments import EndingReader
from hatch_sentry_artifacts.assets.scripts.content import HEAD_BYTES, other_content
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.assets.source_maps.layout import read_debug_id
from hatch_sentry_artifacts.assets.source_maps.lookup import Script
from hatch_sentry_artifacts.assets.source_maps.mappings import FULL_EFFORT, Effort
from hatch_sentry_artifacts.assets.source_maps.references import is_inline
from hatch_sentry_artifacts.errors import DistributionError

BLOCK_BYTES = 256 * 1024
# Of what is held in memory as a whole; maps of 160 million bytes are real.
MOST_BYTES = 200 * 1024 * 1024
# Of a map that a script carries, which is decoded and so held several times.
_MOST_INLINE_BYTES = 32 * 1024 * 1024
_NO_IDS = KnownIds()


@dataclass(frozen=True, slots=True)
class FileFacts:
    r"""What one pass over a script or a map tells.

    `is_map` is whether it was read as a map. `reference` is a script's own; one that is the map
    itself is not kept, but `source_map` has its facts. `lines` counts those that "\n" ends, and
    the last. `wrong_from` is the offset of what is not UTF-8, None if all is. `other_content` is
    what something is that is called like a script, but is none. `crc32` is None if neither it was
    asked for, nor the distribution has it.
    """

    sha1: str
    crc32: int | None
    reference: str | None = None
    lines: int = 0
    ids: KnownIds = _NO_IDS
    source_map: MapFacts | None = None
    wrong_from: int | None = None
    is_map: bool = False
    other_content: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A selected file, its URL name, and what it holds."""

    member: Member
    name: str
    facts: FileFacts

    @property
    def path(self) -> str:
        """Where it lies in the distribution."""
        return self.member.path

    @property
    def pairing_script(self) -> Script:
        """What pairing has to know of it."""
        return Script(
            self.path,
            self.facts.reference,
            self.facts.source_map is not None,
            self.facts.lines,
            partial(read_whole, self.member),
        )


def read_script(
    member: Member, effort: Effort = FULL_EFFORT, *, needs_crc32: bool = True
) -> FileFacts:
    """Return the facts of a script, read in blocks.

    `effort` is that for the mappings of a map that it carries. It is read again as a whole if its
    end does not tell its reference, or its debug id. Raises DistributionError if it cannot be read.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    ending_reader, id_reader, text = EndingReader(), IdReader(), Utf8Reader()
    size, lines, head = 0, 1, b""
    crc32 = 0 if needs_crc32 and member.crc32 is None else None
    with member.open() as content:
        while block := content.read(BLOCK_BYTES):
            size += len(block)
            head = head or block[:HEAD_BYTES]
            lines += block.count(b"\n")
            digest.update(block)
            if crc32 is not None:
                crc32 = zlib.crc32(block, crc32)
            ending_reader.feed(block, may_have_ids=id_reader.feed(block))
            text.feed(block)
    text.end()
    ending = ending_reader.ending(lambda: read_whole(member))
    reference = ending.url
    inline = None
    if reference and is_inline(reference):
        inline = _inline_facts(reference, effort)
        reference = None
    ids = KnownIds(comment_id(ending.debug_id), id_reader.registered)
    return FileFacts(
        digest.hexdigest(),
        member.crc32 if crc32 is None else crc32,
        reference,
        lines,
        ids,
        inline,
        wrong_from=text.wrong_from,
        other_content=other_content(head, size, lambda: read_whole(member)),
    )


def read_map(
    member: Member, effort: Effort = FULL_EFFORT, *, needs_crc32: bool = True
) -> FileFacts:
    """Return the facts of a map, read as a whole; `effort` is that for its mappings.

    Raises DistributionError if it cannot be read.
    """
    content = read_whole(member)
    facts = read_facts(content, effort)
    # What nobody can read as a map may still name its debug id.
    debug_id = read_debug_id(content) if facts.problem else facts.debug_id
    return FileFacts(
        hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        zlib.crc32(content) if needs_crc32 and member.crc32 is None else member.crc32,
        ids=KnownIds(debug_id),
        source_map=facts,
        wrong_from=_wrong_from(content),
        is_map=True,
    )


def read_whole(member: Member) -> bytes:
    """Return all of the file. Raises DistributionError if it cannot be read, or is too large."""
    if member.size > MOST_BYTES:
        raise DistributionError(
            f"{member.path} has {member.size} bytes, more than the {MOST_BYTES} that a source map, "
            "or a script whose comments have to be looked for, may have: leave it out with "
            "`exclude`"
        )
    # Blocks that were joined would take twice as much memory.
    whole = BytesIO()
    with member.open() as opened:
        for block in _blocks(member, opened):
            whole.write(block)
    return whole.getvalue()


def _blocks(member: Member, content: Content) -> Iterator[bytes]:
    """Yield all of the file. Raises DistributionError if that is not as much as was announced."""
    size = 0
    while size <= member.size and (block := content.read(BLOCK_BYTES)):
        size += len(block)
        yield block
    if size != member.size:
        held = size if size < member.size else f"more than {member.size}"
        raise DistributionError(
            f"{member.path} holds {held} bytes where {member.size} were announced; "
            "nothing was uploaded, build again and let nothing write there meanwhile"
        )


def _wrong_from(content: bytes) -> int | None:
    if content.isascii():
        return None
    text = Utf8Reader()
    # All at once would take up to four times as much memory.
    for start in range(0, len(content), BLOCK_BYTES):
        text.feed(content[start : start + BLOCK_BYTES])
    text.end()
    return text.wrong_from


def _inline_facts(reference: str, effort: Effort) -> MapFacts:
    if len(reference) > _MOST_INLINE_BYTES:
        return MapFacts(f"it has more than {_MOST_INLINE_BYTES} bytes within a script")
    try:
        return read_facts(read_inline_map(reference.encode()).content, effort)
    except DistributionError as error:
        return MapFacts(str(error))
