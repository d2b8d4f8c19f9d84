"""The SQLite database: its tables, and one connection that threads take turns with."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
    status TEXT NOT NULL DEFAULT 'open',
    UNIQUE (organization, version)
);
CREATE TABLE IF NOT EXISTS release_project (
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    project TEXT NOT NULL,
    PRIMARY KEY (release_id, project)
);
CREATE TABLE IF NOT EXISTS deploy (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    environment TEXT NOT NULL,
    name TEXT,
    url TEXT,
    date_started TEXT,
    date_finished TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS repository (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT,
    provider TEXT,
    date_created TEXT NOT NULL,
    UNIQUE (organization, name)
);
CREATE TABLE IF NOT EXISTS author (
    organization TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT,
    PRIMARY KEY (organization, email)
);
CREATE TABLE IF NOT EXISTS vcs_commit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER NOT NULL REFERENCES repository,
    sha TEXT NOT NULL,
    message TEXT,
    author_email TEXT,
    date_created TEXT NOT NULL,
    UNIQUE (repository_id, sha)
);
CREATE TABLE IF NOT EXISTS commit_change (
    commit_id INTEGER NOT NULL REFERENCES vcs_commit,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    PRIMARY KEY (commit_id, path)
);
CREATE TABLE IF NOT EXISTS release_commit (
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    commit_id INTEGER NOT NULL REFERENCES vcs_commit,
    place INTEGER NOT NULL,
    PRIMARY KEY (release_id, commit_id)
);
CREATE TABLE IF NOT EXISTS release_head (
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    repository_id INTEGER NOT NULL REFERENCES repository,
    commit_id INTEGER NOT NULL REFERENCES vcs_commit,
    PRIMARY KEY (release_id, repository_id)
);
CREATE TABLE IF NOT EXISTS release_history (
    release_id INTEGER PRIMARY KEY REFERENCES release ON DELETE CASCADE,
    commit_count INTEGER NOT NULL,
    last_commit INTEGER REFERENCES vcs_commit
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
CREATE TABLE IF NOT EXISTS chunk (
    sha1 TEXT PRIMARY KEY,
    size INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS bundle (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL,
    bundle_id TEXT NOT NULL,
    sha1 TEXT NOT NULL,
    size INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    date_created TEXT NOT NULL,
    date_modified TEXT NOT NULL,
    UNIQUE (organization, bundle_id)
);
CREATE INDEX IF NOT EXISTS bundle_by_sha1 ON bundle (sha1);
CREATE TABLE IF NOT EXISTS bundle_chunk (
    bundle INTEGER NOT NULL REFERENCES bundle ON DELETE CASCADE,
    sha1 TEXT NOT NULL,
    PRIMARY KEY (bundle, sha1)
);
CREATE INDEX IF NOT EXISTS bundle_chunk_by_sha1 ON bundle_chunk (sha1);
CREATE TABLE IF NOT EXISTS bundle_project (
    bundle INTEGER NOT NULL REFERENCES bundle ON DELETE CASCADE,
    project TEXT NOT NULL,
    PRIMARY KEY (bundle, project)
);
CREATE TABLE IF NOT EXISTS bundle_release (
    bundle INTEGER NOT NULL REFERENCES bundle ON DELETE CASCADE,
    version TEXT NOT NULL,
    dist TEXT NOT NULL,
    PRIMARY KEY (bundle, version, dist)
);
CREATE INDEX IF NOT EXISTS bundle_release_by_version ON bundle_release (version, dist);
CREATE TABLE IF NOT EXISTS bundle_debug_id (
    bundle INTEGER NOT NULL REFERENCES bundle ON DELETE CASCADE,
    debug_id TEXT NOT NULL,
    PRIMARY KEY (bundle, debug_id)
);
CREATE INDEX IF NOT EXISTS bundle_debug_id_by_id ON bundle_debug_id (debug_id);
CREATE TABLE IF NOT EXISTS bundle_file (
    bundle INTEGER NOT NULL REFERENCES bundle ON DELETE CASCADE,
    path TEXT NOT NULL,
    url TEXT,
    kind TEXT,
    debug_id TEXT,
    headers TEXT NOT NULL,
    size INTEGER,
    PRIMARY KEY (bundle, path)
);
"""

# Columns that tables of earlier versions lack.
_LATER_COLUMNS = {("release", "status"): "TEXT NOT NULL DEFAULT 'open'"}
_SECONDS_TO_WAIT = 0.2


_CONTENTS = """
SELECT sha1 FROM release_file UNION SELECT sha1 FROM chunk UNION SELECT sha1 FROM bundle
"""
_USES = """
SELECT 1 FROM release_file WHERE sha1 = :sha1
UNION ALL SELECT 1 FROM chunk WHERE sha1 = :sha1
UNION ALL SELECT 1 FROM bundle WHERE sha1 = :sha1
"""


def contents(connection: sqlite3.Connection) -> set[str]:
    """List the sha1 of every content that something stored has."""
    return {row["sha1"] for row in connection.execute(_CONTENTS)}


def unused(connection: sqlite3.Connection, sha1s: Iterable[str]) -> list[str]:
    """List those of the contents that nothing stored has any more."""
    return [
        sha1
        for sha1 in dict.fromkeys(sha1s)
        if not connection.execute(_USES, {"sha1": sha1}).fetchone()
    ]


def now() -> str:
    """Return the time in UTC as Sentry writes it: `2025-01-31T23:59:59.123456Z`."""
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
        self._connection.create_function("lowered", 1, _lowered, deterministic=True)
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
        for (table, column), definition in _LATER_COLUMNS.items():
            rows = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            if column not in {row["name"] for row in rows}:
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")

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

    def changes(self) -> int:
        """Count the rows that were changed since the file was opened."""
        return self._connection.total_changes

    def close(self) -> None:
        """End the connection; what was committed is on disk."""
        with self.lock:
            self._connection.close()


def _lowered(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _unusable(path: Path, error: sqlite3.DatabaseError) -> ConfigurationError:
    if "locked" in str(error):
        return ConfigurationError(
            f"{path} is in use: stop the other server, or choose another folder"
        )
    return ConfigurationError(
        f"{path} is not usable ({error}): delete it, or choose another folder"
    )
