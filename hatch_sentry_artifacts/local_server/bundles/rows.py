"""Statements that several operations on bundles share, each within the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.local_server.database import unused

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from hatch_sentry_artifacts.local_server.bundles.archive import BundleFile


@dataclass(frozen=True)
class Bundle:
    """A bundle as stored; `releases` are pairs of version and dist, which is empty for none.

    `sha1` is its content's, `size` in bytes. An `indexed` bundle can be found by its files' URLs.
    """

    id: int
    organization: str
    bundle_id: str
    sha1: str
    size: int
    indexed: bool
    date_created: str
    date_modified: str
    projects: tuple[str, ...]
    releases: tuple[tuple[str, str], ...]
    file_count: int


def read_bundle(connection: sqlite3.Connection, row: sqlite3.Row) -> Bundle:
    """Complete a row of the table `bundle`."""

    def select(sql: str) -> list[sqlite3.Row]:
        return connection.execute(sql, (row["id"],)).fetchall()

    return Bundle(
        **{**dict(row), "indexed": bool(row["indexed"])},
        projects=tuple(
            found["project"]
            for found in select(
                "SELECT project FROM bundle_project WHERE bundle = ? ORDER BY rowid"
            )
        ),
        releases=tuple(
            (found["version"], found["dist"])
            for found in select("SELECT * FROM bundle_release WHERE bundle = ? ORDER BY rowid")
        ),
        file_count=select("SELECT count(*) FROM bundle_file WHERE bundle = ?")[0][0],
    )


def replace_content(
    connection: sqlite3.Connection, bundle: int, chunks: Iterable[str], files: Iterable[BundleFile]
) -> list[str]:
    """Replace a bundle's chunks and files; return the contents that nothing has any more."""
    before = chunks_of(connection, bundle)
    connection.execute("DELETE FROM bundle_chunk WHERE bundle = ?", (bundle,))
    connection.execute("DELETE FROM bundle_file WHERE bundle = ?", (bundle,))
    connection.executemany(
        "INSERT INTO bundle_chunk VALUES (?, ?)", [(bundle, sha1) for sha1 in dict.fromkeys(chunks)]
    )
    connection.executemany(
        "INSERT INTO bundle_file VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (bundle, one.path, one.url, one.kind, one.debug_id, json.dumps(one.headers), one.size)
            for one in files
        ],
    )
    return drop_chunks(connection, before)


def link_release(
    connection: sqlite3.Connection, bundle: int, organization: str, version: str, dist: str
) -> None:
    """Link a bundle to a release; the bundles of one that has several are all indexed by URL."""
    connection.execute(
        "INSERT OR IGNORE INTO bundle_release VALUES (?, ?, ?)", (bundle, version, dist)
    )
    rows = connection.execute(
        "SELECT bundle.id FROM bundle JOIN bundle_release ON bundle = bundle.id"
        " WHERE organization = ? AND version = ? AND dist = ?",
        (organization, version, dist),
    ).fetchall()
    if len(rows) > 1:
        connection.executemany(
            "UPDATE bundle SET indexed = 1 WHERE id = ?", [(row["id"],) for row in rows]
        )


def chunks_of(connection: sqlite3.Connection, bundle: int) -> list[str]:
    """List the sha1s of a bundle's chunks."""
    rows = connection.execute("SELECT sha1 FROM bundle_chunk WHERE bundle = ?", (bundle,))
    return [row["sha1"] for row in rows]


def drop_chunks(connection: sqlite3.Connection, sha1s: Iterable[str]) -> list[str]:
    """Delete chunks that no bundle has; return the contents that nothing has any more."""
    dropped = []
    for sha1 in dict.fromkeys(sha1s):
        dropped += connection.execute(
            "SELECT sha1 FROM chunk WHERE sha1 = ?"
            " AND NOT EXISTS (SELECT 1 FROM bundle_chunk WHERE sha1 = chunk.sha1)",
            (sha1,),
        ).fetchall()
    gone = [row["sha1"] for row in dropped]
    connection.executemany("DELETE FROM chunk WHERE sha1 = ?", [(sha1,) for sha1 in gone])
    return unused(connection, gone)
