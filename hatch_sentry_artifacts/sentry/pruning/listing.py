"""Reads which releases and artifact bundles the projects have, page by page, to the last one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.errors import NotFound, UnexpectedResponse
from hatch_sentry_artifacts.parallel import run_in_order
from hatch_sentry_artifacts.sentry.api import PAGE_FILES, SentryApi
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.pruning.rules import KnownRelease
from hatch_sentry_artifacts.sentry.releases.releases import Releases, require_destination

_MOST_PAGES = 2_000
_COUNTS = "files/source-maps/?"
# What servers answer that do not have a list, or not for these parameters.
_NOT_OFFERED = frozenset({400, 404, 405, 501})


def list_all(api: SentryApi, project: str) -> list[KnownRelease]:
    """Return all releases of the project, archived ones too.

    Raises ServerRefused for an unknown organization or project, NotOffered if the server lists no
    releases.
    """
    archived = urlencode({"status": "archived", "projectSlug": project})
    try:
        found = list(_releases(api, f"{api.path_of_project(project)}releases/?"))
    except NotFound:
        require_destination(api)
        raise
    try:
        listed = _releases(api, f"{api.organization_path}releases/?{archived}&")
        found += [release for release in listed if project in release.projects]
    except UnexpectedResponse as error:
        if error.status not in _NOT_OFFERED:
            raise
    return [replace(each, projects=each.projects or frozenset({project})) for each in found]


def with_deploys(
    api: SentryApi, releases: Sequence[KnownRelease], workers: int
) -> list[KnownRelease]:
    """Return the releases, those that were deployed with all environments they were deployed to."""
    deployed = [release for release in releases if release.deployed]
    read = run_in_order(
        lambda release: _deploys(api, release),
        deployed,
        workers=workers,
        name="deploys",
        hurry=api.transport.stop,
    )
    complete = {release.version: release for release in read}
    return [complete.get(release.version, release) for release in releases]


def named_by_bundles(
    api: SentryApi, dates: Mapping[str, datetime | None], workers: int
) -> list[KnownRelease]:
    """Return the releases that bundles name, which may exist for other projects."""
    releases = Releases(api)

    def look(version: str) -> KnownRelease:
        there = releases.find(version)
        if there is None:
            return KnownRelease(version, dates[version])
        return KnownRelease(version, dates[version], there.finalized, there.projects)

    return run_in_order(
        look, list(dates), workers=workers, name="releases", hurry=api.transport.stop
    )


def file_counts(api: SentryApi, project: str) -> dict[str, int] | None:
    """Return how many files each release of the project has; None if the server does not tell."""
    path = f"{api.path_of_project(project)}{_COUNTS}"
    counts: dict[str, int] = {}
    try:
        for said in _pages(api, path, "the list of releases with files"):
            name = typed.text(said.get("name"), "its name")
            count = typed.integer(said.get("fileCount"), "its fileCount", least=-1)
            counts[name] = max(count, 0)  # -1 for none
    except UnexpectedResponse:
        return None
    return counts


def lists_file_counts(api: SentryApi) -> bool:
    """Return whether the server has that list."""
    try:
        response = api.call("GET", f"{api.project_path}{_COUNTS}per_page=1", expected=(200,))
    except UnexpectedResponse:
        return False
    return response.is_json


def _releases(api: SentryApi, path: str) -> Iterator[KnownRelease]:
    for said in _pages(api, path, "the list of releases"):
        projects = typed.optional(typed.sequence, said.get("projects"), "its projects") or ()
        slugs = [typed.mapping(each, "a project").get("slug") for each in projects]
        released = _date(said, "dateReleased")
        yield KnownRelease(
            typed.text(said.get("version"), "its version"),
            released or _date(said, "dateCreated"),
            finalized=released is not None,
            projects=frozenset(typed.text(slug, "its slug") for slug in slugs),
            last_event=_date(said, "lastEvent"),
            deployed=_last_deploy(said),
        )


def _pages(api: SentryApi, path: str, what: str) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a list; `path` ends with what its parameters follow."""
    cursor: str | None = ""
    followed: set[str] = set()
    while cursor is not None and cursor not in followed and len(followed) < _MOST_PAGES:
        followed.add(cursor)
        asked = urlencode({"per_page": PAGE_FILES, **({"cursor": cursor} if cursor else {})})
        response = api.call("GET", f"{path}{asked}", expected=(200,))
        listed = typed.sequence(api.json(response), what)
        yield from (typed.mapping(each, "one of it") for each in listed)
        cursor = response.next_cursor if listed else None


def _last_deploy(said: Mapping[str, object]) -> dict[str, datetime]:
    """Return the environment of the last deploy; that of earlier ones has to be asked for."""
    last = typed.optional(typed.mapping, said.get("lastDeploy"), "its lastDeploy")
    return {} if last is None else _deploy(last)


def _deploys(api: SentryApi, release: KnownRelease) -> KnownRelease:
    path = f"{api.organization_path}releases/{quote(release.version, safe='')}/deploys/?"
    found: dict[str, datetime] = dict(release.deployed)
    try:
        for said in _pages(api, path, "the list of deploys"):
            for environment, date in _deploy(said).items():
                found[environment] = max(date, found.get(environment, date))
    except UnexpectedResponse as error:
        if error.status not in _NOT_OFFERED:
            raise
    return replace(release, deployed=found)


def _deploy(said: Mapping[str, object]) -> dict[str, datetime]:
    environment = typed.text(said.get("environment"), "its environment")
    date = _date(said, "dateFinished")
    return {} if date is None else {environment: date}


def _date(said: Mapping[str, object], key: str) -> datetime | None:
    text = typed.optional(typed.text, said.get(key), f"its {key}")
    return None if text is None else moment(text)
