"""Reads a zip archive in place, and refuses one whose contents cannot be trusted."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

from hatch_sentry_artifacts.assets.asset import Content, Deflated, Member
from hatch_sentry_artifacts.assets.distribution.inflating import InflatedMember
from hatch_sentry_artifacts.assets.distribution.open_file import OpenFile
from hatch_sentry_artifacts.errors import DistributionError

if TYPE_CHECKING:
    from typing_extensions import Self

_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")
# APPNOTE 4.3.7: the fixed part of a local file header, and where in it the lengths of what follows
# it stand.
_LOCAL_HEADER_BYTES = 30
_LENGTHS_OFFSET = 26
# What zipfile and the decompressors raise for content that differs from the archive's records.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError)
_BY_BLOCKS = frozenset({zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_BLOCK_BYTES = 256 * 1024

# What zipfile raises for newer versions of the format and for unsupported compressions.
_UNKNOWN_FORMAT = NotImplementedError


class Archive:
    """An open archive; `members` are its files in the archive's order.

    Opening raises DistributionError for anything that is no zip archive, is truncated, or holds
    absolute paths, "..", one name twice, or encrypted members; reading raises it for bad content.
    """

    # What it is called in messages.
    KIND: ClassVar[str] = "archive"

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            raise DistributionError(f"{path}: there is no such {self.KIND}") from None
        except OSError as error:
            raise DistributionError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            self._version = _version_of(self._file)
            self._archive = self._opened()
            self._check_names()
        except BaseException:
            self._file.close()
            raise

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._file)
        except OSError as error:
            raise DistributionError(f"{self.path}: cannot be read: {error.strerror}") from None
        except (zipfile.BadZipFile, ValueError, struct.error, _UNKNOWN_FORMAT) as error:
            raise DistributionError(
                f"{self.path}: is no {self.KIND}, or a truncated one: {error}; build it again"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive; its members cannot be read any more."""
        self._archive.close()
        self._file.close()

    @cached_property
    def members(self) -> list[Member]:
        """Every file of the archive."""
        return [
            Member(
                info.filename, info.file_size, self._opener(info), self._deflated(info), info.CRC
            )
            for info in self._archive.infolist()
            if not info.filename.endswith("/")
        ]

    def _check_names(self) -> None:
        seen: set[str] = set()
        for info in self._archive.infolist():
            name = info.filename
            plain = name.replace("\\", "/")
            if not name:
                raise self._unsafe(name, "has no name")
            if plain.startswith("/") or _DRIVE.match(plain) or ".." in plain.split("/"):
                raise self._unsafe(name, f"has a path that leaves the {self.KIND}")
            if name in seen:
                raise self._unsafe(name, f"is in the {self.KIND} twice")
            if info.flag_bits & _ENCRYPTED:
                raise self._unsafe(name, "is encrypted")
            seen.add(name)

    def _unsafe(self, name: str, problem: str) -> DistributionError:
        return DistributionError(
            f"{self.path}: the member {name!r} {problem}; nothing was uploaded, "
            "build the wheel again with a sound build back end"
        )

    def _opener(self, info: zipfile.ZipInfo) -> Callable[[], Content]:
        if info.compress_type in _BY_BLOCKS:
            return lambda: _InflatedFile(self._packed(info), self.path, info)
        return lambda: _ArchiveFile(self._archive, self.path, info)

    def _packed(self, info: zipfile.ZipInfo) -> _PackedFile:
        return _PackedFile(self.path, info, self._version)

    def _deflated(self, info: zipfile.ZipInfo) -> Deflated | None:
        if info.compress_type != zipfile.ZIP_DEFLATED:
            return None
        return Deflated(info.compress_size, lambda: self._packed(info))


class _ArchiveFile(OpenFile):
    """A member, decompressed as it is read."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> None:
        self._path = path
        self._info = info
        with self._telling():
            super().__init__(archive.open(info))

    def read(self, size: int = -1) -> bytes:
        """See Content. Reads in blocks, since a member may hold more than its records say."""
        if size >= 0:
            return super().read(size)
        # Joining blocks would take twice as much memory.
        whole = BytesIO()
        while block := super().read(_BLOCK_BYTES):
            whole.write(block)
        return whole.getvalue()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except _UNKNOWN_FORMAT as error:
            problem = f"cannot be decompressed here: {error}"
        except _DAMAGE as error:
            problem = f"is damaged: {error}"
        except Exception as error:
            if type(error).__name__ != "LZMAError":  # of a module that Python may be without
                raise
            problem = f"is damaged: {error}"
        else:
            return
        raise DistributionError(
            f"{self._path}: the member {self._info.filename!r} {problem}; "
            "nothing was uploaded, build the wheel again"
        )


class _InflatedFile(_ArchiveFile):
    """A member of which `zipfile` would unpack too much at a time."""

    def __init__(self, packed: _PackedFile, path: Path, info: zipfile.ZipInfo) -> None:
        self._path = path
        self._info = info
        try:
            with self._telling():
                OpenFile.__init__(self, InflatedMember(packed, info))
        except BaseException:
            packed.close()
            raise


class _PackedFile(OpenFile):
    """A member's bytes as they are in the archive."""

    def __init__(self, path: Path, info: zipfile.ZipInfo, version: tuple[int, ...]) -> None:
        self._path = path
        self._size = self._left = info.compress_size
        with self._telling():
            file = path.open("rb", buffering=0)
            super().__init__(file)
            try:
                self._start = self._find_start(file, info, version)
            except BaseException:
                file.close()
                raise

    def read(self, size: int = -1) -> bytes:
        """See Content. Stops at the end of the member; other members follow it."""
        block = super().read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block

    def seek(self, offset: int) -> None:
        """See Content."""
        super().seek(self._start + offset)
        self._left = max(0, self._size - offset)

    def close(self) -> None:
        """Close the archive, which was opened for this member only."""
        self._file.close()

    def _find_start(self, file: IO[bytes], info: zipfile.ZipInfo, version: tuple[int, ...]) -> int:
        if _version_of(file) != version:
            raise DistributionError(f"{self._path} changed while it was uploaded; run this again")
        file.seek(info.header_offset)
        header = file.read(_LOCAL_HEADER_BYTES)
        # The extra field of the local header may differ from that of the central directory.
        name, extra = struct.unpack_from("<HH", header, _LENGTHS_OFFSET)
        return file.seek(name + extra, os.SEEK_CUR)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (OSError, struct.error) as error:
            raise DistributionError(f"{self._path}: cannot be read: {error}") from None


def _version_of(file: IO[bytes]) -> tuple[int, ...]:
    """Return a value that changes if the file is replaced or written to."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
