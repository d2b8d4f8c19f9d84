"""Finds, creates, links and finalizes the release of an upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from urllib.parse import quote

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.http import typed


@dataclass(frozen=True)
class Release:
    """A release on the server. `empty`: it was just created and holds no files yet.

    `projects` are the slugs of the linked projects. In Sentry there is at least one; in GlitchTip
    a release that a bundle created has none until its first event. `ref` is what it was made from:
    the commit, if an upload of ours made it.
    """

    version: str
    projects: frozenset[str]
    finalized: bool
    empty: bool = False
    ref: str | None = None

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
        return _read(version, self._api.mapping(response))

    def create(self, version: str, ref: str | None = None) -> Release:
        """Create the release, linked to the connection's projects. `find` found none before.

        `ref` is the commit that it is made from.

        Raises ServerRefused naming an unknown organization or project.
        """
        projects = list(self._api.connection.projects)
        body = {"version": version, "projects": projects, **({"ref": ref} if ref else {})}
        try:
            response = self._api.call("POST", self._path, body, expected=(200, 201, 208))
        except ServerUnreachable:
            # GlitchTip responds with 500 if a parallel upload, or its own worker, was faster.
            if (found := self.find(version)) is None:
                raise
            return found
        except UnexpectedResponse as error:
            self._refuse(error)
        release = _read(version, self._api.mapping(response))
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

    def finalize(self, release: Release) -> None:
        """Mark the release as released now, unless it is already."""
        if not release.finalized:
            moment = datetime.now(timezone.utc).isoformat(timespec="seconds")
            path = f"{self._path}{_quoted(release.version)}/"
            self._api.call("PUT", path, {"dateReleased": moment}, expected=(200,))

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


def _read(version: str, said: Mapping[str, object]) -> Release:
    """Return the release in a server's JSON. Raises UnexpectedResponse."""
    linked = typed.optional(typed.sequence, said.get("projects"), "its projects") or ()
    projects = [typed.mapping(each, "a project") for each in linked]
    slugs = [typed.text(each.get("slug"), "its slug") for each in projects]
    ref = said.get("ref")
    return Release(
        version,
        frozenset(slugs),
        finalized=bool(said.get("dateReleased")),
        ref=ref if isinstance(ref, str) and ref else None,
    )


def _unknown_projects(api: SentryApi, slugs: Iterable[str]) -> str:
    connection = api.connection
    return (
        f'the organization "{connection.organization}" at {connection.url} has no project '
        f'"{", ".join(slugs)}", or {connection.token} may not see it: fix `project` '
        "(SENTRY_PROJECT) to the slug that its address shows"
    )


def _quoted(segment: str) -> str:
    return quote(segment, safe="")
