"""Finds the releases of a connection's projects."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.releases.releases import Release, read_release

MOST_FOUND = 1000


@dataclass(frozen=True)
class Search:
    """Which releases: those whose name holds `query`; of `status` open, archived, or None: any."""

    query: str = ""
    status: str | None = None


def search(api: SentryApi, wanted: Search) -> list[Release]:
    """Return the newest releases of the projects, the newest first; [] also of unknown projects."""
    own = api.connection.projects
    found: list[Release] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < MOST_FOUND:
        pairs = [
            ("per_page", str(PAGE_FILES)),
            ("query", wanted.query),
            ("status", wanted.status or ""),
            *(("projectSlug", slug) for slug in own),
            *([("cursor", cursor)] if cursor else []),
        ]
        path = f"{api.organization_path}releases/?{urlencode(pairs)}"
        response = api.call("GET", path, expected=(200,))
        listed = typed.sequence(api.json(response), "the list of releases")
        # Not every server knows all of these filters.
        found += [each for each in map(_read, listed) if _is_wanted(each, wanted, own)]
        cursor = response.next_cursor if listed and response.next_cursor != cursor else None
    return found[:MOST_FOUND]


def _read(value: object) -> Release:
    said = typed.mapping(value, "a release")
    return read_release(typed.text(said.get("version"), "its version"), said)


def _is_wanted(release: Release, wanted: Search, own: tuple[str, ...]) -> bool:
    status = "archived" if release.archived else "open"
    return (
        wanted.query.lower() in release.version.lower()
        and wanted.status in {None, status}
        and (not release.projects or not release.projects.isdisjoint(own))
    )
