"""Reads the files of a distribution, and writes new content for them, which appears all at once."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hatch_sentry_artifacts.errors import DistributionError

# How the names of files end that have not taken their places yet.
STAGED_SUFFIX = ".sentry-artifacts.tmp"


@dataclass(frozen=True)
class Staging:
    """The files of a distribution, by their paths there.

    New content is `put` beside its place at once, and takes it with `commit`: a fault before that
    changes nothing, and each file is the old or the new one at any time, also if the process is
    killed. (After a power failure a file may be neither; nothing waits for the disk.) The place is
    in the folder `into`, or that of the file itself. Nothing is written if `dry_run`.
    """

    sources: Mapping[str, Path]
    into: Path | None = None
    dry_run: bool = False
    put_in: set[str] = field(default_factory=set)

    def part(self, paths: Iterable[str]) -> Staging:
        """The same for some of the files, to hand to another process."""
        sources = {path: self.sources[path] for path in paths if path in self.sources}
        return replace(self, sources=sources, put_in=set())

    def read(self, path: str, size: int = -1) -> bytes:
        """Return the content at `path`, or its first `size` bytes.

        Raises DistributionError if it cannot be read.
        """
        try:
            with self.sources[path].open("rb", buffering=0) as file:
                return file.read(size)
        except OSError as error:
            raise DistributionError(f"{path}: cannot be read: {error.strerror}") from None

    def put(self, path: str, content: Iterable[bytes | memoryview]) -> None:
        """Write the parts of `content` beside the place of `path`.

        Raises DistributionError if that fails.
        """
        if self.dry_run:
            return
        place = self._beside(path)
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
        """Let what was put in take its place. Raises DistributionError if that fails."""
        if path in self.put_in:
            try:
                self._beside(path).replace(self._place(path))
            except OSError as error:
                raise DistributionError(f"{path}: cannot be replaced: {error.strerror}") from None
            self.put_in.discard(path)

    def discard(self, paths: Iterable[str]) -> None:
        """Forget what was put in and not committed."""
        for path in self.put_in.intersection(paths):
            with suppress(OSError):
                self._beside(path).unlink()
            self.put_in.discard(path)

    def sweep(self) -> None:
        """Forget all that was put in, also by a process that did not come to tell of it."""
        self.put_in.clear()
        if not self.dry_run:
            for path in self.sources:
                with suppress(OSError):
                    self._beside(path).unlink()

    def _place(self, path: str) -> Path:
        return self.into / path if self.into else self.sources[path]

    def _beside(self, path: str) -> Path:
        place = self._place(path)
        # Of a length that every file system takes, however long the name is.
        digest = hashlib.sha1(os.fsencode(place.name), usedforsecurity=False).hexdigest()
        return place.with_name(f".{digest}{STAGED_SUFFIX}")
