"""Releases, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.local_server.database import now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from hatch_sentry_artifacts.local_server.database import Database

OPEN = "open"
_COLUMNS = ("ref", "url", "date_released", "status")


@dataclass(frozen=True)
class Release:
    """A release as stored; `date_released` is None until it is finalized."""

    id: int
    organization: str
    version: str
    ref: str | None
    url: str | None
    date_created: str
    date_released: str | None
    status: str
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Which releases of an organization a list holds: all that a field does not leave out.

    `query` is part of their versions, `projects` are those that they are linked to one of.
    `by_end`: sorted by the date of their release, where they have one.
    """

    organization: str
    query: str = ""
    projects: Sequence[str] | None = None
    status: str | None = None
    by_end: bool = False


class ReleaseStore:
    """The releases of a server. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        organization: str,
        version: str,
        projects: Sequence[str],
        fields: Mapping[str, str | None],
    ) -> tuple[Release, bool]:
        """Create or find a release and link it to `projects`; True if it or a link is new.

        A release that exists keeps its ref, url and date, and takes the status.
        """
        with self._database.transaction() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO release"
                " (organization, version, ref, url, date_created, date_released, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    organization,
                    version,
                    fields.get("ref"),
                    fields.get("url"),
                    now(),
                    fields.get("date_released"),
                    OPEN,
                ),
            ).rowcount
            release = _find(connection, organization, version)
            assert release is not None  # noqa: S101 - inserted above
            for project in projects:
                added += connection.execute(
                    "INSERT OR IGNORE INTO release_project VALUES (?, ?)", (release.id, project)
                ).rowcount
            if status := fields.get("status"):
                _set(connection, release, {"status": status})
            return _find(connection, organization, version) or release, added > 0

    def find(self, organization: str, version: str) -> Release | None:
        """Find the release of that version, or None."""
        with self._database.transaction() as connection:
            return _find(connection, organization, version)

    def list(self, listing: Listing, *, offset: int = 0, limit: int = -1) -> list[Release]:
        """List releases, the newest first; a negative limit is none."""
        conditions = ["organization = ?", "instr(lowered(version), ?)"]
        values: list[str] = [listing.organization, listing.query.lower()]
        if listing.projects is not None:
            marks = ", ".join("?" * len(listing.projects))
            conditions.append(
                "EXISTS (SELECT 1 FROM release_project"  # noqa: S608 - marks, values apart
                f" WHERE release_id = release.id AND project IN ({marks}))"
            )
            values += listing.projects
        if listing.status is not None:
            conditions.append("status = ?")
            values.append(listing.status)
        where = " AND ".join(conditions)
        date = "coalesce(date_released, date_created)" if listing.by_end else "date_created"
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"SELECT * FROM release WHERE {where}"  # noqa: S608 - constants, values apart
                f" ORDER BY julianday({date}) DESC, id DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            return [_release(connection, row) for row in rows]

    def update(self, release: Release, changes: Mapping[str, str]) -> Release:
        """Set any of ref, url, date_released, status."""
        with self._database.transaction() as connection:
            _set(connection, release, changes)
            return _find(connection, release.organization, release.version) or release


def _set(connection: sqlite3.Connection, release: Release, changes: Mapping[str, str]) -> None:
    for column in _COLUMNS:
        if column in changes:
            connection.execute(
                f"UPDATE release SET {column} = ? WHERE id = ?",  # noqa: S608 - a constant
                (changes[column], release.id),
            )


def _find(connection: sqlite3.Connection, organization: str, version: str) -> Release | None:
    row = connection.execute(
        "SELECT * FROM release WHERE organization = ? AND version = ?", (organization, version)
    ).fetchone()
    return _release(connection, row) if row else None


def _release(connection: sqlite3.Connection, row: sqlite3.Row) -> Release:
    projects = connection.execute(
        "SELECT project FROM release_project WHERE release_id = ? ORDER BY rowid", (row["id"],)
    ).fetchall()
    return Release(**dict(row), projects=tuple(project["project"] for project in projects))
