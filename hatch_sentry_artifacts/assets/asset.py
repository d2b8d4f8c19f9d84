"""The types that go from a distribution to the upload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from hatch_sentry_artifacts.assets.kinds import is_map, is_script_map


class Content(Protocol):
    """An open file: a context manager with `read` and `seek`."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, all that are left if it is negative, b"" at the end."""

    def seek(self, offset: int, /) -> object:
        """Read on from that byte."""

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
    """A file as an archive holds it: `size` bytes of raw deflate (RFC 1951), that `open` gives."""

    size: int
    open: Callable[[], Content] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a distribution: its path there, its size in bytes, and how to open it.

    `crc32` is known where an archive tells it, and whoever reads the content to its end has it
    checked.
    """

    path: str
    size: int
    open: Callable[[], Content] = field(repr=False)
    deflated: Deflated | None = None
    crc32: int | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to upload: where it lies, what it is called, what it holds.

    `sha1`, in lower-case hexadecimal, and `crc32` are of the content that `open` gives. `headers`
    are those of the release file, such as `Sourcemap`. `debug_id` is the one that the content
    has, or that of a script's map; `registers_id` is whether the script registers it when it runs,
    without which no event has it, and `carries_map` whether it is its map's file, too.
    `named_as_map` is whether a script's reference says that it is a map, whatever it is called.
    """

    path: str
    name: str
    size: int
    sha1: str
    crc32: int
    headers: Mapping[str, str]
    open: Callable[[], Content] = field(repr=False)
    debug_id: str | None = None
    deflated: Deflated | None = None
    registers_id: bool = False
    carries_map: bool = False
    named_as_map: bool = False

    @property
    def is_map(self) -> bool:
        """Whether it is a source map, of whatever."""
        return self.named_as_map or is_map(self.path)

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
    """Something about a file that will keep a stack trace from being resolved."""

    path: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message} [{self.rule}]"
