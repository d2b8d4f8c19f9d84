"""Folders of temporary files: they end with their run, or else with the next one of the same user.

A process that is killed deletes nothing. So each folder has a file that its process keeps locked,
and the system ends that lock with the process, however it ends. Nobody deletes the folder of a run
that goes on.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from hatch_sentry_artifacts.errors import DistributionError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[Any]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[Any]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_PREFIX = "sentry-artifacts-"
_LOCKED = ".in-use-by-sentry-artifacts"
# What locking says of a file that another process has locked.
_TAKEN = {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK, getattr(errno, "EDEADLOCK", 0)}
# No run takes longer from making a folder to locking it.
_LONGEST_START = 3600  # seconds


class TemporaryFolder:
    """A new folder at `path`, until `remove` or the end of the context.

    Those of killed runs are deleted first. Raises DistributionError if no folder can be made.
    """

    def __init__(self) -> None:
        try:
            sweep()
            self.path, self._locked = _make()
        except OSError as error:
            raise DistributionError(
                f"no temporary folder can be made: {error.strerror}; let TMPDIR (on Windows: TEMP) "
                "name a folder that can be written to"
            ) from None

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Delete the folder, as far as that is possible."""
        _delete(self.path, self._locked)


def _make() -> tuple[Path, IO[bytes]]:
    """Return a new folder, and the file in it, locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        file = (folder / _LOCKED).open("xb")
        # Another run may have taken it for one of a killed run before it was locked.
        if _is_locked_by_us(file, folder / _LOCKED):
            return folder, file
        file.close()


def _is_locked_by_us(file: IO[bytes], path: Path) -> bool:
    try:
        _lock(file)
    except OSError as error:
        # Where a file system has no locks, nobody else can lock it either.
        return error.errno not in _TAKEN
    try:
        # Windows deletes no open file, and has not always comparable numbers of files.
        return sys.platform == "win32" or os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def sweep() -> None:
    """Delete the folders of killed runs."""
    with suppress(OSError):
        _sweep(list(_folders(tempfile.gettempdir())))


def _sweep(folders: Iterable[Path]) -> None:
    for folder in folders:
        try:
            file = (folder / _LOCKED).open("r+b")
        except FileNotFoundError:
            _delete_unused(folder)
            continue
        except OSError:
            continue
        try:
            _lock(file)
        except OSError:
            file.close()
            continue
        _delete(folder, file)


def _folders(place: str) -> Iterator[Path]:
    """Yield the folders in `place` that this user's runs may have made."""
    user = os.geteuid() if sys.platform != "win32" else None
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                owner = entry.stat(follow_symlinks=False).st_uid
                if user is None or owner == user:
                    yield Path(entry.path)


def _delete_unused(folder: Path) -> None:
    """Delete what a run left that was killed before it could lock anything: an empty folder."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime > _LONGEST_START:
            folder.rmdir()


def _delete(folder: Path, locked: IO[bytes]) -> None:
    """Delete the folder whose file is `locked`; if that is cut short, another run can go on."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif entry.name != _LOCKED:
                with suppress(OSError):
                    Path(entry.path).unlink()
    # While it is locked, as long as the system deletes open files: Windows does not.
    with suppress(OSError):
        (folder / _LOCKED).unlink()
    locked.close()
    with suppress(OSError):
        (folder / _LOCKED).unlink(missing_ok=True)
        folder.rmdir()
