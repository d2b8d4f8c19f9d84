"""Replaces the content of a file at once, or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.project_files import read_content


def replace_content(file: Path, before: bytes, after: bytes) -> None:
    """Write `after` into the file, which has to hold `before` until then, if it is there.

    A link stays one, and what it leads to is written; the mode stays. Raises ConfigurationError if
    that fails, or if somebody else has changed the file.
    """
    try:
        target = file.resolve(strict=False)
        there = target.exists()
        if there and not os.access(target, os.W_OK):
            raise PermissionError(13, "it is write-protected")
        mode = stat.S_IMODE(target.stat().st_mode) if there else None
        _replace(target, before, after, mode)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, until Python 3.12
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"{file}: cannot be written, and is as it was: {reason}") from None


def _replace(target: Path, before: bytes, after: bytes, mode: int | None) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(after)
            opened.flush()
            os.fsync(opened.fileno())
        # What a new file may be is for the user's mask to say, and mkstemp() does not ask it.
        fresh.chmod(mode if mode is not None else 0o666 & ~_mask())
        if read_content(target) != before:
            raise ConfigurationError(
                f"{target}: was changed by somebody else in the meantime: run `init` again"
            )
        fresh.replace(target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def _mask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
