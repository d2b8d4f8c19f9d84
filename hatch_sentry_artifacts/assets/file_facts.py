"""Reads a file once, and keeps what headers and checks need of it."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.debug_ids.known_ids import IdReader, KnownIds
from hatch_sentry_artifacts.assets.encoding import Utf8Reader
from hatch_sentry_artifacts.assets.kinds import is_map
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.assets.source_maps.layout import read_debug_id
from hatch_sentry_artifacts.assets.source_maps.mappings import FULL_EFFORT, Effort
from hatch_sentry_artifacts.assets.source_maps.references import ReferenceFinder, is_inline
from hatch_sentry_artifacts.errors import DistributionError

BLOCK_BYTES = 256 * 1024
_NO_IDS = KnownIds()


@dataclass(frozen=True, slots=True)
class FileFacts:
    r"""What one pass over a script or a map tells.

    `reference` is a script's own; one that is the map itself is not kept, but `source_map` has its
    facts. `lines` counts those that "\n" ends, and the last. `wrong_from` is the offset of what
    is not UTF-8, None if all is.
    """

    sha1: str
    crc32: int
    reference: str | None = None
    lines: int = 0
    ids: KnownIds = _NO_IDS
    source_map: MapFacts | None = None
    wrong_from: int | None = None


def read_file(member: Member, effort: Effort = FULL_EFFORT) -> FileFacts:
    """The facts of a script, read in blocks, or of a map, read as a whole.

    `effort` is that for the mappings of a map. A script is read again as a whole if its end does
    not tell its reference, or its debug id.
    Raises DistributionError if it cannot be read.
    """
    if is_map(member.path):
        content = read_whole(member)
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return FileFacts(
            sha1,
            zlib.crc32(content) if member.crc32 is None else member.crc32,
            ids=KnownIds(read_debug_id(content)),
            source_map=read_facts(content, effort),
            wrong_from=_wrong_from(content),
        )
    return _read_script(member, effort)


def read_whole(member: Member) -> bytes:
    """All of the file. Raises DistributionError if it cannot be read."""
    with member.open() as opened:
        content = opened.read()
    _check_size(member, len(content))
    return content


def _read_script(member: Member, effort: Effort) -> FileFacts:
    digest = hashlib.sha1(usedforsecurity=False)
    finder, id_reader, text = ReferenceFinder(), IdReader(), Utf8Reader()
    size, crc32, lines = 0, member.crc32 or 0, 1
    with member.open() as content:
        while block := content.read(BLOCK_BYTES):
            size += len(block)
            lines += block.count(b"\n")
            digest.update(block)
            if member.crc32 is None:
                crc32 = zlib.crc32(block, crc32)
            finder.feed(block)
            id_reader.feed(block)
            text.feed(block)
    text.end()
    _check_size(member, size)
    reference = finder.reference(lambda: read_whole(member))
    inline = None
    if reference and is_inline(reference):
        inline = _inline_facts(reference, effort)
        reference = None
    ids = id_reader.ids(finder.tail, lambda: read_whole(member))
    return FileFacts(
        digest.hexdigest(), crc32, reference, lines, ids, inline, wrong_from=text.wrong_from
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


def _check_size(member: Member, size: int) -> None:
    if size != member.size:
        raise DistributionError(
            f"{member.path} holds {size} bytes where {member.size} were announced; "
            "nothing was uploaded, build again and let nothing write there meanwhile"
        )


def _inline_facts(reference: str, effort: Effort) -> MapFacts:
    try:
        return read_facts(read_inline_map(reference.encode()).content, effort)
    except DistributionError as error:
        return MapFacts(str(error))
