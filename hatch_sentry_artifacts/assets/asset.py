"""The types that go from a distribution to the upload."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from hatch_sentry_artifacts.assets.kinds import is_map, is_script_map

# Of the files of one finding.
_MOST_NAMED = 3
_BLOCK_BYTES = 256 * 1024


class Content(Protocol):
    """An open file: a context manager with `read` and `seek`."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, all the rest if `size` is negative, b"" at the end."""

    def seek(self, offset: int, /) -> object:
        """Continue reading at that offset."""

    def __enter__(self) -> Content: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> object: ...


@dataclass(frozen=True, slots=True)
class Deflated:
    """A file as an archive stores it: `size` bytes of raw deflate (RFC 1951), read with `open`."""

    size: int
    open: Callable[[], Content] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a distribution: its path there, its size in bytes, and how to open it.

    `crc32` is known for members of an archive; reading the content to its end checks it.
    """

    path: str
    size: int
    open: Callable[[], Content] = field(repr=False)
    deflated: Deflated | None = None
    crc32: int | None = None

    def holds_the_same(self, other: Member) -> bool:
        """Return whether both have the same content; it is read only if nothing else tells."""
        if self.size != other.size:
            return False
        if None not in {self.crc32, other.crc32} and self.crc32 != other.crc32:
            return False
        return self._sha1() == other._sha1()

    def _sha1(self) -> bytes:
        digest = hashlib.sha1(usedforsecurity=False)
        with self.open() as content:
            while block := content.read(_BLOCK_BYTES):
                digest.update(block)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to upload: its path, its name and its content.

    `sha1` (lower-case hexadecimal) and `crc32` are those of the content that `open` returns; only a
    bundle needs `crc32`.
    `headers` are those of the release file, such as `Sourcemap`. `debug_id` is the content's own,
    or for a script the id of its map. `registers_id` is whether the script registers the id when
    it runs; if not, no event has it. `carries_map` is whether the script contains its map.
    `named_as_map` is whether a script refers to the file as its map, whatever its name. `rule` is
    what gave the name; `also_named` the file's first name, where `name` is a further one.
    """

    path: str
    name: str
    size: int
    sha1: str
    crc32: int | None
    headers: Mapping[str, str]
    open: Callable[[], Content] = field(repr=False)
    debug_id: str | None = None
    deflated: Deflated | None = None
    registers_id: bool = False
    carries_map: bool = False
    named_as_map: bool = False
    rule: str = ""
    also_named: str = ""

    @property
    def is_map(self) -> bool:
        """Whether it is a source map, of a script or of anything else."""
        return self.named_as_map or is_map(self.path)

    @property
    def has_map(self) -> bool:
        """Whether it is a script that refers to a source map, or contains it."""
        return bool(self.headers) or self.carries_map

    @property
    def is_script_map(self) -> bool:
        """Whether it is the source map of a script."""
        return self.named_as_map or is_script_map(self.path)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of an artifact bundle: `size` bytes from `offset` on.

    `sha1` is of those bytes, in lower-case hexadecimal; `compressible` tells whether compression
    would make them smaller.
    """

    sha1: str
    offset: int
    size: int
    compressible: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a file that keeps stack traces from being resolved.

    `others` are the paths of further files that have the same problem.
    """

    path: str
    rule: str
    message: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join((self.path, *self.others[: _MOST_NAMED - 1]))
        more = len(self.others) - _MOST_NAMED + 1
        return f"{named}{f' and {more} more' if more > 0 else ''}: {self.message} [{self.rule}]"
