"""The endpoints of a Sentry server that an artifact bundle needs, one method each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hatch_sentry_artifacts.errors import (
    NotFound,
    NotOffered,
    NotSentry,
    ServerRefused,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import same_site
from hatch_sentry_artifacts.sentry.http.multipart import ChunkForm
from hatch_sentry_artifacts.sentry.refusals import advice

# More than one request for each connection, so that all end at about the same time, and no
# connection holds much. No chunk should be larger.
MOST_REQUEST_BYTES = 4 * 1024 * 1024
# Of one chunk, and of a request: smaller limits would make absurdly many chunks.
_LEAST_BYTES = 4 * 1024
_MEGABYTE = 1_000_000
_API = "/api/0/"
_STATES = ("not_found", "created", "assembling", "ok", "error")
_TELLS_MISSING = "artifact_bundles_v2"
_BUNDLES = frozenset({"artifact_bundles", _TELLS_MISSING})


@dataclass(frozen=True)
class UploadLimits:
    """The server's limits for chunk uploads. Sizes in bytes, before compression.

    `tells_missing`: it says which chunks it lacks before they are sent (`artifact_bundles_v2`, or
    it did so before). `is_polled`: it reports when a bundle is assembled, so that this can be
    waited for. That is a guess: GlitchTip and Bugsink, which start a new assembly with each
    request, take one chunk per request.
    """

    path: str
    chunk_size: int
    chunks_per_request: int
    max_request_size: int
    max_file_size: int
    concurrency: int
    gzip: bool
    tells_missing: bool
    is_polled: bool


@dataclass(frozen=True)
class Assembling:
    """The state of a bundle: `not_found`, `created`, `assembling`, `ok` or `error`."""

    state: str
    missing: tuple[str, ...]
    detail: str

    @property
    def lacks_chunks(self) -> bool:
        """Whether chunks have to be sent first."""
        ended = self.state in {"ok", "error"}
        return self.state == "not_found" or (bool(self.missing) and not ended)


class BundleApi:
    """The part of a server that takes artifact bundles.

    Every method raises the errors of those of SentryApi.
    """

    def __init__(self, api: SentryApi) -> None:
        self._api = api
        self._organization = api.organization_path

    def limits(self) -> UploadLimits:
        """Return the server's limits.

        Raises NotOffered if it takes no artifact bundles, ServerRefused for an unknown organization
        or an address to which the token must not be sent.
        """
        url = self._api.connection.url
        try:
            response = self._api.call("GET", f"{self._organization}chunk-upload/", expected=(200,))
        except NotFound:
            self._require_organization()
            raise NotOffered(_no_bundles(url)) from None
        said = self._api.mapping(response)
        try:
            if not _BUNDLES.intersection(said.get("accept") or ()):
                raise NotOffered(_no_bundles(url))
            return self._read(said)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise UnexpectedResponse(
                f"{url} says of its chunk upload what no Sentry server says: is it one that this "
                "version knows? There may be a newer one",
                status=response.status,
            ) from None

    def probed(self, limits: UploadLimits, version: str | None) -> UploadLimits:
        """Return the limits after a probe with a bundle that does not exist.

        GlitchTip returns its limits for any organization, and takes all chunks before it says that
        it does not know the organization; from 6.0.5 on it says which chunks it lacks without
        announcing that. Nothing is stored. Raises ServerRefused for an organization or project that
        the server does not know.
        """
        nobody_s = os.urandom(20).hex()
        response = self.assemble(nobody_s, [nobody_s], version, None)
        return replace(limits, tells_missing=nobody_s in response.missing)

    def _read(self, said: Mapping[str, Any]) -> UploadLimits:
        if said["hashAlgorithm"] != "sha1" or not isinstance(said["url"], str):
            raise ValueError
        limits = UploadLimits(
            path=self._upload_path(said["url"]),
            chunk_size=int(said["chunkSize"]),
            chunks_per_request=int(said["chunksPerRequest"]),
            max_request_size=int(said["maxRequestSize"]),
            max_file_size=int(said.get("maxFileSize") or 0),
            concurrency=int(said["concurrency"]),
            gzip="gzip" in (said.get("compression") or ()),
            tells_missing=_TELLS_MISSING in said["accept"],
            is_polled=_TELLS_MISSING in said["accept"] or int(said["chunksPerRequest"]) > 1,
        )
        if min(limits.chunk_size, limits.max_request_size) < _LEAST_BYTES:
            raise ValueError
        if min(limits.chunks_per_request, limits.concurrency) < 1:
            raise ValueError
        return limits

    def _require_organization(self) -> None:
        """Raise ServerRefused for an unknown one, NotOffered where there are no releases either."""
        try:
            self._api.require_organization()
        except (NotOffered, NotSentry):
            connection = self._api.connection
            raise NotOffered(
                f"{connection.url} takes neither artifact bundles nor release files: is the url "
                f"that of the Sentry server? {advice(connection)}"
            ) from None

    def upload_chunks(self, limits: UploadLimits, form: ChunkForm) -> None:
        """Send chunks. It is no error if the server has them already."""
        response = self._api.call("POST", limits.path, form, expected=(200, 201, 204, 400, 413))
        if response.status == 413:
            most = max(form.length, min(limits.max_request_size, MOST_REQUEST_BYTES))
            raise UnexpectedResponse(
                f"{self._api.connection.url}: the server, or a proxy before it, does not take "
                f"{form.length / _MEGABYTE:.1f} MB at once (413): raise its limit for the bodies "
                f"of requests to {most // _MEGABYTE + 1} MB (nginx: client_max_body_size)",
                status=413,
            )
        if response.status == 400:
            raise UnexpectedResponse(
                f"{self._api.connection.url}: POST {limits.path.partition('?')[0]}: 400 "
                f"{self._api.transport.clean(response.detail())}: what arrived is not what was "
                "sent, or more than the server said that it takes; is there a proxy on the way? In "
                "any case, running this again sends what is missing",
                status=400,
            )

    def assemble(
        self, checksum: str, chunks: Sequence[str], version: str | None, dist: str | None
    ) -> Assembling:
        """Request the bundle's state, which starts its assembly once all chunks are there."""
        projects = list(self._api.connection.projects)
        body = {"checksum": checksum, "chunks": list(chunks), "projects": projects}
        # The server refuses keys that are null.
        body |= {key: value for key, value in (("version", version), ("dist", dist)) if value}
        path = f"{self._organization}artifactbundle/assemble/"
        try:
            response = self._api.call("POST", path, body, expected=(200, 201, 202, 400))
        except NotFound:
            self._api.require_organization()
            # For an unknown organization GlitchTip returns an empty list of releases.
            connection = self._api.connection
            raise ServerRefused(
                f'{connection.url} knows no organization "{connection.organization}", or '
                f"{connection.token} may not see it: fix `organization` (SENTRY_ORG) to the slug "
                "that its address shows"
            ) from None
        if response.status == 400:
            detail = self._api.transport.clean(response.detail())
            if "project" in detail.lower():
                raise ServerRefused(
                    f"{self._api.connection.url} does not take the bundle for the project "
                    f"{', '.join(projects)} ({detail}): fix `project` (SENTRY_PROJECT) to the "
                    "slug that its address shows"
                )
            raise UnexpectedResponse(
                f"{self._api.connection.url}: POST {path}: 400 {detail}", status=400
            )
        said = self._api.mapping(response)
        missing = said.get("missingChunks") or []
        if said.get("state") not in _STATES or not isinstance(missing, list):
            raise UnexpectedResponse(
                f"{self._api.connection.url}: POST {path} was answered with {response.status} and "
                "JSON that no Sentry server gives here: is the url that of a Sentry server?",
                status=response.status,
            )
        return Assembling(
            said["state"],
            tuple(map(str, missing)),
            self._api.transport.clean(str(said.get("detail") or "")),
        )

    def _upload_path(self, said: str) -> str:
        """Return where chunks go: a path of the connection's server, or a URL of another region."""
        own = self._api.connection.url
        parts, base = urlsplit(said), urlsplit(own)
        if not parts.netloc:
            return said if said.startswith("/") else _API + said
        # The URL is built anew: parsers disagree about the host of an unusual one.
        if parts.hostname == base.hostname:
            # Behind a proxy that ends TLS a server often does not know its own scheme and port.
            return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
        if same_site(own, said) and parts.hostname:
            return urlunsplit((parts.scheme, parts.hostname, parts.path, parts.query, ""))
        raise ServerRefused(
            f"{own} wants chunks to be sent to {parts.scheme}://{parts.netloc}, another host, "
            "which the token is not meant for: set the url to that address if it is the same "
            "server, or fix what the server thinks that its address is (Sentry's "
            "system.url-prefix, Bugsink's BASE_URL)"
        )


def _no_bundles(url: str) -> str:
    return (
        f'{url} takes no artifact bundles: set `upload-as` to "release-files", which older Sentry '
        "servers take"
    )
