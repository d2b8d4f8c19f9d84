"""Reads a file once, and keeps what headers and checks need of it."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.inline_maps import read_inline_map
from hatch_sentry_artifacts.assets.map_facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.sourcemaps import ReferenceFinder, is_inline
from hatch_sentry_artifacts.errors import DistributionError

BLOCK_BYTES = 256 * 1024
MAP_SUFFIX = ".map"

_DEBUG_ID = re.compile(rb"//# debugId=([0-9a-fA-F-]{32,36})\s")
# Inside a JSON string there would be a backslash before the quotes. 2.x of sentry-cli wrote
# `debug_id`, and Sentry reads both.
_MAP_KEY = b'"debug'
# Whatever writes the key puts it before all else, or behind; the texts of sources lie between.
_MAP_ENDS_BYTES = 64 * 1024
_MAP_DEBUG_ID = re.compile(rb'"debug(?:Id|_id)"\s*:\s*"([0-9a-fA-F-]{32,36})"')


@dataclass(frozen=True, slots=True)
class FileFacts:
    r"""What one pass over a script or a map tells.

    `reference` is a script's own; one that is the map itself is not kept, but `source_map` has its
    facts. `lines` counts those that "\n" ends, and the last. `debug_id` is in lower case.
    """

    sha1: str
    crc32: int
    reference: str | None = None
    lines: int = 0
    debug_id: str | None = None
    source_map: MapFacts | None = None


def is_map(path: str) -> bool:
    """Whether the file at that path is taken for a source map."""
    return path.endswith(MAP_SUFFIX)


def read_file(member: Member) -> FileFacts:
    """The facts of a script, read in blocks, or of a map, read as a whole.

    A script is read again as a whole if its end does not tell its reference.
    Raises DistributionError if it cannot be read.
    """
    if is_map(member.path):
        content = read_whole(member)
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        facts = read_facts(content)
        return FileFacts(
            sha1, zlib.crc32(content), debug_id=_map_debug_id(content), source_map=facts
        )
    return _read_script(member)


def read_whole(member: Member) -> bytes:
    """All of the file. Raises DistributionError if it cannot be read."""
    with member.open() as opened:
        content = opened.read()
    _check_size(member, len(content))
    return content


def _read_script(member: Member) -> FileFacts:
    digest = hashlib.sha1(usedforsecurity=False)
    finder = ReferenceFinder()
    size, crc32, lines = 0, 0, 1
    with member.open() as content:
        while block := content.read(BLOCK_BYTES):
            size += len(block)
            lines += block.count(b"\n")
            digest.update(block)
            crc32 = zlib.crc32(block, crc32)
            finder.feed(block)
    _check_size(member, size)
    reference = finder.reference(lambda: read_whole(member))
    inline = None
    if reference and is_inline(reference):
        inline = _inline_facts(reference)
        reference = None
    return FileFacts(digest.hexdigest(), crc32, reference, lines, _debug_id(finder.tail), inline)


def _check_size(member: Member, size: int) -> None:
    if size != member.size:
        raise DistributionError(
            f"{member.path} holds {size} bytes where {member.size} were announced; "
            "nothing was uploaded, build again and let nothing write there meanwhile"
        )


def _inline_facts(reference: str) -> MapFacts:
    try:
        return read_facts(read_inline_map(reference.encode()).content)
    except DistributionError as error:
        return MapFacts(str(error))


def _debug_id(tail: bytes) -> str | None:
    """The id of the last `//# debugId=` comment in the end of a script, in lower case."""
    found = _DEBUG_ID.match(tail + b"\n", max(0, tail.rfind(b"//# debugId=")))
    return found[1].decode().lower() if found else None


def _map_debug_id(content: bytes) -> str | None:
    """The id that the map's own key says."""
    for start, end in ((0, _MAP_ENDS_BYTES), (max(0, len(content) - _MAP_ENDS_BYTES), None)):
        at = content.find(_MAP_KEY, start, end)
        while at >= 0:
            found = _MAP_DEBUG_ID.match(content, at)
            if found:
                return found[1].decode().lower()
            at = content.find(_MAP_KEY, at + 1, end)
    return None
