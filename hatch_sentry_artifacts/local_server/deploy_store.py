"""Deploys of releases, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.database import Database
    from hatch_sentry_artifacts.local_server.release_store import Release


@dataclass(frozen=True)
class NewDeploy:
    """A deploy as it is told; the dates as Sentry writes them, in UTC."""

    environment: str
    name: str | None
    url: str | None
    date_started: str | None
    date_finished: str


@dataclass(frozen=True)
class Deploy(NewDeploy):
    """A deploy as stored."""

    id: int
    release_id: int


class DeployStore:
    """The deploys of a server's releases. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, release: Release, deploy: NewDeploy) -> Deploy:
        """Keep a deploy; there may be any number of the same."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO deploy"
                " (release_id, environment, name, url, date_started, date_finished)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    release.id,
                    deploy.environment,
                    deploy.name,
                    deploy.url,
                    deploy.date_started,
                    deploy.date_finished,
                ),
            )
            row = connection.execute(
                "SELECT * FROM deploy WHERE id = ?", (cursor.lastrowid,)
            ).fetchone()
            return Deploy(**dict(row))

    def list(self, release: Release, *, offset: int = 0, limit: int = -1) -> list[Deploy]:
        """List deploys of the release, the one that finished last first; no limit below zero."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM deploy WHERE release_id = ?"
                " ORDER BY julianday(date_finished) DESC, id DESC LIMIT ? OFFSET ?",
                (release.id, limit, offset),
            ).fetchall()
            return [Deploy(**dict(row)) for row in rows]

    def summary(self, release: Release) -> tuple[int, Deploy | None]:
        """Count the release's deploys, and find the one that was told last."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM deploy WHERE release_id = ? ORDER BY id DESC", (release.id,)
            ).fetchall()
            return len(rows), Deploy(**dict(rows[0])) if rows else None
