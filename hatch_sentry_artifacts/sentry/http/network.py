"""Requests over HTTP: the environment's proxies and certificates, and a pool of connections.

Whatever needs `requests`, which takes a while to import, is in here or below.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, select_proxy
from urllib3.exceptions import HTTPError

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.sentry.http.attempt import Attempt
from hatch_sentry_artifacts.sentry.http.faults import Fault, FaultKind, cut_off, no_tls
from hatch_sentry_artifacts.sentry.http.multipart import Stream
from hatch_sentry_artifacts.sentry.http.reading import MOST_ERROR_BYTES, read_body
from hatch_sentry_artifacts.sentry.http.reasons import fault_of
from hatch_sentry_artifacts.sentry.http.response import Received
from hatch_sentry_artifacts.sentry.http.watching import POOLS, watch

# As long as no secure connection was ever made, a handshake may take so many seconds: then the
# server is asked whether it speaks plain HTTP instead, of which nothing else would tell.
_FIRST_HANDSHAKE = 5.0
_PROBE_SECONDS = 3.0
# Those of the first attempts that may come of a server that speaks no TLS.
_MAYBE_NO_TLS = frozenset({FaultKind.CLOSED, FaultKind.SILENT, FaultKind.NO_CONNECTION})


class Network:
    """The way to the server at `url`, and to others that it names. For many threads.

    Raises ConfigurationError for a proxy or certificates that cannot be used.
    """

    def __init__(self, url: str, *, connections: int, timeout: float) -> None:
        self._timeout = timeout
        self._session = requests.Session()
        # Only what is resolved here counts. The session itself sends nothing: it would put a
        # password from ~/.netrc in the token's place.
        self._proxies: dict[str, Mapping[str, str]] = {}
        merged = self._merged(url)
        secure = url.startswith("https:")
        self._may_lack_tls = secure and not select_proxy(url, merged["proxies"])
        self._adapter = _Adapter(_context(merged["verify"]) if secure else None, connections)
        self._require_way(url)

    def close(self) -> None:
        """Close every connection that is not in use; the next request makes a new one."""
        self._adapter.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Stream | None,
        *,
        most: int,
        attempt: Attempt,
    ) -> Received | Fault:
        """Return what came back, of at most `most` bytes, or why nothing did.

        The body of an error is cut at MOST_ERROR_BYTES. Raises UnusableBody.
        """
        request = _prepared(method, url, headers, body)
        try:
            watch(attempt)
            return self._exchange(request, most, attempt)
        except (requests.RequestException, HTTPError) as error:
            fault = fault_of(error, too_late=attempt.is_over)
        return no_tls() if self._speaks_plain_http(url, fault) else fault

    def _exchange(
        self, request: requests.PreparedRequest, most: int, attempt: Attempt
    ) -> Received | Fault:
        url = str(request.url)
        connect = min(self._timeout, _FIRST_HANDSHAKE) if self._may_lack_tls else self._timeout
        response: Any = self._adapter.send(
            request, stream=True, timeout=(connect, self._timeout), proxies=self._proxies_for(url)
        )
        self._may_lack_tls = False
        status, given = response.status, response.headers
        is_error = status >= 300
        try:
            body = read_body(
                response,
                given.get("Content-Encoding", ""),
                min(most, MOST_ERROR_BYTES) if is_error else most,
                attempt,
                cut=is_error,
            )
        finally:
            if not response.closed:
                response.close()  # the rest is not worth a connection
            response.release_conn()
        framed = "Content-Length" in given or "Transfer-Encoding" in given
        bodiless = status < 200 or status in {204, 304}
        if not bodiless and not framed and not body:
            # The connection closed within the headers, which Python takes for their end.
            return cut_off()
        return Received(status, given, body)

    def _merged(self, url: str) -> Mapping[str, Any]:
        """Return what requests makes of the environment's proxies and certificates."""
        return self._session.merge_environment_settings(url, {}, None, None, None)

    def _proxies_for(self, url: str) -> Mapping[str, str]:
        """Return the proxies for the server of `url`, resolved once."""
        origin = _origin(url)
        if origin not in self._proxies:
            self._proxies[origin] = self._merged(origin)["proxies"]
        return self._proxies[origin]

    def _require_way(self, url: str) -> None:
        request = _prepared("GET", url, {}, None)
        try:
            self._adapter.get_connection_with_tls_context(
                request, verify=True, proxies=self._proxies_for(url)
            )
        except (requests.RequestException, HTTPError):
            # The address may hold a password, so it is not shown.
            scheme = urlsplit(url).scheme
            raise ConfigurationError(
                f"the proxy for {scheme} URLs (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is no "
                "http(s) address: fix it, or name the server in NO_PROXY"
            ) from None

    def _speaks_plain_http(self, url: str, fault: Fault) -> bool:
        """Return whether a server that fails the TLS handshake answers in plain HTTP."""
        if not self._may_lack_tls or fault.kind not in _MAYBE_NO_TLS:
            return False
        self._may_lack_tls = False  # this is asked once
        parts = urlsplit(url)
        address = (parts.hostname or "", parts.port or 443)
        with suppress(OSError), socket.create_connection(address, _PROBE_SECONDS) as connection:
            connection.sendall(f"HEAD / HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
            return connection.recv(5) == b"HTTP/"
        return False


def _context(named: object) -> ssl.SSLContext:
    """Return the certificates to trust: those that are named, else the system's and certifi's."""
    bundle = named if isinstance(named, str) else os.environ.get("SSL_CERT_FILE")
    if not bundle:
        context = ssl.create_default_context()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context
    folder = Path(bundle).is_dir()
    try:
        return ssl.create_default_context(
            cafile=None if folder else bundle, capath=bundle if folder else None
        )
    except OSError as error:  # also ssl.SSLError
        variables = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
        variable = next(each for each in variables if os.environ.get(each) == bundle)
        reason = error.strerror or error.__class__.__name__
        raise ConfigurationError(
            f"{variable}: {bundle} cannot be read as certificates ({reason}): "
            "fix the variable or unset it"
        ) from None


class _Adapter(HTTPAdapter):
    """Watched connections, as many as there are workers, that trust what `context` trusts."""

    def __init__(self, context: ssl.SSLContext | None, connections: int) -> None:
        self._context = context
        self._pools: dict[str, Any] = {}
        super().__init__(pool_maxsize=connections, pool_block=True)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(
            proxy, ssl_context=self._context, proxy_ssl_context=self._context, **options
        )
        manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> Any:
        """Return the pool of the request's server, which requests would look for each time."""
        origin = _origin(str(request.url))
        pool = self._pools.get(origin)
        if pool is None:
            pool = super().get_connection_with_tls_context(request, *args, **options)
            self._pools[origin] = pool
        return pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Return what the request line names: the path, or the whole address for some proxies."""
        return super().request_url(request, proxies) if proxies else str(request.path_url)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> Any:  # noqa: ARG002
        """Return urllib3's response, of which status, headers and body are read: no cookies."""
        return resp

    def close(self) -> None:
        self._pools.clear()
        super().close()

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Leave that to the context, which requests would fill anew for every connection."""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _prepared(
    method: str, url: str, headers: Mapping[str, str], body: bytes | Stream | None
) -> requests.PreparedRequest:
    """Return a request as it goes out.

    `PreparedRequest.prepare` would come to the same, after parsing the same address and looking
    for cookies each time, which costs as much as sending a small body.
    """
    request = requests.PreparedRequest()
    request.method, request.url = method, url
    request.body = body  # type: ignore[assignment]  # what has a length and can be iterated will do
    if body is not None:
        headers = {**headers, "Content-Length": str(len(body))}
    request.headers = headers  # type: ignore[assignment]  # any mapping will do
    return request
