"""What the open files of folders and wheels have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Protocol


class Readable(Protocol):
    """What an open file has to offer."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes."""

    def seek(self, offset: int, /) -> object:
        """Read on from that byte."""

    def close(self) -> object:
        """Give back what it holds."""


class OpenFile(ABC):
    """A file, open as a member's content (see Content), whose faults are told as ours."""

    def __init__(self, file: Readable) -> None:
        self._file = file

    @abstractmethod
    def _telling(self) -> AbstractContextManager[None]:
        """A context that turns faults of the file into DistributionError."""

    def read(self, size: int = -1) -> bytes:
        """See Content."""
        with self._telling():
            return self._file.read(size)

    def seek(self, offset: int) -> None:
        """See Content."""
        with self._telling():
            self._file.seek(offset)

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
