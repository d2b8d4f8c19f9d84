"""Chunks and artifact bundles, kept in the database and the folder of contents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.local_server.bundles.archive import BundleFile
from hatch_sentry_artifacts.local_server.bundles.rows import (
    Bundle,
    chunks_of,
    drop_chunks,
    link_release,
    read_bundle,
    replace_content,
)
from hatch_sentry_artifacts.local_server.bundles.states import States
from hatch_sentry_artifacts.local_server.database import now, unused

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from hatch_sentry_artifacts.local_server.blobs import Blobs, IncomingFile
    from hatch_sentry_artifacts.local_server.bundles.archive import Manifest
    from hatch_sentry_artifacts.local_server.database import Database

__all__ = ["Bundle", "BundleStore"]

NEWEST_FIRST = "date_created DESC, id DESC"
_IN_PROJECT = (
    "(:project IS NULL OR EXISTS"
    " (SELECT 1 FROM bundle_project WHERE bundle = bundle.id AND project = :project))"
)
_OF_RELEASE = (
    "EXISTS (SELECT 1 FROM bundle_release"
    " WHERE bundle = bundle.id AND version = :version AND (:dist IS NULL OR dist = :dist))"
)
_OF_QUERY = (
    "EXISTS (SELECT 1 FROM bundle_release"
    " WHERE bundle = bundle.id AND (version = :query OR dist = :query))"
)
_HAS_DEBUG_ID = (
    "EXISTS (SELECT 1 FROM bundle_debug_id WHERE bundle = bundle.id AND debug_id = :debug_id)"
)


class BundleStore:
    """The part of a server's memory that is about bundles. Safe to use from many threads.

    `states` are those of assemble requests.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self.blobs = blobs
        self.states = States()
        self._database = database

    # Chunks

    def chunk_sizes(self, sha1s: Iterable[str]) -> dict[str, int]:
        """Return the sizes in bytes of those chunks that are there."""
        sizes = {}
        with self._database.transaction() as connection:
            for sha1 in dict.fromkeys(sha1s):
                row = connection.execute(
                    "SELECT size FROM chunk WHERE sha1 = ?", (sha1,)
                ).fetchone()
                if row:
                    sizes[sha1] = row["size"]
        return sizes

    def add_chunks(self, chunks: Iterable[IncomingFile]) -> None:
        """Keep uploads as chunks."""
        with self._database.transaction() as connection:
            for chunk in chunks:
                connection.execute(
                    "INSERT OR IGNORE INTO chunk VALUES (?, ?)", (chunk.sha1, chunk.size)
                )
                self.blobs.keep(chunk)

    def drop_chunks(self, sha1s: Iterable[str]) -> None:
        """Delete those of the chunks that are in no bundle."""
        with self._database.lock:
            with self._database.transaction() as connection:
                forgotten = drop_chunks(connection, sha1s)
            self._delete_blobs(forgotten)

    # Bundles

    def add(
        self,
        organization: str,
        projects: Sequence[str],
        chunks: Sequence[str],
        manifest: Manifest,
        file: IncomingFile,
    ) -> None:
        """Store a bundle, or another content for the bundle of that id, and link it."""
        with self._database.lock:
            with self._database.transaction() as connection:
                bundle, old = _add_row(connection, organization, manifest, file)
                forgotten = replace_content(connection, bundle, chunks, manifest.files)
                connection.executemany(
                    "INSERT OR IGNORE INTO bundle_project VALUES (?, ?)",
                    [(bundle, project) for project in projects],
                )
                if manifest.release:
                    link_release(
                        connection, bundle, organization, manifest.release, manifest.dist or ""
                    )
                # Before the commit: a bundle that is listed can be downloaded.
                self.blobs.keep(file)
                forgotten += unused(connection, old)
            self._delete_blobs(forgotten)

    def bundles(
        self,
        organization: str,
        project: str | None = None,
        query: str = "",
        debug_id: str | None = None,
        *,
        order: str = NEWEST_FIRST,
        offset: int = 0,
        limit: int = -1,
    ) -> list[Bundle]:
        """List bundles in the given SQL order; a negative limit is none.

        With `query`, those of exactly that version or dist; and those that have `debug_id`, or
        have it as their own.
        """
        return self._select(
            f"organization = :organization AND {_IN_PROJECT} AND"
            f" (:query = '' OR {_OF_QUERY} OR bundle_id = :debug_id OR {_HAS_DEBUG_ID})",
            {
                "organization": organization,
                "project": project,
                "query": query,
                "debug_id": debug_id,
            },
            f"{order} LIMIT {int(limit)} OFFSET {int(offset)}",
        )

    def find_by_debug_id(self, organization: str, project: str, debug_id: str) -> list[Bundle]:
        """List bundles with a file of that debug id, the one that was changed last first."""
        return self._select(
            f"organization = :organization AND {_IN_PROJECT} AND {_HAS_DEBUG_ID}",
            {"organization": organization, "project": project, "debug_id": debug_id},
        )

    def find_by_release(
        self, organization: str, project: str | None, version: str, dist: str | None = None
    ) -> list[Bundle]:
        """List bundles of a release, the one that was changed last first; `dist` "" is none."""
        return self._select(
            f"organization = :organization AND {_IN_PROJECT} AND {_OF_RELEASE}",
            {"organization": organization, "project": project, "version": version, "dist": dist},
        )

    def bundle(
        self, organization: str, bundle_id: str, project: str | None = None
    ) -> Bundle | None:
        """Find the project's bundle of that id, or None."""
        found = self._select(
            f"organization = :organization AND {_IN_PROJECT} AND bundle_id = :bundle_id",
            {"organization": organization, "project": project, "bundle_id": bundle_id},
        )
        return found[0] if found else None

    def bundle_by_number(self, project: str, number: int) -> Bundle | None:
        """Find the project's bundle with that row number, or None."""
        found = self._select(f"id = :id AND {_IN_PROJECT}", {"id": number, "project": project})
        return found[0] if found else None

    def unlink(self, bundle: Bundle, project: str) -> None:
        """Unlink a bundle from a project, and delete it with its last."""
        with self._database.lock:
            forgotten: list[str] = []
            with self._database.transaction() as connection:
                connection.execute(
                    "DELETE FROM bundle_project WHERE bundle = ? AND project = ?",
                    (bundle.id, project),
                )
                if not read_bundle(connection, _row(connection, bundle.id)).projects:
                    chunks = chunks_of(connection, bundle.id)
                    connection.execute("DELETE FROM bundle WHERE id = ?", (bundle.id,))
                    forgotten = drop_chunks(connection, chunks)
                    forgotten += unused(connection, [bundle.sha1])
            self._delete_blobs(forgotten)

    # Files of bundles

    def files(
        self, bundle: Bundle, query: str = "", *, offset: int = 0, limit: int = -1
    ) -> list[BundleFile]:
        """List files in the order of their paths; `query` is part of a URL or a debug id."""
        lowered = query.lower()
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT path, url, kind, debug_id, headers, size FROM bundle_file"
                " WHERE bundle = :bundle AND (:query = '' OR instr(lowered(url), :query)"
                " OR instr(debug_id, :query)"
                " OR (length(:hex) = 32 AND replace(debug_id, '-', '') = :hex))"
                " ORDER BY path LIMIT :limit OFFSET :offset",
                {
                    "bundle": bundle.id,
                    "query": lowered,
                    "hex": lowered.replace("-", ""),
                    "limit": limit,
                    "offset": offset,
                },
            ).fetchall()
        return [_file(row) for row in rows]

    def file(self, bundle: Bundle, path: str) -> BundleFile | None:
        """Find what the manifest says of the file at that path, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT path, url, kind, debug_id, headers, size FROM bundle_file"
                " WHERE bundle = ? AND path = ?",
                (bundle.id, path),
            ).fetchone()
            return _file(row) if row else None

    def has_url(self, bundle: Bundle, part: str) -> bool:
        """Return whether `part` is in the URL of one of the bundle's files, in any case."""
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT 1 FROM bundle_file WHERE bundle = ? AND instr(lowered(url), ?)",
                (bundle.id, part.lower()),
            ).fetchone()
            return found is not None

    def _select(
        self,
        condition: str,
        values: Mapping[str, object],
        order: str = "date_modified DESC, id DESC",
    ) -> list[Bundle]:
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"SELECT * FROM bundle WHERE {condition} "  # noqa: S608 - constants, values apart
                f"ORDER BY {order}",
                values,
            ).fetchall()
            return [read_bundle(connection, row) for row in rows]

    def _delete_blobs(self, sha1s: Iterable[str]) -> None:
        # After the commit and still locked, as for release files.
        for sha1 in sha1s:
            self.blobs.delete(sha1)


def _file(row: sqlite3.Row) -> BundleFile:
    return BundleFile(**{**dict(row), "headers": json.loads(row["headers"])})


def _row(connection: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM bundle WHERE id = ?", (number,)).fetchone()
    return row


def _add_row(
    connection: sqlite3.Connection, organization: str, manifest: Manifest, file: IncomingFile
) -> tuple[int, list[str]]:
    """Add or change a bundle's row; return its number and its previous content."""
    date = now()
    old = connection.execute(
        "SELECT * FROM bundle WHERE organization = ? AND bundle_id = ?",
        (organization, manifest.bundle_id),
    ).fetchone()
    if old is not None:
        connection.execute(
            "UPDATE bundle SET sha1 = ?, size = ?, date_modified = ? WHERE id = ?",
            (file.sha1, file.size, date, old["id"]),
        )
        return old["id"], [old["sha1"]]
    bundle = connection.execute(
        "INSERT INTO bundle (organization, bundle_id, sha1, size, indexed, date_created,"
        " date_modified) VALUES (?, ?, ?, ?, 0, ?, ?)",
        (organization, manifest.bundle_id, file.sha1, file.size, date, date),
    ).lastrowid
    assert bundle is not None  # noqa: S101 - inserted
    # Only now, as the real server: another content of the same bundle brings no new ids.
    connection.executemany(
        "INSERT INTO bundle_debug_id VALUES (?, ?)",
        [(bundle, debug_id) for debug_id in manifest.debug_ids()],
    )
    return bundle, []
