"""The endpoints of a Sentry server that an artifact bundle needs, a method each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    ServerRefused,
    UnexpectedAnswer,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import same_site
from hatch_sentry_artifacts.sentry.multipart import ChunkForm

_API = "/api/0/"


@dataclass(frozen=True)
class UploadLimits:
    """What the server says of chunk uploads. Sizes in bytes, before compression.

    `tells_missing`: it says which chunks it lacks before they are sent (`artifact_bundles_v2`).
    `is_polled`: it says when a bundle is assembled. GlitchTip and Bugsink, which take one chunk a
    request, would begin anew each time they are asked.
    """

    path: str
    chunk_size: int
    chunks_per_request: int
    max_request_size: int
    max_file_size: int
    concurrency: int
    gzip: bool
    tells_missing: bool

    @property
    def is_polled(self) -> bool:
        """Whether assembling can be waited for."""
        return self.tells_missing or self.chunks_per_request > 1


@dataclass(frozen=True)
class Assembling:
    """How far a bundle is: `not_found`, `created`, `assembling`, `ok` or `error`."""

    state: str
    missing: tuple[str, ...]
    detail: str


class BundleApi:
    """The part of a server that takes artifact bundles.

    Every method raises what those of SentryApi do.
    """

    def __init__(self, api: SentryApi) -> None:
        self._api = api
        self._organization = api.organization_path

    def limits(self) -> UploadLimits:
        """What the server takes.

        Raises NotOffered if that is no artifact bundles, ServerRefused for an unknown organization
        or an address that the token must not go to.
        """
        url = self._api.connection.url
        try:
            answer = self._api.call("GET", f"{self._organization}chunk-upload/", expected=(200,))
        except NotFound:
            self._api.require_organization()
            raise NotOffered(_no_bundles(url)) from None
        said = self._api.mapping(answer)
        accepted = said.get("accept") or ()
        if not {"artifact_bundles", "artifact_bundles_v2"}.intersection(accepted):
            raise NotOffered(_no_bundles(url))
        try:
            algorithm = said["hashAlgorithm"]
            chunk_size = int(said["chunkSize"])
            limits = UploadLimits(
                path=self._upload_path(str(said["url"])),
                chunk_size=chunk_size,
                chunks_per_request=int(said["chunksPerRequest"]),
                max_request_size=max(int(said["maxRequestSize"]), chunk_size),
                max_file_size=int(said.get("maxFileSize") or 0),
                concurrency=int(said["concurrency"]),
                gzip="gzip" in (said.get("compression") or ()),
                tells_missing="artifact_bundles_v2" in accepted,
            )
        except (KeyError, TypeError, ValueError):
            limits = None
        if (
            limits is None
            or algorithm != "sha1"
            or min(limits.chunk_size, limits.chunks_per_request, limits.concurrency) < 1
        ):
            raise UnexpectedAnswer(
                f"{url} says of its chunk upload what no Sentry server says: is it one that this "
                "version knows? There may be a newer one",
                status=answer.status,
            )
        return limits

    def upload_chunks(self, limits: UploadLimits, form: ChunkForm) -> None:
        """Send chunks; that the server has them already is as good."""
        self._api.call("POST", limits.path, form, expected=(200, 201, 204))

    def assemble(
        self, checksum: str, chunks: Sequence[str], version: str | None, dist: str | None
    ) -> Assembling:
        """Ask how far the bundle is, which lets the server begin once it has all chunks."""
        projects = list(self._api.connection.projects)
        body = {"checksum": checksum, "chunks": list(chunks), "projects": projects}
        # The server refuses keys that are null.
        body |= {key: value for key, value in (("version", version), ("dist", dist)) if value}
        path = f"{self._organization}artifactbundle/assemble/"
        answer = self._api.call("POST", path, body, expected=(200, 201, 202, 400))
        if answer.status == 400:
            detail = self._api.transport.clean(answer.detail())
            if "project" in detail.lower():
                raise ServerRefused(
                    f"{self._api.connection.url} does not take the bundle for the project "
                    f"{', '.join(projects)} ({detail}): mend `project` (SENTRY_PROJECT) to the "
                    "slug that its address shows"
                )
            raise UnexpectedAnswer(
                f"{self._api.connection.url}: POST {path}: 400 {detail}", status=400
            )
        said = self._api.mapping(answer)
        return Assembling(
            str(said.get("state")),
            tuple(map(str, said.get("missingChunks") or ())),
            self._api.transport.clean(str(said.get("detail") or "")),
        )

    def _upload_path(self, said: str) -> str:
        """Where chunks go: the path at the connection's server, or a URL of another region."""
        own = self._api.connection.url
        parts = urlsplit(said)
        if not parts.netloc:
            return said if said.startswith("/") else _API + said
        if same_site(own, said):
            return said
        if parts.hostname == urlsplit(own).hostname:
            # A server behind a proxy that ends TLS often does not know its own scheme and port.
            base = urlsplit(own)
            return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
        raise ServerRefused(
            f"{own} wants chunks to be sent to {parts.scheme}://{parts.netloc}, another host, "
            "which the token is not meant for: set the url to that address if it is the same "
            "server, or mend what the server thinks that its address is (Sentry's "
            "system.url-prefix, Bugsink's BASE_URL)"
        )


def _no_bundles(url: str) -> str:
    return (
        f'{url} takes no artifact bundles: set `upload-as` to "release-files", which older Sentry '
        "servers take"
    )
