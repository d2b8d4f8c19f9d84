"""The endpoints of a Sentry server that an upload needs, a method each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import (
    AlreadyExists,
    NotFound,
    NotOffered,
    ServerRefused,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http.multipart import Body, FilePart, Form
from hatch_sentry_artifacts.sentry.http.response import Response
from hatch_sentry_artifacts.sentry.http.transport import Transport

PAGE_FILES = 100
LONGEST_NEW_NAME = 200


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A release file on the server; `sha1` in lower-case hexadecimal, `size` in bytes."""

    id: str
    name: str
    dist: str | None
    size: int
    sha1: str
    headers: Mapping[str, str]

    @staticmethod
    def read(said: Mapping[str, Any]) -> RemoteFile:
        """From the server's JSON. Raises KeyError or TypeError if it is something else."""
        return RemoteFile(
            id=str(said["id"]),
            name=said["name"],
            dist=said["dist"],
            size=int(said["size"]),
            sha1=said["sha1"],
            headers=dict(said["headers"] or {}),
        )


@dataclass(frozen=True)
class Page:
    """Part of a list; `next_cursor` is None on the last one."""

    files: tuple[RemoteFile, ...]
    next_cursor: str | None


class SentryApi:
    """A server as one connection sees it.

    Every method raises ServerUnreachable, ServerRefused (401, 403), NotFound or UnexpectedResponse.
    """

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self.transport = transport
        self.organization_path = f"/api/0/organizations/{_quoted(connection.organization)}/"
        self.project_path = self._path_of(connection.projects[0])

    def abilities(self) -> Mapping[str, Any]:
        """The server's root response: `{"version", "auth": {"scopes": [...]}, "user"}`."""
        return self.mapping(self.call("GET", "/api/0/", expected=(200,)))

    def require_organization(self) -> None:
        """Raise ServerRefused if the organization is not there for this token.

        Asks for its releases, since that needs no scope that an upload does not need.
        """
        try:
            self.call("GET", f"{self.organization_path}releases/?per_page=1", expected=(200,))
        except NotFound:
            raise ServerRefused(
                f'{self.connection.url} knows no organization "{self.connection.organization}", or '
                f"{self.connection.token} may not see it: fix `organization` (SENTRY_ORG) to the "
                "slug that its address shows"
            ) from None

    def require_project(self, slug: str) -> None:
        """Raise ServerRefused if the project is not there for this token."""
        try:
            self.call("GET", f"{self._path_of(slug)}releases/?per_page=1", expected=(200,))
        except NotFound:
            raise ServerRefused(
                f'the organization "{self.connection.organization}" at {self.connection.url} has '
                f'no project "{slug}", or {self.connection.token} may not see it: fix `project` '
                "(SENTRY_PROJECT) to the slug that its address shows"
            ) from None

    def create_release(self, version: str) -> tuple[Mapping[str, Any], bool]:
        """The release, linked to the connection's projects; and whether it surely holds no file.

        201 says that it was created, or newly linked to one of several projects; 208 that all
        was there.
        """
        body = {"version": version, "projects": list(self.connection.projects)}
        response = self.call(
            "POST", self.organization_path + "releases/", body, expected=(201, 208)
        )
        said = self.mapping(response)
        created = response.status == 201 and not response.maybe_applied
        return said, created and len(said.get("projects") or ()) == 1

    def release(self, version: str) -> Mapping[str, Any]:
        """What the server says of a release."""
        path = f"{self.organization_path}releases/{_quoted(version)}/"
        return self.mapping(self.call("GET", path, expected=(200,)))

    def newest_releases(self) -> list[str]:
        """Return the versions of the project's newest releases, a page of them, newest first."""
        response = self.call("GET", f"{self.project_path}releases/?per_page=100", expected=(200,))
        listed = response.json()
        if not isinstance(listed, list):
            raise _strange("GET", response)
        versions = [each.get("version") for each in listed if isinstance(each, dict)]
        return [version for version in versions if isinstance(version, str)]

    def finalize_release(self, version: str, moment: str) -> None:
        """Mark the release as released at `moment`, in ISO 8601."""
        path = f"{self.organization_path}releases/{_quoted(version)}/"
        self.call("PUT", path, {"dateReleased": moment}, expected=(200,))

    def release_files(
        self,
        version: str,
        cursor: str | None = None,
        *,
        names_with: str | None = None,
        checksum: str | None = None,
    ) -> Page:
        """A page of the release's files, of all dists; filtered by substring of name, or sha1."""
        given = {
            "per_page": PAGE_FILES,
            "cursor": cursor,
            "query": names_with,
            "checksum": checksum,
        }
        query = urlencode({key: value for key, value in given.items() if value is not None})
        response = self.call("GET", f"{self._files(version)}?{query}", expected=(200,))
        try:
            return Page(tuple(map(RemoteFile.read, response.json())), response.next_cursor)
        except (KeyError, TypeError, ValueError):
            raise _strange("GET", response) from None

    def upload_release_file(self, version: str, asset: Asset, dist: str | None) -> RemoteFile:
        """The stored file. Raises AlreadyExists; its `doubtful` tells if we may have stored it."""
        fields = [("name", asset.name)]
        if dist is not None:
            fields.append(("dist", dist))
        fields += [("header", f"{key}:{value}") for key, value in asset.headers.items()]
        filename = asset.name.rpartition("/")[2]
        part = FilePart(asset, filename, _content_type(filename))
        response = self.call("POST", self._files(version), Form(fields, part), expected=(201,))
        return self._file("POST", response)

    def rename_release_file(
        self, version: str, file_id: str, name: str, *, even_stopped: bool = False
    ) -> RemoteFile:
        """Give a file another name, of at most 200 characters, that no file may have yet."""
        path = f"{self._files(version)}{_quoted(file_id)}/"
        body = {"name": name}
        response = self.call("PUT", path, body, expected=(200,), even_stopped=even_stopped)
        return self._file("PUT", response)

    def delete_release_file(self, version: str, file_id: str) -> None:
        """Delete a file. That it is gone already is as good."""
        try:
            self.call("DELETE", f"{self._files(version)}{_quoted(file_id)}/", expected=(204,))
        except NotFound:
            return

    def download_release_file(self, version: str, file_id: str) -> bytes:
        """A file's content; see `download`."""
        return self.download(f"{self._files(version)}{_quoted(file_id)}/?download=1")

    def download(self, path: str) -> bytes:
        """What a file holds. Raises ServerRefused for an org auth token, which may not read any."""
        response = self.call("GET", path, expected=(200, 403))
        if response.status == 403:
            raise ServerRefused(
                f"{self.connection.url} does not let {self.connection.token} look into files: an "
                "org auth token never may, a token with the scope project:releases is needed; or "
                "look into the wheel instead, with --from"
            )
        return response.body

    def _path_of(self, project: str) -> str:
        return f"/api/0/projects/{_quoted(self.connection.organization)}/{_quoted(project)}/"

    def _files(self, version: str) -> str:
        return f"{self.project_path}releases/{_quoted(version)}/files/"

    def call(
        self,
        method: str,
        path: str,
        body: Body | Mapping[str, Any] | None = None,
        *,
        expected: Iterable[int],
        even_stopped: bool = False,
    ) -> Response:
        """The response to a request, of an expected status."""
        response = self.transport.request(method, path, body, even_stopped=even_stopped)
        if response.status not in expected:
            self._refuse(method, path, response)
        return response

    def _refuse(self, method: str, path: str, response: Response) -> NoReturn:
        clean = self.transport.clean
        said = clean(response.detail())
        what = f"{method} {path.partition('?')[0]}: {response.status}" + (
            f" {said}" if said else ""
        )
        token, url = self.connection.token, self.connection.url
        if response.status == 401:
            raise ServerRefused(
                f"{url} does not accept {token} (401{': ' + said if said else ''}): "
                "is it complete, not revoked, and made on this server?"
            )
        if response.status == 403:
            raise ServerRefused(
                f"{url} does not let {token} do this ({what}): it needs the scope "
                "project:releases, unless it is an organization token, and access to the "
                "organization and project"
            )
        if response.status < 300:
            response.json()  # tells a page from an response
            raise _strange(method, response)
        if response.status < 400:
            target = clean(response.headers.get("Location", "elsewhere"))
            raise UnexpectedResponse(
                f"{url} redirects to {target}: the token does not follow; "
                "if that is the server, set the url to it",
                status=response.status,
            )
        if response.status in {404, 405, 501} and "/releases/" in path and not response.is_json:
            raise NotOffered(
                f"{url} takes no release files ({what}): set `upload-as` to "
                '"artifact-bundle", or fix the url if that is not the Sentry server'
            )
        if response.status == 404:
            raise NotFound(f"{url}: {what}", status=404)
        if response.status == 409:
            raise AlreadyExists(f"{url}: {what}", doubtful=response.maybe_applied)
        raise UnexpectedResponse(f"{url}: {what}", status=response.status)

    def _file(self, method: str, response: Response) -> RemoteFile:
        try:
            return RemoteFile.read(self.mapping(response))
        except (KeyError, TypeError, ValueError):
            raise _strange(method, response) from None

    def mapping(self, response: Response) -> Mapping[str, Any]:
        """The response's JSON object."""
        said = response.json()
        if not isinstance(said, dict):
            raise _strange("the request", response)
        return said


def _quoted(segment: str) -> str:
    return quote(segment, safe="")


def _content_type(filename: str) -> str:
    # Without a charset, a type below "text/" would be read as ISO 8859-1 by the server.
    return "application/json" if filename.endswith(".map") else "application/javascript"


def _strange(method: str, response: Response) -> UnexpectedResponse:
    return UnexpectedResponse(
        f"{method} was answered with {response.status} and JSON that no Sentry server gives here: "
        "is the url that of a Sentry server?",
        status=response.status,
    )
