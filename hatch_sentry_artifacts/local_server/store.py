"""All that a server stores; and release files, kept in the database and a folder of contents."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.local_server.blobs import Blobs, IncomingFile
from hatch_sentry_artifacts.local_server.bundles.store import BundleStore
from hatch_sentry_artifacts.local_server.commit_store import CommitStore
from hatch_sentry_artifacts.local_server.database import Database, contents, now, unused
from hatch_sentry_artifacts.local_server.deploy_store import DeployStore
from hatch_sentry_artifacts.local_server.overview_store import OverviewStore
from hatch_sentry_artifacts.local_server.release_store import ReleaseStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hatch_sentry_artifacts.local_server.release_store import Release


class NameTaken(Exception):
    """The release holds a file of that name and dist."""


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release; `dist` is empty for none, `size` in bytes, `sha1` of the content."""

    id: int
    release_id: int
    name: str
    dist: str
    headers: Mapping[str, str]
    size: int
    sha1: str
    date_created: str


@dataclass(frozen=True)
class Filters:
    """Which files of a release: any of the substrings (in any case), any of the sha1s."""

    queries: Sequence[str] = ()
    checksums: Sequence[str] = ()


class Store:
    """Everything that a server stores. Thread-safe; close it at the end.

    Raises ConfigurationError when the folder cannot be used, or is in use.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.blobs = Blobs(folder)
        except OSError as error:
            message = f"{folder} cannot be used ({error.strerror}): choose another folder"
            raise ConfigurationError(message) from error
        self._database = Database(folder / "sentry.sqlite3")
        with self._database.transaction() as connection:
            self.blobs.sweep(contents(connection))
        self.releases = ReleaseStore(self._database)
        self.deploys = DeployStore(self._database)
        self.commits = CommitStore(self._database)
        self.bundles = BundleStore(self._database, self.blobs)
        self.overview = OverviewStore(self._database)

    def close(self) -> None:
        """End the use of the folder, so that another server can open it."""
        self._database.close()

    def delete_release(self, release: Release) -> None:
        """Delete a release and its files."""
        with self._database.lock:
            with self._database.transaction() as connection:
                forgotten = _drop_files(connection, release)
                connection.execute("DELETE FROM release WHERE id = ?", (release.id,))
            self._delete_blobs(forgotten)

    # Files

    def add_file(
        self, release: Release, name: str, dist: str, headers: Mapping[str, str], file: IncomingFile
    ) -> ReleaseFile:
        """Keep an upload under a name; raises NameTaken, and then the upload is not kept."""
        with self._database.transaction() as connection:
            try:
                cursor = connection.execute(
                    "INSERT INTO release_file"
                    " (release_id, name, dist, headers, size, sha1, date_created)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (release.id, name, dist, json.dumps(headers), file.size, file.sha1, now()),
                )
            except sqlite3.IntegrityError as error:
                raise NameTaken from error
            # Before the commit: a file that is listed can be downloaded, whatever happens next.
            self.blobs.keep(file)
            row = connection.execute(
                "SELECT * FROM release_file WHERE id = ?", (cursor.lastrowid,)
            ).fetchone()
            return _file(row)

    def has_file(self, release: Release, name: str, dist: str) -> bool:
        """Return whether the name is taken in that dist."""
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT 1 FROM release_file WHERE release_id = ? AND name = ? AND dist = ?",
                (release.id, name, dist),
            ).fetchone()
            return found is not None

    def file(self, release: Release, file_id: int) -> ReleaseFile | None:
        """Find the file of that id in this release, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT * FROM release_file WHERE release_id = ? AND id = ?", (release.id, file_id)
            ).fetchone()
            return _file(row) if row else None

    def file_by_number(self, organization: str, file_id: int) -> ReleaseFile | None:
        """Find the file of that id in any release of the organization, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT release_file.* FROM release_file JOIN release ON release.id = release_id"
                " WHERE organization = ? AND release_file.id = ?",
                (organization, file_id),
            ).fetchone()
            return _file(row) if row else None

    def files(
        self, release: Release, filters: Filters = Filters(), *, offset: int = 0, limit: int = -1
    ) -> list[ReleaseFile]:
        """List files in the order of their names; a negative limit is none."""
        conditions, values = ["release_id = ?"], [str(release.id)]
        if filters.queries:
            conditions.append(" OR ".join(["instr(lowered(name), ?)"] * len(filters.queries)))
            values += [query.lower() for query in filters.queries]
        if filters.checksums:
            conditions.append(f"sha1 IN ({', '.join('?' * len(filters.checksums))})")
            values += filters.checksums
        where = " AND ".join(f"({condition})" for condition in conditions)
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"SELECT * FROM release_file WHERE {where}"  # noqa: S608 - constants, values apart
                " ORDER BY name, id LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            return [_file(row) for row in rows]

    def rename_file(self, file: ReleaseFile, name: str) -> ReleaseFile:
        """Rename a file; raises NameTaken."""
        with self._database.transaction() as connection:
            try:
                connection.execute("UPDATE release_file SET name = ? WHERE id = ?", (name, file.id))
            except sqlite3.IntegrityError as error:
                raise NameTaken from error
            row = connection.execute(
                "SELECT * FROM release_file WHERE id = ?", (file.id,)
            ).fetchone()
            return _file(row)

    def delete_file(self, file: ReleaseFile) -> None:
        """Delete a file, and its content if no other file has it."""
        with self._database.lock:
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM release_file WHERE id = ?", (file.id,))
                forgotten = unused(connection, [file.sha1])
            self._delete_blobs(forgotten)

    def delete_files(self, release: Release) -> None:
        """Delete all files of a release, and their contents that no other file has."""
        with self._database.lock:
            with self._database.transaction() as connection:
                forgotten = _drop_files(connection, release)
            self._delete_blobs(forgotten)

    def totals(self, release: Release) -> tuple[int, int]:
        """Count the files and add up their sizes in bytes."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(size), 0) FROM release_file WHERE release_id = ?",
                (release.id,),
            ).fetchone()
            return row[0], row[1]

    def _delete_blobs(self, forgotten: Iterable[str]) -> None:
        # After the commit, lest a file is listed without its content; still locked, lest the
        # same content is stored again meanwhile.
        for sha1 in forgotten:
            self.blobs.delete(sha1)


def _drop_files(connection: sqlite3.Connection, release: Release) -> list[str]:
    """Delete the files of a release; return the contents that nothing has any more."""
    rows = connection.execute(
        "SELECT DISTINCT sha1 FROM release_file WHERE release_id = ?", (release.id,)
    ).fetchall()
    connection.execute("DELETE FROM release_file WHERE release_id = ?", (release.id,))
    return unused(connection, [row["sha1"] for row in rows])


def _file(row: sqlite3.Row) -> ReleaseFile:
    return ReleaseFile(**{**dict(row), "headers": json.loads(row["headers"])})
