"""Contents on disk, one file a sha1, written beside their place and moved there when complete."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Buffer


class IncomingFile(io.FileIO):
    """An upload on its way in: goes straight to disk, is hashed as it comes, deleted by `close`."""

    def __init__(self, folder: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-", delete=False) as file:
            self.path = Path(file.name)
        super().__init__(self.path, "r+b")
        self._digest = hashlib.sha1(usedforsecurity=False)
        self.size = 0

    def write(self, content: Buffer) -> int:
        """Append `content`; return its size in bytes."""
        view = memoryview(content).cast("B")
        self._digest.update(view)
        self.size += len(view)
        written = 0
        while written < len(view):
            written += super().write(view[written:])
        return written

    @property
    def sha1(self) -> str:
        """Lower-case hexadecimal, of what was written so far."""
        return self._digest.hexdigest()

    def move_to(self, place: Path) -> None:
        """Close, and become the file at `place`, unless there is one already."""
        super().close()  # Windows moves no open file
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            self.path.replace(place)

    def close(self) -> None:
        """Close, and delete the file unless it was moved to its place."""
        super().close()
        self.path.unlink(missing_ok=True)


class Blobs:
    """A folder of contents. Callers keep two threads from storing and deleting at once."""

    def __init__(self, folder: Path) -> None:
        # Flask takes what is relative for a part of the application.
        self._folder = folder.absolute() / "blobs"
        self.incoming_folder = folder.absolute() / "incoming"
        for needed in (self._folder, self.incoming_folder):
            needed.mkdir(parents=True, exist_ok=True)

    def path(self, sha1: str) -> Path:
        """Return the place for the content of this sha1."""
        return self._folder / sha1[:2] / sha1

    def keep(self, upload: IncomingFile) -> None:
        """Move a complete upload to its place; the same content is stored once."""
        upload.move_to(self.path(upload.sha1))

    def delete(self, sha1: str) -> None:
        """Delete a content. One that is being read on Windows stays until the next start."""
        with contextlib.suppress(PermissionError):
            self.path(sha1).unlink(missing_ok=True)

    def sweep(self, wanted: Iterable[str]) -> None:
        """Delete what a killed server left: unfinished uploads, and contents that nothing names."""
        keep = set(wanted)
        for stale in self.incoming_folder.iterdir():
            stale.unlink(missing_ok=True)
        for blob in self._folder.glob("*/*"):
            if blob.name not in keep:
                self.delete(blob.name)
