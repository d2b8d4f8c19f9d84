"""Releases as a list for people has them: also those that only artifact bundles name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatch_sentry_artifacts.local_server.database import Database

ARCHIVED = "archived"

_OF_BUNDLES = (
    "bundle_release JOIN bundle ON bundle.id = bundle"
    " WHERE organization = :organization AND version = shown.version"
)
# Whatever a release is: a row of its own, or a version that bundles were uploaded for.
_SHOWN = """
SELECT id, version, status, date_created, date_released FROM release
WHERE organization = :organization
UNION ALL
SELECT NULL, version, 'open', min(date_created), NULL
FROM bundle_release JOIN bundle ON bundle.id = bundle
WHERE organization = :organization AND NOT EXISTS (
    SELECT 1 FROM release
    WHERE release.organization = :organization AND release.version = bundle_release.version)
GROUP BY version
"""
_WANTED = f"""
(:query = '' OR instr(lowered(version), :query))
AND (:status = '' OR status = :status)
AND (:project = ''
    OR EXISTS (SELECT 1 FROM release_project WHERE release_id = id AND project = :project)
    OR EXISTS (
        SELECT 1 FROM bundle_project WHERE project = :project
        AND bundle IN (SELECT bundle.id FROM {_OF_BUNDLES})))
"""  # noqa: S608 - constants
_PAGE = f"""
SELECT *,
    (SELECT group_concat(project, ', ') FROM (
        SELECT project FROM release_project WHERE release_id = shown.id
        UNION SELECT project FROM bundle_project
        WHERE bundle IN (SELECT bundle.id FROM {_OF_BUNDLES}))) AS projects,
    (SELECT count(*) FROM release_file WHERE release_id = shown.id) AS files,
    (SELECT coalesce(sum(size), 0) FROM release_file WHERE release_id = shown.id) AS size,
    (SELECT count(DISTINCT bundle.id) FROM {_OF_BUNDLES}) AS bundles,
    (SELECT coalesce(sum(size), 0) FROM bundle WHERE id IN
        (SELECT bundle.id FROM {_OF_BUNDLES})) AS bundle_size,
    (SELECT count(*) FROM deploy WHERE release_id = shown.id) AS deploys,
    (SELECT count(*) FROM release_commit WHERE release_id = shown.id) AS commits
FROM (
    SELECT * FROM ({_SHOWN}) AS shown WHERE {_WANTED}
    ORDER BY julianday(date_created) DESC, id DESC, version LIMIT :limit OFFSET :offset
) AS shown ORDER BY julianday(date_created) DESC, id DESC, version
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class ReleaseOverview:
    """A release in a list, with what it has; `id` is None for one that only bundles name.

    `size` is of its files, `bundle_size` of its bundles, in bytes.
    """

    id: int | None
    version: str
    status: str
    date_created: str
    date_released: str | None
    projects: str | None
    files: int
    size: int
    bundles: int
    bundle_size: int
    deploys: int
    commits: int


@dataclass(frozen=True)
class Wanted:
    """Which releases a list holds: "" leaves none out; `query` is part of a version."""

    query: str = ""
    status: str = ""
    project: str = ""


class OverviewStore:
    """Reads what a server has, for lists. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # So that no count of another start is the same.
        self._start = secrets.token_hex(4)

    def releases(
        self, organization: str, wanted: Wanted, *, offset: int = 0, limit: int = -1
    ) -> Sequence[ReleaseOverview]:
        """List releases, the newest first; a negative limit is none."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                _PAGE, {**_values(organization, wanted), "offset": offset, "limit": limit}
            ).fetchall()
        return [ReleaseOverview(**dict(row)) for row in rows]

    def count(self, organization: str, wanted: Wanted) -> int:
        """Count the releases that a list of all pages holds."""
        with self._database.transaction() as connection:
            row = connection.execute(
                f"SELECT count(*) FROM ({_SHOWN}) AS shown WHERE {_WANTED}",  # noqa: S608 - constants
                _values(organization, wanted),
            ).fetchone()
        return int(row[0])

    def bundle_count(self, organization: str) -> int:
        """Count the artifact bundles."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT count(*) FROM bundle WHERE organization = ?", (organization,)
            ).fetchone()
        return int(row[0])

    def changes(self) -> str:
        """Return a text that is another one whenever something was stored or deleted since."""
        return f"{self._start}-{self._database.changes()}"


def _values(organization: str, wanted: Wanted) -> dict[str, object]:
    return {
        "organization": organization,
        "query": wanted.query.lower(),
        "status": wanted.status,
        "project": wanted.project,
    }
