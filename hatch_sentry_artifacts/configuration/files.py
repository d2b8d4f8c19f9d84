"""Reads the small files that configure an upload, and no others: bounded, regular, trusted."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.configuration.hints import about_line
from hatch_sentry_artifacts.errors import ConfigurationError

_MOST_TOML_BYTES = 2 * 1024 * 1024
# A key of so many parts, for which readers of TOML take time and memory by the square of them.
_KEY_PART = rb"(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')"
_LONG_KEY = re.compile(rb"(?<![\w.\"'-])(?:%s[ \t]*\.[ \t]*){40}" % _KEY_PART)
_ROOT = 0


def read_toml(file: Path) -> Mapping[str, Any] | None:
    """Return the tables of a TOML file, None if there is no such file.

    Raises ConfigurationError if it cannot be read, or is no TOML.
    """
    content = read_bytes(file, _MOST_TOML_BYTES)
    if content is None:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        if _LONG_KEY.search(content):
            raise RecursionError
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        problem = "its keys or values are nested too deep"
    except ValueError as error:  # of the TOML, its UTF-8, or a number of too many digits
        problem = str(error)
        problem += about_line(content.decode("utf-8", "replace"), problem)
    raise ConfigurationError(f"{file}: cannot be read as TOML: {problem}")


def read_bytes(file: Path, most: int) -> bytes | None:
    """Return the content of a regular file of at most `most` bytes, None if there is none.

    Raises ConfigurationError for any other file: opening a named pipe would block for ever.
    """
    # Without this flag, opening a named pipe waits for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(file, flags)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise ConfigurationError(f"{file}: cannot be read: {_reason(error)}") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ConfigurationError(f"{file}: is no regular file: remove it, or rename it")
        with os.fdopen(handle, "rb", closefd=False) as opened:
            content = opened.read(most + 1)
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {_reason(error)}") from None
    finally:
        os.close(handle)
    if len(content) > most:
        raise ConfigurationError(f"{file}: is larger than {most} bytes, which no such file is")
    return content


def is_trusted(file: Path) -> bool:
    """Return whether `file` is there, and the user, or root, owns it and what it leads to.

    Anyone can put a file into a shared folder such as the system's temporary one, or a link to a
    file that somebody else can change. Where files have no owners, as on Windows, being there is
    enough. What lies in a folder that may not be entered, as some service's home, is not there.
    """
    try:
        owners = {file.lstat().st_uid, file.stat().st_uid}
    except (OSError, ValueError):
        return False
    return not hasattr(os, "getuid") or owners <= {os.getuid(), _ROOT}


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def leads_outside(path: Path, folder: Path) -> bool:
    """Return whether `path` is not in the folder, or is reached from it by a link."""
    parts = path.relative_to(folder).parts if path.is_relative_to(folder) else (os.pardir,)
    steps = [folder.joinpath(*parts[: length + 1]) for length in range(len(parts))]
    return os.pardir in parts or any(step.is_symlink() for step in steps)
