"""Reads wheel members packed with bzip2 or LZMA without unpacking more than was asked for.

`zipfile` unpacks such a member a compressed block at a time, and one block of a few kilobytes may
hold gigabytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Any, Protocol

from hatch_sentry_artifacts.assets.distribution.open_file import Readable

_BLOCK_BYTES = 16 * 1024
_MOST_DICTIONARY_BYTES = 64 * 1024 * 1024
# APPNOTE 5.8.8: the version of the LZMA SDK, and how many bytes of properties follow.
_LZMA_HEADER = struct.Struct("<2xH")
_PROPERTIES = struct.Struct("<BI")


class _Decompressor(Protocol):
    @property
    def needs_input(self) -> bool: ...

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class InflatedMember:
    """The content of such a member; raises the errors of `zipfile` and the decompressors.

    `packed` reads the member's bytes as they are in the archive, and is closed with this.
    """

    def __init__(self, packed: Readable, info: zipfile.ZipInfo) -> None:
        self._packed = packed
        self._info = info
        self._begin()

    def _begin(self) -> None:
        self._packed.seek(0)
        self._left = self._info.file_size
        self._crc = 0
        if self._info.compress_type == zipfile.ZIP_LZMA:
            self._decompressor = _lzma_decompressor(self._packed)
        else:
            import bz2

            self._decompressor = bz2.BZ2Decompressor()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raises zipfile.BadZipFile if it is damaged."""
        wanted = min(size, self._left)
        while wanted:
            block = b""
            if self._decompressor.needs_input:
                block = self._packed.read(_BLOCK_BYTES)
                if not block:
                    raise EOFError("it ends too early")
            found = self._decompressor.decompress(block, wanted)
            if found:
                return self._counted(found)
            if self._decompressor.eof:
                raise EOFError("it ends too early")
        return b""

    def _counted(self, found: bytes) -> bytes:
        self._left -= len(found)
        self._crc = zlib.crc32(found, self._crc)
        if not self._left and self._crc != self._info.CRC:
            raise zipfile.BadZipFile(f"Bad CRC-32 for file {self._info.filename!r}")
        return found

    def seek(self, offset: int) -> None:
        """Continue reading at that offset, after reading everything before it again."""
        self._begin()
        while offset and (block := self.read(min(offset, _BLOCK_BYTES))):
            offset -= len(block)

    def close(self) -> None:
        """Close the packed file."""
        self._packed.close()


def _lzma_decompressor(packed: Readable) -> _Decompressor:
    import lzma

    (size,) = _LZMA_HEADER.unpack(packed.read(_LZMA_HEADER.size))
    first, dictionary = _PROPERTIES.unpack(packed.read(size)[: _PROPERTIES.size])
    if dictionary > _MOST_DICTIONARY_BYTES or first >= 9 * 5 * 5:
        raise ValueError("it needs too much memory, or is no LZMA")
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    chosen: dict[str, Any] = {"id": lzma.FILTER_LZMA1, "dict_size": dictionary}
    filters = [{**chosen, "lc": lc, "lp": lp, "pb": pb}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
