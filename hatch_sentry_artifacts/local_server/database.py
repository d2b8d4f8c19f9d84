"""The SQLite database: its tables, and one connection that threads take turns with."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL,
    version TEXT NOT NULL,
    ref TEXT,
    url TEXT,
    date_created TEXT NOT NULL,
    date_released TEXT,
    UNIQUE (organization, version)
);
CREATE TABLE IF NOT EXISTS release_project (
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    project TEXT NOT NULL,
    PRIMARY KEY (release_id, project)
);
CREATE TABLE IF NOT EXISTS release_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    name TEXT NOT NULL,
    dist TEXT NOT NULL,
    headers TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha1 TEXT NOT NULL,
    date_created TEXT NOT NULL,
    UNIQUE (release_id, name, dist)
);
CREATE INDEX IF NOT EXISTS release_file_by_sha1 ON release_file (sha1);
"""

_SECONDS_TO_WAIT = 0.2


def now() -> str:
    """Tell the time in UTC as Sentry writes it: `2025-01-31T23:59:59.123456Z`."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Database:
    """One connection for all threads, in exclusive mode: no second server can use the file.

    `lock` holds other threads off for longer than one transaction.
    Raises ConfigurationError when the file is in use, or is no database.
    """

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(
                path, timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
            )
        except sqlite3.DatabaseError as error:
            raise _unusable(path, error) from error
        self._connection.row_factory = sqlite3.Row
        # SQLite's own functions know only ASCII's upper case.
        self._connection.create_function("lowered", 1, str.lower, deterministic=True)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise _unusable(path, error) from error

    def _prepare(self) -> None:
        # The write-ahead log survives a killed process; the lock ends with the process.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_TABLES)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run all statements of the block or none, with no other thread's between them."""
        with self.lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """End the connection; what was committed is on disk."""
        with self.lock:
            self._connection.close()


def _unusable(path: Path, error: sqlite3.DatabaseError) -> ConfigurationError:
    if "locked" in str(error):
        return ConfigurationError(
            f"{path} is in use: stop the other server, or choose another folder"
        )
    return ConfigurationError(
        f"{path} is not usable ({error}): delete it, or choose another folder"
    )
