"""Lays out an artifact bundle: a zip file that is made while it is sent, and never written.

Its bytes depend only on the files and their binding, so that unchanged files give the same chunks
on every machine. Files that a wheel holds deflated are copied as they are; all others are stored,
since a chunk is compressed when it is sent, and most chunks are not sent.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate

from hatch_sentry_artifacts.assets.asset import Asset, Chunk, Content
from hatch_sentry_artifacts.assets.bundle.chunks import Span, cut, evenly
from hatch_sentry_artifacts.assets.bundle.manifest import (
    MANIFEST,
    Binding,
    archive_names,
    manifest_of,
)
from hatch_sentry_artifacts.assets.bundle.zip_records import (
    DEFLATED,
    MOST_BYTES,
    MOST_ENTRIES,
    STORED,
    Entry,
    directory,
    local_header,
)
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES
from hatch_sentry_artifacts.errors import DistributionError

# "SYSB" and the format's version, 2; Sentry's library symbolic reads it so. Offsets in the archive
# count from the beginning of the file.
_MAGIC = b"SYSB\2\0\0\0"
# About how far scripts and maps are compressed.
_COMPRESSED_TO = 4


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive bytes of the bundle, and where they come from.

    `sha1` is that of the file when it was collected, if it is known.
    """

    size: int
    open: Callable[[], Content] = field(repr=False)
    path: str | None = None
    compressible: bool = True
    sha1: str | None = None

    def blocks(self, start: int = 0) -> Generator[bytes, None, None]:
        """Yield its bytes from `start` on. Raises DistributionError if the file became shorter."""
        left = self.size - start
        with self.open() as content:
            if start:
                content.seek(start)
            while left:
                block = content.read(min(BLOCK_BYTES, left))
                if not block:
                    raise _changed(self.path)
                left -= len(block)
                yield block


class Bundle:
    """An artifact bundle of `size` bytes; `checksum` is the sha1 of all of them."""

    def __init__(self, pieces: Sequence[_Piece], cuts: Sequence[int]) -> None:
        self._pieces = pieces
        self._starts = [0, *accumulate(piece.size for piece in pieces)]
        self.size = self._starts.pop()
        self.checksum, self.chunks = self._hashed(cuts)

    def read(self, chunk: Chunk) -> bytes:
        """Return the chunk's bytes. Raises DistributionError if a file has changed since."""
        content = b"".join(self.blocks(chunk.offset, chunk.size))
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != chunk.sha1:
            paths = sorted(self.paths(chunk))
            raise DistributionError(
                f"{paths[0] if paths else 'a file'}, or another beside it, changed while it was "
                "uploaded; run this again when nothing writes there"
            )
        return content

    def paths(self, chunk: Chunk) -> set[str]:
        """Return the paths of the files that are in the chunk, at least partly."""
        pieces = self._pieces_in(chunk.offset, chunk.size)
        return {piece.path for piece in pieces if piece.path is not None}

    def blocks(self, offset: int = 0, size: int | None = None) -> Iterator[bytes]:
        """Yield the bundle's bytes, or `size` of them from `offset` on."""
        left = self.size - offset if size is None else size
        index = bisect_right(self._starts, offset) - 1
        skip = offset - self._starts[index]
        while left > 0:
            with closing(self._pieces[index].blocks(skip)) as blocks:
                for whole in blocks:
                    block = whole[:left]
                    left -= len(block)
                    yield block
                    if not left:
                        break
            index, skip = index + 1, 0

    def _hashed(self, cuts: Sequence[int]) -> tuple[str, tuple[Chunk, ...]]:
        """Return the checksum and the chunks after one pass over all bytes."""
        chunks: list[Chunk] = []
        part = _new_sha1()
        offset = left = 0
        whole = _new_sha1()
        for block in self._checked():
            whole.update(block)
            rest = memoryview(block)
            while rest:
                left = left or cuts[len(chunks)]
                now, rest = rest[:left], rest[left:]
                part.update(now)
                left -= len(now)
                if not left:
                    size = cuts[len(chunks)]
                    compressible = self._compressible(offset, size)
                    chunks.append(Chunk(part.hexdigest(), offset, size, compressible))
                    part = _new_sha1()
                    offset += size
        return whole.hexdigest(), tuple(chunks)

    def _checked(self) -> Iterator[bytes]:
        """Yield all bytes. Raises DistributionError if a file changed since it was collected."""
        for piece in self._pieces:
            digest = _new_sha1()
            for block in piece.blocks():
                if piece.sha1:
                    digest.update(block)
                yield block
            if piece.sha1 and digest.hexdigest() != piece.sha1:
                raise _changed(piece.path)

    def _compressible(self, offset: int, size: int) -> bool:
        stored = sum(each.size for each in self._pieces_in(offset, size) if each.compressible)
        return stored * 4 > size

    def _pieces_in(self, offset: int, size: int) -> Sequence[_Piece]:
        """Return the pieces that overlap the `size` bytes from `offset` on."""
        first = bisect_right(self._starts, offset) - 1
        return self._pieces[first : bisect_left(self._starts, offset + size)]


def make_bundle(
    assets: Sequence[Asset], binding: Binding, *, largest_chunk: int, find_changes: bool = True
) -> Bundle:
    """Return the bundle of `assets`, cut into chunks of at most `largest_chunk` bytes.

    With `find_changes`, it is cut so that a later bundle shares most of its chunks; else into as
    few chunks as possible.
    Raises DistributionError if a file cannot be read, or if the files are too large for one bundle.
    """
    # One more entry is the manifest.
    if len(assets) + 1 > MOST_ENTRIES:
        raise DistributionError(
            f"an artifact bundle holds at most {MOST_ENTRIES - 1} files, not {len(assets)}: leave "
            "some out with `exclude`"
        )
    if max([sum(map(_packed_size, assets)), *(asset.size for asset in assets)]) > MOST_BYTES:
        raise _too_much()
    ordered = sorted(assets, key=lambda asset: asset.name)
    names = archive_names(ordered)
    entries = [_entry(asset, name) for asset, name in zip(ordered, names, strict=True)]
    pieces: list[_Piece] = []
    spans: list[Span] = []
    for asset, entry in zip(ordered, entries, strict=True):
        header = (b"" if pieces else _MAGIC) + local_header(entry)
        pieces += [_bytes(header, asset.path), _piece(asset)]
        weight = entry.packed_size // (1 if asset.deflated else _COMPRESSED_TO)
        spans.append(Span(entry.name, len(header) + entry.packed_size, weight))
    manifest = manifest_of(ordered, names, binding)
    last = Entry(MANIFEST, STORED, zlib.crc32(manifest), len(manifest), len(manifest))
    sizes = [span.size for span in spans] + [len(local_header(last)) + len(manifest)]
    # The magic number is before the first entry, not in it.
    offsets = [len(_MAGIC), *accumulate(sizes[:-1])]
    start = sum(sizes)
    if start > MOST_BYTES:
        raise _too_much()
    end = directory([*entries, last], offsets, start)
    tail = local_header(last) + manifest + end
    pieces.append(_bytes(tail))
    if not find_changes:
        return Bundle(pieces, evenly(start + len(end), largest_chunk))
    cuts = cut(spans, largest=largest_chunk)
    return Bundle(pieces, [*cuts, *evenly(len(tail), largest_chunk)])


def _packed_size(asset: Asset) -> int:
    return asset.deflated.size if asset.deflated else asset.size


def _entry(asset: Asset, name: str) -> Entry:
    method = DEFLATED if asset.deflated else STORED
    crc32 = _crc32(asset) if asset.crc32 is None else asset.crc32
    return Entry(name, method, crc32, _packed_size(asset), asset.size)


def _crc32(asset: Asset) -> int:
    crc32 = 0
    for block in _stored(asset).blocks():
        crc32 = zlib.crc32(block, crc32)
    return crc32


def _piece(asset: Asset) -> _Piece:
    packed = asset.deflated
    return (
        _Piece(packed.size, packed.open, asset.path, compressible=False)
        if packed
        else _stored(asset)
    )


def _stored(asset: Asset) -> _Piece:
    return _Piece(asset.size, asset.open, asset.path, sha1=asset.sha1)


def _bytes(content: bytes, path: str | None = None) -> _Piece:
    return _Piece(len(content), lambda: BytesIO(content), path)


def _new_sha1() -> hashlib._Hash:
    return hashlib.sha1(usedforsecurity=False)


def _changed(path: str | None) -> DistributionError:
    return DistributionError(
        f"{path} changed while it was uploaded; run this again when nothing writes there"
    )


def _too_much() -> DistributionError:
    return DistributionError(
        f"the files make more than {MOST_BYTES} bytes, too much for one artifact bundle: leave "
        "some out with `exclude`"
    )
