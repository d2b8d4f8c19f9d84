"""Writes the records of a zip file; they do not depend on time or machine."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

STORED = 0
DEFLATED = 8
# More would need the records of Zip64, which the next number announces.
MOST_ENTRIES = 0xFFFF - 1
MOST_BYTES = 0xFFFFFFFF - 1

# APPNOTE 6.3.10: 4.3.7, 4.3.12, 4.3.16. All numbers are little-endian.
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_DIRECTORY_HEADER = struct.Struct("<4s6H3I5H2I")
_DIRECTORY_END = struct.Struct("<4s4H2IH")
_NAME_IS_UTF8 = 0x800
_VERSION_NEEDED = 20
_FIRST_OF_JANUARY_1980 = 0x21
_MIDNIGHT = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: `size` bytes of content, stored as `packed_size` bytes by `method`."""

    name: str
    method: int
    crc32: int
    packed_size: int
    size: int


def local_header(entry: Entry) -> bytes:
    """Return the local header, which precedes the entry's bytes."""
    name = entry.name.encode()
    return _LOCAL_HEADER.pack(b"PK\3\4", *_common(entry, name)) + name


def directory(entries: Sequence[Entry], offsets: Sequence[int], start: int) -> bytes:
    """Return the directory, to be put at `start`, of entries with local headers at `offsets`."""
    records = []
    for entry, offset in zip(entries, offsets, strict=True):
        name = entry.name.encode()
        common = _common(entry, name)
        records.append(
            _DIRECTORY_HEADER.pack(b"PK\1\2", _VERSION_NEEDED, *common, 0, 0, 0, 0, offset) + name
        )
    body = b"".join(records)
    count = len(records)
    return body + _DIRECTORY_END.pack(b"PK\5\6", 0, 0, count, count, len(body), start, 0)


def _common(entry: Entry, name: bytes) -> tuple[int, ...]:
    """Return the fields from the version needed to the length of the extra field."""
    return (
        _VERSION_NEEDED,
        0 if name.isascii() else _NAME_IS_UTF8,
        entry.method,
        _MIDNIGHT,
        _FIRST_OF_JANUARY_1980,
        entry.crc32,
        entry.packed_size,
        entry.size,
        len(name),
        0,
    )
