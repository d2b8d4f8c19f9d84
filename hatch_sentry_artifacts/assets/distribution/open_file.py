"""The base class of open files in folders and wheels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Protocol


class Readable(Protocol):
    """The methods that an open file needs."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes."""

    def seek(self, offset: int, /) -> object:
        """Continue reading at that offset."""

    def close(self) -> object:
        """Close the file."""


class OpenFile(ABC):
    """An open file as a member's content (see Content); its faults become DistributionError."""

    def __init__(self, file: Readable) -> None:
        self._file = file

    @abstractmethod
    def _telling(self) -> AbstractContextManager[None]:
        """Return a context manager that turns faults of the file into DistributionError."""

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
