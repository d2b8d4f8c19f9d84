"""Lays out an artifact bundle: a zip file that is never written, but read where it is sent.

Every byte of it follows from the files and what they are bound to, so that what did not change has
the same chunks on every machine. Files that a wheel holds deflated are taken as they are; all
others are stored, since chunks are compressed when they are sent, and most are not.
"""

from __future__ import annotations

import hashlib
import json
import uuid
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate
from os import cpu_count

from hatch_sentry_artifacts.assets.asset import Asset, Chunk, Content
from hatch_sentry_artifacts.assets.chunks import Span, cut, evenly
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES, is_map
from hatch_sentry_artifacts.assets.zip_records import (
    DEFLATED,
    MOST_BYTES,
    MOST_ENTRIES,
    STORED,
    Entry,
    directory,
    local_header,
)
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.parallel import in_parallel

# "SYSB" and the format's version, 2; Sentry's library symbolic reads it so. Offsets in the archive
# count from the beginning of the file.
_MAGIC = b"SYSB\2\0\0\0"
_MANIFEST = "manifest.json"
_NAMESPACE = uuid.UUID("0b1f6a3e-3f0c-5f0b-8f0e-6a1d3b0c9d52")
# What scripts and maps are compressed to, about.
_COMPRESSED_TO = 4


@dataclass(frozen=True)
class Binding:
    """What a bundle belongs to: the manifest names it."""

    organization: str
    projects: tuple[str, ...]
    release: str | None
    dist: str | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes that follow each other in the bundle, and where they come from."""

    size: int
    open: Callable[[], Content] = field(repr=False)
    path: str | None = None
    compressible: bool = True


class Bundle:
    """An artifact bundle of `size` bytes; `checksum` is the sha1 of all of them."""

    def __init__(self, pieces: Sequence[_Piece], cuts: Sequence[int]) -> None:
        self._pieces = pieces
        self._starts = [0, *accumulate(piece.size for piece in pieces)]
        self.size = self._starts.pop()
        self.checksum, self.chunks = self._hashed(cuts)

    def read(self, chunk: Chunk) -> bytes:
        """The chunk's bytes. Raises DistributionError if a file has changed since."""
        content = b"".join(self.blocks(chunk.offset, chunk.size))
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != chunk.sha1:
            paths = sorted(self.paths(chunk))
            raise DistributionError(
                f"{paths[0] if paths else 'a file'}, or another beside it, changed while it was "
                "uploaded; run this again when nothing writes there"
            )
        return content

    def paths(self, chunk: Chunk) -> set[str]:
        """The files of the distribution that have a part in the chunk."""
        index = bisect_right(self._starts, chunk.offset) - 1
        found = set()
        while index < len(self._pieces) and self._starts[index] < chunk.offset + chunk.size:
            path = self._pieces[index].path
            if path is not None:
                found.add(path)
            index += 1
        return found

    def blocks(self, offset: int = 0, size: int | None = None) -> Iterator[bytes]:
        """The bundle's bytes, or `size` of them from `offset` on."""
        left = self.size - offset if size is None else size
        index = bisect_right(self._starts, offset) - 1
        skip = offset - self._starts[index]
        while left > 0:
            piece = self._pieces[index]
            with piece.open() as content:
                of_piece = piece.size
                while of_piece and left:
                    block = content.read(min(BLOCK_BYTES, of_piece))
                    if not block:
                        raise _changed(piece)
                    of_piece -= len(block)
                    if skip:
                        skip, block = max(0, skip - len(block)), block[skip:]
                    block = block[:left]
                    left -= len(block)
                    if block:
                        yield block
            index += 1

    def _hashed(self, cuts: Sequence[int]) -> tuple[str, tuple[Chunk, ...]]:
        """The checksum and the chunks. The whole is hashed while others hash its chunks."""
        offsets = [0, *accumulate(cuts)]
        ranges = [(0, self.size), *zip(offsets, cuts, strict=False)]
        found = dict(
            in_parallel(
                lambda each: (each, self._sha1(*ranges[each])),
                range(len(ranges)),
                workers=(cpu_count() or 1) + 1,
                name="hash",
            )
        )
        chunks = (
            Chunk(found[number], offset, size, self._compressible(offset, size))
            for number, (offset, size) in enumerate(ranges)
            if number
        )
        return found[0], tuple(chunks)

    def _sha1(self, offset: int, size: int) -> str:
        digest = hashlib.sha1(usedforsecurity=False)
        for block in self.blocks(offset, size):
            digest.update(block)
        return digest.hexdigest()

    def _compressible(self, offset: int, size: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        stored = 0
        while index < len(self._pieces) and self._starts[index] < offset + size:
            piece = self._pieces[index]
            stored += piece.size * piece.compressible
            index += 1
        return stored * 4 > size


def make_bundle(
    assets: Sequence[Asset], binding: Binding, *, largest_chunk: int, find_changes: bool = True
) -> Bundle:
    """The bundle of `assets`, cut into chunks of at most `largest_chunk` bytes.

    With `find_changes`, it is cut so that a later bundle has most of its chunks too; else into as
    few chunks as can be.
    Raises DistributionError if a file cannot be read, or if there is too much for one bundle.
    """
    if len(assets) >= MOST_ENTRIES:
        raise DistributionError(
            f"an artifact bundle holds at most {MOST_ENTRIES - 1} files, not {len(assets)}: leave "
            "some out with `exclude`"
        )
    ordered = sorted(assets, key=lambda asset: asset.name)
    names = _names(ordered)
    checksums = _crc32s(ordered)
    entries = [
        _entry(asset, name, crc32)
        for asset, name, crc32 in zip(ordered, names, checksums, strict=True)
    ]
    pieces: list[_Piece] = []
    spans: list[Span] = []
    for asset, entry in zip(ordered, entries, strict=True):
        packed = entry.method == DEFLATED
        content = asset.deflated.open if packed and asset.deflated else asset.open
        header = (b"" if pieces else _MAGIC) + local_header(entry)
        pieces.append(_bytes(header, asset.path))
        pieces.append(_Piece(entry.packed_size, content, asset.path, not packed))
        weight = entry.packed_size if packed else entry.size // _COMPRESSED_TO
        spans.append(Span(entry.name, len(header) + entry.packed_size, weight))
    manifest = _manifest(ordered, names, binding)
    last = Entry(_MANIFEST, STORED, zlib.crc32(manifest), len(manifest), len(manifest))
    sizes = [span.size for span in spans] + [len(local_header(last)) + len(manifest)]
    # The magic number stands before the first entry, not in it.
    offsets = [len(_MAGIC), *accumulate(sizes[:-1])]
    start = sum(sizes)
    if start > MOST_BYTES:
        raise DistributionError(
            f"the files make more than {MOST_BYTES} bytes, too much for one artifact bundle: leave "
            "some out with `exclude`"
        )
    end = directory([*entries, last], offsets, start)
    tail = local_header(last) + manifest + end
    pieces.append(_bytes(tail))
    if not find_changes:
        return Bundle(pieces, evenly(start + len(end), largest_chunk))
    cuts = cut(spans, largest=largest_chunk)
    return Bundle(pieces, [*cuts, *evenly(len(tail), largest_chunk)])


def _names(assets: Sequence[Asset]) -> list[str]:
    """Where each file lies in the archive: as symbolic has it, by scheme and host."""
    taken: set[str] = set()
    names: list[str] = []
    for asset in assets:
        url = asset.name
        inner = f"_/_/{url[2:]}" if url.startswith("~/") else url.replace("://", "/", 1)
        name = free = f"files/{inner}"
        number = 0
        while free in taken:
            number += 1
            free = f"{name}.{number}"
        taken.add(free)
        names.append(free)
    return names


def _entry(asset: Asset, name: str, crc32: int) -> Entry:
    if asset.deflated:
        return Entry(name, DEFLATED, crc32, asset.deflated.size, asset.size)
    return Entry(name, STORED, crc32, asset.size, asset.size)


def _crc32s(assets: Sequence[Asset]) -> list[int]:
    found = dict(
        in_parallel(
            lambda asset: (asset.path, _crc32(asset)),
            assets,
            workers=cpu_count() or 1,
            name="crc32",
        )
    )
    return [found[asset.path] for asset in assets]


def _crc32(asset: Asset) -> int:
    if asset.deflated:
        return asset.deflated.crc32
    result = 0
    with asset.open() as content:
        while block := content.read(BLOCK_BYTES):
            result = zlib.crc32(block, result)
    return result


def _manifest(assets: Sequence[Asset], names: Sequence[str], binding: Binding) -> bytes:
    said: dict[str, object] = {"org": binding.organization}
    if len(binding.projects) == 1:
        said["project"] = binding.projects[0]
    else:
        # The format has place for one only. A server takes the same bytes for the same bundle, and
        # does not bind it anew.
        said["note"] = f"for the projects {', '.join(binding.projects)}"
    if binding.release is not None:
        said["release"] = binding.release
    if binding.dist is not None:
        said["dist"] = binding.dist
    files = {name: _file(asset) for asset, name in zip(assets, names, strict=True)}
    sha1s = [(asset.name, asset.sha1) for asset in assets]
    identity = json.dumps([said, files, sha1s], sort_keys=True)
    said["debug_id"] = str(uuid.uuid5(_NAMESPACE, identity))
    said["files"] = files
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _file(asset: Asset) -> dict[str, object]:
    headers = {key.lower(): value for key, value in asset.headers.items()}
    if asset.debug_id:
        headers["debug-id"] = asset.debug_id
    kind = "source_map" if is_map(asset.path) else "minified_source" if headers else "source"
    return {"url": asset.name, "type": kind, "headers": headers}


def _bytes(content: bytes, path: str | None = None) -> _Piece:
    return _Piece(len(content), lambda: BytesIO(content), path)


def _changed(piece: _Piece) -> DistributionError:
    return DistributionError(
        f"{piece.path} became shorter while it was uploaded; run this again when nothing writes "
        "there"
    )
