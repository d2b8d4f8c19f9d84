"""Reads files of a project that may be anything: only their texts are wanted, if they have one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hatch_sentry_artifacts.configuration.files import read_bytes
from hatch_sentry_artifacts.errors import ConfigurationError

_MOST_BYTES = 1024 * 1024


def read_if_possible(file: Path) -> str | None:
    """Return the text of a regular file of at most 1 MB; None if there is none."""
    with suppress(ConfigurationError):
        content = read_bytes(file, _MOST_BYTES)
        return None if content is None else content.decode("utf-8", "replace")
    return None


def text_of(file: Path) -> str:
    """Return the same, or "" if there is none."""
    return read_if_possible(file) or ""
