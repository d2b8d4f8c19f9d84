"""Reads the files of a distribution, and replaces each of them atomically."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hatch_sentry_artifacts.assets.kinds import STAGED_SUFFIX
from hatch_sentry_artifacts.errors import DistributionError


@dataclass(frozen=True)
class Staging:
    """The files of a distribution, by their paths there.

    `put` writes new content into a staged file beside its final place; `commit` renames it to that
    place. A fault before that changes nothing, and each file has its old or its new content at any
    time, also if the process is killed. (After a power failure it may have neither: there is no
    fsync.) The place is in the folder `into`, or that of the file itself. With `dry_run` nothing is
    written.
    """

    sources: Mapping[str, Path]
    into: Path | None = None
    dry_run: bool = False
    put_in: set[str] = field(default_factory=set)

    def part(self, paths: Iterable[str]) -> Staging:
        """Return a staging of some of the files, to be sent to another process."""
        sources = {path: self.sources[path] for path in paths if path in self.sources}
        return replace(self, sources=sources, put_in=set())

    def read(self, path: str, size: int = -1) -> bytes:
        """Return the content at `path`, or its first `size` bytes.

        Raises DistributionError if it cannot be read.
        """
        return read_source(self.sources, path, size)

    def put(self, path: str, content: Iterable[bytes | memoryview]) -> None:
        """Write the parts of `content` to a staged file for `path`.

        Raises DistributionError if that fails.
        """
        if self.dry_run:
            return
        place = self._staged(path)
        self.put_in.add(path)
        try:
            if self.into:
                place.parent.mkdir(parents=True, exist_ok=True)
            mode = stat.S_IMODE(self.sources[path].stat().st_mode)
            with place.open("wb", buffering=0) as file:
                for part in content:
                    rest = memoryview(part)
                    while rest:
                        rest = rest[file.write(rest) :]
            place.chmod(mode)
        except OSError as error:
            raise DistributionError(f"{path}: cannot be written: {error.strerror}") from None

    def commit(self, path: str) -> None:
        """Move the staged files to their places. Raises DistributionError if that fails."""
        if path in self.put_in:
            try:
                self._staged(path).replace(self._place(path))
            except OSError as error:
                raise DistributionError(f"{path}: cannot be replaced: {error.strerror}") from None
            self.put_in.discard(path)

    def discard(self, paths: Iterable[str]) -> None:
        """Delete the staged files that were not committed."""
        for path in self.put_in.intersection(paths):
            with suppress(OSError):
                self._staged(path).unlink()
            self.put_in.discard(path)

    def sweep(self) -> None:
        """Delete all staged files, also those of a process that was killed."""
        self.put_in.clear()
        if not self.dry_run:
            for path in self.sources:
                with suppress(OSError):
                    self._staged(path).unlink()

    def _place(self, path: str) -> Path:
        return self.into / path if self.into else self.sources[path]

    def _staged(self, path: str) -> Path:
        return staged_beside(self._place(path))


def staged_beside(place: Path) -> Path:
    """Return where the file is written that is to take the place of another."""
    # Short enough for every file system, however long the name is.
    digest = hashlib.sha1(os.fsencode(place.name), usedforsecurity=False).hexdigest()
    return place.with_name(f".{digest}{STAGED_SUFFIX}")


def read_source(sources: Mapping[str, Path], path: str, size: int = -1) -> bytes:
    """Return the content of the file at `path` of a distribution, or its first `size` bytes.

    `sources` has the files by path. Raises DistributionError if it cannot be read.
    """
    try:
        with sources[path].open("rb", buffering=0) as file:
            return file.read(size)
    except OSError as error:
        raise DistributionError(f"{path}: cannot be read: {error.strerror}") from None
