"""Finds, creates, links and finalizes the release of an upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from types import MappingProxyType
from urllib.parse import quote

from hatch_sentry_artifacts.errors import (
    AlreadyExists,
    NotFound,
    NotOffered,
    ReleaseInUse,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.http import typed

NO_FIELDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Release:
    """A release on the server. `empty`: it was just created and holds no files yet.

    `projects` are the slugs of the linked projects. In Sentry there is at least one; in GlitchTip
    a release that a bundle created has none until its first event. `ref` is what it was made from:
    the commit, if an upload of ours made it. `created` and `released` are times in ISO 8601, and
    None is unknown, or not released yet. `deploys` is how many were told, `commits` how many were
    set. `has_page`: the server shows it to people, at Sentry's address.
    """

    version: str
    projects: frozenset[str]
    created: str | None = None
    released: str | None = None
    ref: str | None = None
    url: str | None = None
    archived: bool = False
    deploys: int = 0
    commits: int = 0
    has_page: bool = False
    empty: bool = False

    @property
    def finalized(self) -> bool:
        """Whether it is marked as released."""
        return self.released is not None

    def others(self, own: Iterable[str]) -> tuple[str, ...]:
        """Return the linked projects other than `own`."""
        return tuple(sorted(self.projects.difference(own)))


class Releases:
    """The releases of one organization.

    Every method raises NotOffered if the server has no releases, and the errors of SentryApi.
    """

    def __init__(self, api: SentryApi) -> None:
        self._api = api
        self._path = f"{api.organization_path}releases/"

    def find(self, version: str) -> Release | None:
        """Return the release; None if it does not exist, or if the token may not see it."""
        try:
            response = self._api.call("GET", f"{self._path}{_quoted(version)}/", expected=(200,))
        except NotFound:
            return None
        return read_release(version, self._api.mapping(response))

    def create(self, version: str, fields: Mapping[str, str] = NO_FIELDS) -> Release:
        """Create the release, linked to the connection's projects. `find` found none before.

        `fields` are its ref and url, as far as there are any.

        Raises ServerRefused naming an unknown organization or project.
        """
        projects = list(self._api.connection.projects)
        body = {"version": version, "projects": projects, **fields}
        try:
            response = self._api.call("POST", self._path, body, expected=(200, 201, 208))
        except (ServerUnreachable, AlreadyExists):
            # GlitchTip responds with 500 if a parallel upload, or its own worker, was faster, and
            # Sentry with 409.
            if (found := self.find(version)) is None:
                raise
            return found
        except UnexpectedResponse as error:
            self._refuse(error)
        release = read_release(version, self._api.mapping(response))
        # GlitchTip links the projects that it knows, and ignores others.
        if release.projects and (unknown := sorted(set(projects) - release.projects)):
            raise ServerRefused(_unknown_projects(self._api, unknown))
        # The status is also 201 if the release existed, and was only linked to one more project.
        alone = response.status == 201 and len(release.projects) == 1
        return replace(release, empty=alone)

    def link(self, release: Release) -> Release:
        """Link the release to those of the connection's projects that it is not linked to.

        Uses the project's endpoint, since GlitchTip cannot create an existing release with the
        organization's.
        """
        projects = self._api.connection.projects
        for slug in projects if release.projects else ():
            if slug in release.projects:
                continue
            path = f"{self._api.path_of_project(slug)}releases/"
            body = {"version": release.version}
            try:
                self._api.call("POST", path, body, expected=(200, 201, 208))
            except NotFound:
                require_destination(self._api)
                raise ServerRefused(_unknown_projects(self._api, [slug])) from None
        return replace(release, projects=release.projects.union(projects))

    def require_files(self, version: str) -> None:
        """Raise NotOffered if the server takes no files for releases; a read that changes nothing.

        Requests the files of a release that the first project does not have: GlitchTip returns an
        empty list, where Sentry has none.
        """
        path = f"{self._api.project_path}releases/{_quoted(version)}/files/?per_page=1"
        if self._api.call("GET", path, expected=(200, 404)).status == 200:
            raise NotOffered(
                f"{self._api.connection.url} takes no release files: set `upload-as` to "
                '"artifact-bundle"'
            )

    def fill(self, release: Release, fields: Mapping[str, str]) -> Release:
        """Set those fields of a release that is there which have no value yet."""
        empty = {key: value for key, value in fields.items() if not getattr(release, key)}
        return self.update(release, empty) if empty and not release.empty else release

    def update(self, release: Release, fields: Mapping[str, str]) -> Release:
        """Set fields: ref, url, dateReleased, status. None can be made empty again.

        Raises ServerRefused if the token does not reach all projects of the release.
        """
        path = f"{self._path}{_quoted(release.version)}/"
        try:
            response = self._api.call("PUT", path, fields, expected=(200,))
        except NotFound:
            raise self.unchangeable(release) from None
        changed = read_release(release.version, self._api.mapping(response))
        return replace(changed, empty=release.empty)

    def finalize(self, release: Release, moment: datetime | None = None) -> Release:
        """Mark the release as released at `moment`, or now unless it is already."""
        if moment is None and release.finalized:
            return release
        date = moment or datetime.now(timezone.utc).replace(microsecond=0)
        return self.update(release, {"dateReleased": date.isoformat()})

    def set_archived(self, release: Release, *, archived: bool) -> Release:
        """Archive a release that is there, or restore it.

        It is restored by creating it again: a change does not in Sentry 23.7.1, where `open` is the
        number 0, and no change. Raises UnexpectedResponse if the server did not do it.
        """
        status = "archived" if archived else "open"
        if archived:
            changed = self.update(release, {"status": status})
        else:
            body = {"version": release.version, "projects": [], "status": status}
            response = self._api.call("POST", self._path, body, expected=(200, 201, 208))
            changed = read_release(release.version, self._api.mapping(response))
        if changed.archived is not archived:
            raise UnexpectedResponse(
                f"{self._api.connection.url} did not make release {release.version} {status}, and "
                "said nothing: is it a Sentry that knows archived releases?",
                status=200,
            )
        return changed

    def delete(self, release: Release) -> None:
        """Delete a release with its files. It is no error if it is already deleted.

        Raises ReleaseInUse if something on the server needs it, and as `update` does.
        """
        path = f"{self._path}{_quoted(release.version)}/"
        response = self._api.call("DELETE", path, expected=(204, 400, 404))
        if response.status == 400:
            raise ReleaseInUse(_why_kept(release.version, response.detail()))
        if response.status == 404 and self.find(release.version) is not None:
            raise self.unchangeable(release)

    def unchangeable(self, release: Release) -> ServerRefused:
        """Return the error for a release that the server shows, and does not find for a change.

        So newer Sentrys answer a token that does not reach all of its projects.
        """
        connection = self._api.connection
        return ServerRefused(
            f"{connection.url} shows release {release.version} to {connection.token}, but does not "
            "let it change the release: that needs access to all of its projects, which are "
            f"{', '.join(sorted(release.projects))}"
        )

    def _refuse(self, error: UnexpectedResponse) -> None:
        """Raise `error`, or its cause: an unknown organization or project."""
        connection = self._api.connection
        if error.status not in {400, 404, 422}:
            raise error
        require_destination(self._api)
        # GlitchTip does not report them where the destination is checked.
        if error.status == 422:
            raise ServerRefused(_unknown_projects(self._api, connection.projects))
        if error.status == 404:
            raise ServerRefused(
                f'{connection.url} knows no organization "{connection.organization}", or '
                f"{connection.token} may not see it: fix `organization` (SENTRY_ORG) to the slug "
                "that its address shows"
            )
        raise error


def require_destination(api: SentryApi) -> None:
    """Raise ServerRefused for an organization or project that the server does not know."""
    api.require_organization()
    for slug in api.connection.projects:
        api.require_project(slug)


def _why_kept(version: str, said: str) -> str:
    """Return what is to be done about a release that the server does not delete, as it `said`."""
    if "health data" in said:
        why = "it has health data, which are sessions of users: Sentry keeps it for these"
    elif "issues" in said:
        why = "there are issues that were first seen in it, maybe resolved ones"
    else:
        why = f"the server says: {said or 'nothing more'}"
    return (
        f"release {version} cannot be deleted: {why}; `hatch-sentry-artifacts release archive` "
        "hides it, and `hatch-sentry-artifacts prune` deletes its files"
    )


def read_release(version: str, said: Mapping[str, object]) -> Release:
    """Return the release in a server's JSON. Raises UnexpectedResponse."""
    linked = typed.optional(typed.sequence, said.get("projects"), "its projects") or ()
    projects = [typed.mapping(each, "a project") for each in linked]
    slugs = [typed.text(each.get("slug"), "its slug") for each in projects]
    return Release(
        version,
        frozenset(slugs),
        created=_told(said, "dateCreated"),
        released=_told(said, "dateReleased"),
        ref=_told(said, "ref"),
        url=_told(said, "url"),
        archived=said.get("status") == "archived",
        deploys=typed.optional(typed.integer, said.get("deployCount"), "its deploys") or 0,
        commits=typed.optional(typed.integer, said.get("commitCount"), "its commits") or 0,
        has_page="versionInfo" in said,  # which other servers do not have
    )


def _told(said: Mapping[str, object], key: str) -> str | None:
    """Return a text that the release may have; None for anything else, and for an empty one."""
    value = said.get(key)
    return value if isinstance(value, str) and value else None


def _unknown_projects(api: SentryApi, slugs: Iterable[str]) -> str:
    connection = api.connection
    return (
        f'the organization "{connection.organization}" at {connection.url} has no project '
        f'"{", ".join(slugs)}", or {connection.token} may not see it: fix `project` '
        "(SENTRY_PROJECT) to the slug that its address shows"
    )


def _quoted(segment: str) -> str:
    return quote(segment, safe="")
