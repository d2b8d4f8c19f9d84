"""Repositories, commits, and which commits a release has, kept in the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.local_server.database import now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from hatch_sentry_artifacts.local_server.commit_bodies import NewCommit
    from hatch_sentry_artifacts.local_server.database import Database
    from hatch_sentry_artifacts.local_server.release_store import Release

_SELECT = (
    "SELECT vcs_commit.id, sha, message, vcs_commit.date_created, email, author.name AS author,"
    " repository.id AS repository_id FROM vcs_commit"
    " JOIN repository ON repository.id = repository_id"
    " LEFT JOIN author ON author.organization = repository.organization"
    " AND author.email = author_email"
)


@dataclass(frozen=True)
class Repository:
    """A repository; `url` and `provider` are None for one that only commits have named."""

    id: int
    organization: str
    name: str
    url: str | None
    provider: str | None
    date_created: str


@dataclass(frozen=True)
class StoredCommit:
    """A commit; `author` and `email` are None without an author."""

    id: int
    sha: str
    message: str | None
    date_created: str
    author: str | None
    email: str | None
    repository: Repository


class CommitStore:
    """The commits of a server's releases. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def know(self, organization: str, repositories: Mapping[str, tuple[str, str]]) -> None:
        """Keep repositories, by name with their urls and providers."""
        with self._database.transaction() as connection:
            for name, (url, provider) in repositories.items():
                connection.execute(
                    "INSERT INTO repository (organization, name, url, provider, date_created)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (organization, name)"
                    " DO UPDATE SET url = excluded.url, provider = excluded.provider",
                    (organization, name, url, provider, now()),
                )

    def repositories(
        self, organization: str, query: str = "", *, offset: int = 0, limit: int = -1
    ) -> list[Repository]:
        """List repositories with `query` in their names, by name."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM repository WHERE organization = ? AND instr(lowered(name), ?)"
                " ORDER BY name LIMIT ? OFFSET ?",
                (organization, query.lower(), limit, offset),
            ).fetchall()
            return [Repository(**dict(row)) for row in rows]

    def unknown(self, organization: str, names: Sequence[str]) -> list[str]:
        """Return those names that no repository has."""
        known = {each.name for each in self.repositories(organization)}
        return sorted(set(names) - known)

    def set(self, release: Release, commits: Sequence[NewCommit]) -> None:
        """Make `commits`, in this order, all that the release has."""
        with self._database.transaction() as connection:
            _forget(connection, release)
            ids = [_keep(connection, release.organization, each) for each in commits]
            for place, commit in enumerate(ids):
                connection.execute(
                    "INSERT OR IGNORE INTO release_commit VALUES (?, ?, ?)",
                    (release.id, commit, place),
                )
                connection.execute(
                    "INSERT OR IGNORE INTO release_head SELECT ?, repository_id, id"
                    " FROM vcs_commit WHERE id = ?",
                    (release.id, commit),
                )
            connection.execute(
                "INSERT INTO release_history VALUES (?, ?, ?)",
                (release.id, len(ids), ids[0] if ids else None),
            )

    def set_heads(self, release: Release, heads: Mapping[str, str]) -> None:
        """Keep the newest commit of each repository, by its name; nothing is fetched here."""
        with self._database.transaction() as connection:
            for name, sha in heads.items():
                repository = _repository(connection, release.organization, name)
                commit = _commit(connection, repository, sha)
                connection.execute(
                    "INSERT OR REPLACE INTO release_head VALUES (?, ?, ?)",
                    (release.id, repository, commit),
                )

    def clear(self, release: Release) -> bool:
        """Take all commits from the release; False if its heads are none, or several."""
        with self._database.transaction() as connection:
            heads = connection.execute(
                "SELECT 1 FROM release_head WHERE release_id = ?", (release.id,)
            ).fetchall()
            if len(heads) != 1:
                return False
            connection.execute("DELETE FROM release_head WHERE release_id = ?", (release.id,))
            _forget(connection, release)
            return True

    def of_release(
        self, release: Release, *, offset: int = 0, limit: int = -1
    ) -> list[StoredCommit]:
        """List the commits of the release, the newest first."""
        return self._read(
            f"{_SELECT} JOIN release_commit ON commit_id = vcs_commit.id WHERE release_id = ?"
            " ORDER BY place LIMIT ? OFFSET ?",
            (release.id, limit, offset),
        )

    def summary(self, release: Release) -> tuple[int, StoredCommit | None]:
        """Count the commits that were set, and find the newest."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT commit_count FROM release_history WHERE release_id = ?", (release.id,)
            ).fetchone()
        last = self._read(
            f"{_SELECT} JOIN release_history ON last_commit = vcs_commit.id WHERE release_id = ?",
            (release.id,),
        )
        return row["commit_count"] if row else 0, last[0] if last else None

    def releases_of(self, commit: StoredCommit) -> list[str]:
        """Return the versions of the releases that have a commit."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT version FROM release JOIN release_commit ON release.id = release_id"
                " WHERE commit_id = ? ORDER BY release.id",
                (commit.id,),
            ).fetchall()
            return [row["version"] for row in rows]

    def previous(self, release: Release) -> str | None:
        """Return the version of the last release with commits up to this one, itself included."""
        date = "julianday(coalesce(date_released, date_created))"
        projects = "(SELECT project FROM release_project WHERE release_id = :id)"
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT version FROM release JOIN release_history ON release.id = release_id"  # noqa: S608 - constants
                " WHERE organization = :organization AND last_commit IS NOT NULL"
                " AND EXISTS (SELECT 1 FROM release_project AS linked"
                f" WHERE linked.release_id = release.id AND project IN {projects})"
                f" AND {date} <= (SELECT {date} FROM release WHERE id = :id)"
                f" ORDER BY {date} DESC, release.id DESC LIMIT 1",
                {"id": release.id, "organization": release.organization},
            ).fetchone()
            return row["version"] if row else None

    def _read(self, query: str, values: Sequence[object]) -> list[StoredCommit]:
        with self._database.transaction() as connection:
            rows = [dict(row) for row in connection.execute(query, values).fetchall()]
            found = {
                number: Repository(
                    **dict(
                        connection.execute(
                            "SELECT * FROM repository WHERE id = ?", (number,)
                        ).fetchone()
                    )
                )
                for number in {row["repository_id"] for row in rows}
            }
        return [StoredCommit(repository=found[row.pop("repository_id")], **row) for row in rows]


def _forget(connection: sqlite3.Connection, release: Release) -> None:
    for table in ("release_commit", "release_history"):
        connection.execute(
            f"DELETE FROM {table} WHERE release_id = ?",  # noqa: S608 - a constant
            (release.id,),
        )


def _keep(connection: sqlite3.Connection, organization: str, commit: NewCommit) -> int:
    """Keep a commit, and what it says besides; return its number."""
    name = commit.repository or "organization-1"
    number = _commit(connection, _repository(connection, organization, name), commit.sha)
    if commit.message is not None:
        connection.execute(
            "UPDATE vcs_commit SET message = ? WHERE id = ?", (commit.message, number)
        )
    if commit.timestamp is not None:
        connection.execute(
            "UPDATE vcs_commit SET date_created = ? WHERE id = ?", (commit.timestamp, number)
        )
    email = _email(commit)
    if email:
        connection.execute(
            "INSERT INTO author VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name",
            (organization, email, commit.author_name),
        )
        connection.execute("UPDATE vcs_commit SET author_email = ? WHERE id = ?", (email, number))
    for path, kind in commit.changes:
        connection.execute(
            "INSERT OR IGNORE INTO commit_change VALUES (?, ?, ?)", (number, path, kind)
        )
    return number


def _email(commit: NewCommit) -> str | None:
    if commit.author_email is None and commit.author_name:
        return re.sub(r"[^a-zA-Z0-9\-_.]", "", commit.author_name).lower() + "@localhost"
    return commit.author_email.lower() if commit.author_email else None


def _repository(connection: sqlite3.Connection, organization: str, name: str) -> int:
    connection.execute(
        "INSERT OR IGNORE INTO repository (organization, name, date_created) VALUES (?, ?, ?)",
        (organization, name, now()),
    )
    row = connection.execute(
        "SELECT id FROM repository WHERE organization = ? AND name = ?", (organization, name)
    ).fetchone()
    return int(row["id"])


def _commit(connection: sqlite3.Connection, repository: int, sha: str) -> int:
    connection.execute(
        "INSERT OR IGNORE INTO vcs_commit (repository_id, sha, date_created) VALUES (?, ?, ?)",
        (repository, sha, now()),
    )
    row = connection.execute(
        "SELECT id FROM vcs_commit WHERE repository_id = ? AND sha = ?", (repository, sha)
    ).fetchone()
    return int(row["id"])
