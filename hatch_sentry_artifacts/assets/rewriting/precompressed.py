"""Renews the compressed copies beside a file, such as app.js.gz and app.js.br."""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from hatch_sentry_artifacts.errors import ConfigurationError

# RFC 1952: deflate, no flags, no time, best compression, unknown system; the same everywhere.
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_GZIP_BITS, _RAW_BITS = 31, -15
# Larger than any page.
_MOST_UNPACKED = 32 * 1024 * 1024
# Of brotli, two bytes may stand for a megabyte, and not every version of the package limits what it
# gives at a time.
_FEW_BYTES = 64


def gzip(content: bytes) -> bytes:
    """Return `content` as a .gz file; the same content gives the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_BITS)
    packed = packer.compress(content) + packer.flush()
    checks = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return _GZIP_HEADER + packed + checks


def brotli(content: bytes) -> bytes:
    """Return `content` as a .br file. Raises ConfigurationError without a brotli package."""
    module = _brotli()
    if module is None:
        raise ConfigurationError(
            "a .br copy has to be made again, since its file changes, which needs the package "
            "brotli: add it to the build's requirements, or let the .br copies be made afterwards"
        )
    packed: bytes = module.compress(content)
    return packed


def _refuse(_: bytes) -> bytes:
    raise ConfigurationError(
        "a .zst copy cannot be made again, but its file changes: let the .zst copies be "
        "made afterwards"
    )


COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {".gz": gzip, ".br": brotli, ".zst": _refuse}
)


def check_compressor(suffix: str) -> None:
    """Raise ConfigurationError if copies of that kind cannot be made here."""
    COMPRESSORS[suffix](b"")


def compressed_again(suffix: str, copy: bytes, content: bytes) -> bytes | None:
    """Return a new compressed copy of `content`; None if the existing `copy` is one already."""
    if holds(suffix, copy, content):
        return None
    return COMPRESSORS[suffix](content)


def holds(suffix: str, copy: bytes, content: bytes) -> bool:
    """Return whether `copy` unpacks to `content`; True if brotli is needed and not installed."""
    if suffix == ".gz":
        return _ungzip(copy, len(content)) == content
    module = _brotli() if suffix == ".br" else None
    return module is None or _unbrotli(module, copy, len(content)) == content


def _ungzip(copy: bytes, size: int) -> bytes | None:
    unpacker = zlib.decompressobj(_GZIP_BITS)
    try:
        content = unpacker.decompress(copy, size + 1)
    except zlib.error:
        return None
    return content if unpacker.eof and not unpacker.unused_data else None


def _unbrotli(module: Any, copy: bytes, size: int) -> bytes | None:
    """Return the content; None if there is none, or more than `size` bytes of it."""
    unpacker = module.Decompressor()
    content = bytearray()
    try:
        for at in range(0, len(copy), _FEW_BYTES):
            content += unpacker.process(copy[at : at + _FEW_BYTES])
            if len(content) > size:
                return None
    except module.error:
        return None
    return bytes(content) if unpacker.is_finished() else None


def _brotli() -> Any:
    for name in ("brotli", "brotlicffi"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def unpacked(suffix: str, copy: bytes) -> bytes | None:
    """Return the unpacked `copy`; None if it cannot be unpacked here."""
    if suffix == ".gz":
        return _ungzip(copy, _MOST_UNPACKED)
    module = _brotli() if suffix == ".br" else None
    return None if module is None else _unbrotli(module, copy, _MOST_UNPACKED)
