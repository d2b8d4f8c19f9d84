"""The endpoints of a Sentry server that an upload needs, one method each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import (
    FilesHidden,
    NotFound,
    NotOffered,
    ServerRefused,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.connection import Connection
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.http.multipart import Body, FilePart, Form
from hatch_sentry_artifacts.sentry.http.reading import MOST_FILE_BYTES, MOST_JSON_BYTES
from hatch_sentry_artifacts.sentry.http.response import Response
from hatch_sentry_artifacts.sentry.http.transport import Transport
from hatch_sentry_artifacts.sentry.refusals import (
    UNKNOWN_ADDRESS,
    no_sentry,
    refusal,
    strange,
    token_refused,
)
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

PAGE_FILES = 100
_ROOT = "/api/0/"
LONGEST_NEW_NAME = 200


@dataclass(frozen=True)
class Abilities:
    """What a token may do: `scopes`, empty if unknown; `of_user`: it is a user's token."""

    scopes: tuple[str, ...]
    of_user: bool


@dataclass(frozen=True)
class Page:
    """Part of a list; `next_cursor` is None on the last one."""

    files: tuple[RemoteFile, ...]
    next_cursor: str | None


class SentryApi:
    """The API of one server for one connection.

    Every method raises ServerUnreachable, ServerRefused (401, 403), NotFound or UnexpectedResponse.
    """

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self.transport = transport
        self._is_sentry = False
        self.organization_path = f"/api/0/organizations/{_quoted(connection.organization)}/"
        self.project_path = self.path_of_project(connection.projects[0])

    def abilities(self) -> Abilities:
        """Return the abilities of the token.

        Raises ServerRefused if the server does not know the token, or is no Sentry.
        """
        response = self.transport.request("GET", _ROOT)
        if not _is_root(response):
            raise no_sentry(self.connection, response)
        if response.status != 200:
            raise refusal(self.connection, response)
        said = self.mapping(response)
        if said.get("auth") is None:  # also Sentry, of a request without any
            raise token_refused(self.connection, "it says that no one is signed in")
        auth = typed.mapping(said["auth"], "auth")
        scopes = typed.optional(typed.sequence, auth.get("scopes"), "its scopes") or ()
        return Abilities(
            tuple(typed.text(scope, "a scope") for scope in scopes), bool(said.get("user"))
        )

    def require_organization(self) -> None:
        """Raise ServerRefused if the organization does not exist for this token.

        Requests its releases, since that needs only scopes that an upload needs too.
        """
        try:
            self.call("GET", f"{self.organization_path}releases/?per_page=1", expected=(200,))
        except NotFound:
            self._require_sentry()
            raise ServerRefused(
                f'{self.connection.url} knows no organization "{self.connection.organization}", or '
                f"{self.connection.token} may not see it: fix `organization` (SENTRY_ORG) to the "
                "slug that its address shows"
            ) from None

    def require_project(self, slug: str) -> None:
        """Raise ServerRefused if the project does not exist for this token."""
        try:
            self.call("GET", f"{self.path_of_project(slug)}releases/?per_page=1", expected=(200,))
        except NotFound:
            raise ServerRefused(
                f'the organization "{self.connection.organization}" at {self.connection.url} has '
                f'no project "{slug}", or {self.connection.token} may not see it: fix `project` '
                "(SENTRY_PROJECT) to the slug that its address shows"
            ) from None

    def release_files(
        self,
        version: str,
        cursor: str | None = None,
        *,
        names_with: str | None = None,
        checksum: str | None = None,
    ) -> Page:
        """Return a page of the release's files, of all dists, with that part of a name, or sha1."""
        given = {
            "per_page": PAGE_FILES,
            "cursor": cursor,
            "query": names_with,
            "checksum": checksum,
        }
        query = urlencode({key: value for key, value in given.items() if value is not None})
        # Of the organization, as a release is: also before it is linked to the project, and where
        # GlitchTip lists nothing for the project until an event comes.
        path = f"{self.organization_path}releases/{_quoted(version)}/files/"
        response = self.call("GET", f"{path}?{query}", expected=(200,))
        listed = typed.sequence(self.json(response), "the list of files")
        return Page(tuple(map(RemoteFile.read, listed)), response.next_cursor)

    def takes_release_files(self) -> bool:
        """Return whether the server takes release files; asks with a release that does not exist.

        Raises ServerRefused if the token may not upload any.
        """
        path = self._files("hatch-sentry-artifacts-check")
        response = self.call("POST", path, {}, expected=(400, *UNKNOWN_ADDRESS))
        return response.status in {400, 404} and response.is_json

    def upload_release_file(
        self, version: str, asset: Asset, dist: str | None, *, name: str | None = None
    ) -> RemoteFile:
        """Store an asset, under its own name or `name`; return the new file.

        Raises AlreadyExists; its `maybe_applied` says whether this upload may have stored it.
        """
        fields = [("name", name or asset.name)]
        if dist is not None:
            fields.append(("dist", dist))
        fields += [("header", f"{key}:{value}") for key, value in asset.headers.items()]
        filename = asset.name.rpartition("/")[2]
        part = FilePart(asset, filename, _content_type(filename))
        response = self.call("POST", self._files(version), Form(fields, part), expected=(201,))
        return RemoteFile.read(self.json(response))

    def release_file(self, version: str, file_id: str) -> RemoteFile:
        """Return a file of the release."""
        path = f"{self._files(version)}{_quoted(file_id)}/"
        return RemoteFile.read(self.json(self.call("GET", path, expected=(200,))))

    def rename_release_file(
        self,
        version: str,
        file_id: str,
        name: str,
        *,
        even_stopped: bool = False,
        attempts: int | None = None,
    ) -> RemoteFile:
        """Rename a file; the new name has at most 200 characters and must be free."""
        path = f"{self._files(version)}{_quoted(file_id)}/"
        body = {"name": name}
        response = self.call(
            "PUT", path, body, expected=(200,), even_stopped=even_stopped, attempts=attempts
        )
        return RemoteFile.read(self.json(response))

    def delete_release_file(
        self, version: str, file_id: str, *, even_stopped: bool = False
    ) -> None:
        """Delete a file. It is no error if it is already deleted."""
        path = f"{self._files(version)}{_quoted(file_id)}/"
        try:
            self.call("DELETE", path, expected=(204,), even_stopped=even_stopped)
        except NotFound:
            return

    def download_release_file(self, version: str, file_id: str) -> bytes:
        """Return a file's content; see `download`."""
        return self.download(f"{self._files(version)}{_quoted(file_id)}/?download=1")

    def download(self, path: str) -> bytes:
        """Return a file's content. Raises FilesHidden for an org auth token, which reads none."""
        response = self.call("GET", path, expected=(200, 403), most=MOST_FILE_BYTES)
        if response.status == 403:
            raise FilesHidden(
                f"{self.connection.url} does not let {self.connection.token} look into files: an "
                "org auth token never may, a token with the scope project:releases is needed; or "
                "look into the wheel instead"
            )
        return response.body

    def path_of_project(self, project: str) -> str:
        """Return the path below which all endpoints of a project are."""
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
        most: int = MOST_JSON_BYTES,
        attempts: int | None = None,
        before_repeat: Callable[[], None] = lambda: None,
    ) -> Response:
        """Return the response to a request: of an expected status, with at most `most` bytes.

        `attempts` limits how often it is sent, below the limit of the transport. `before_repeat` is
        called before it is sent again, and may raise what ends it.
        """
        response = self.transport.request(
            method,
            path,
            body,
            even_stopped=even_stopped,
            most=most,
            attempts=attempts,
            before_repeat=before_repeat,
        )
        if response.status in expected:
            return response
        error = refusal(self.connection, response)
        if isinstance(error, NotOffered):
            self._require_sentry()
        raise error

    def _require_sentry(self) -> None:
        """Raise NotSentry if the url is not that of Sentry or a compatible server."""
        if self._is_sentry:
            return
        response = self.transport.request("GET", _ROOT)
        if not _is_root(response):
            raise no_sentry(self.connection, response)
        self._is_sentry = True

    def json(self, response: Response) -> object:
        """Return the response's JSON. Raises UnexpectedResponse if it is none."""
        try:
            value: object = response.json()
        except UnexpectedResponse:
            raise strange(self.connection, response) from None
        return value

    def mapping(self, response: Response) -> Mapping[str, Any]:
        """Return the response's JSON object. Raises UnexpectedResponse if it is none."""
        return typed.mapping(self.json(response), "the response")


def _is_root(response: Response) -> bool:
    """Return whether it is a response of an API's root: `{"version", "auth", "user"}`, or error."""
    try:
        said = response.json()
    except UnexpectedResponse:
        return False
    return isinstance(said, dict) and not {"version", "auth", "detail"}.isdisjoint(said)


def _quoted(segment: str) -> str:
    return quote(segment, safe="")


def _content_type(filename: str) -> str:
    # Without a charset, a type below "text/" would be read as ISO 8859-1 by the server.
    return "application/json" if filename.endswith(".map") else "application/javascript"
