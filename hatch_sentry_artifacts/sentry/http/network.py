"""Requests over HTTP: the environment's proxies and certificates, and a pool of connections.

Only this module and those that it uses import `requests`, which takes a while.
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

# The first attempt at a TLS connection may take so many seconds. After that the server is asked in
# plain HTTP, since nothing else shows that it speaks no TLS.
_FIRST_HANDSHAKE = 2.0
_PROBE_SECONDS = 3.0
# Faults of first attempts that may be caused by a server that speaks no TLS.
_MAYBE_NO_TLS = frozenset({FaultKind.CLOSED, FaultKind.SILENT, FaultKind.NO_CONNECTION})


class Network:
    """The connections to the server at `url`, and to others that it names; thread-safe.

    Raises ConfigurationError for a proxy or certificates that cannot be used.
    """

    def __init__(self, url: str, *, connections: int) -> None:
        self._session = requests.Session()
        # The session only resolves the environment. It sends nothing: it would put a password
        # from ~/.netrc in the token's place.
        self._proxies: dict[str, Mapping[str, str]] = {}
        merged = self._merged(url)
        secure = url.startswith("https:")
        self._may_lack_tls = secure and not select_proxy(url, merged["proxies"])
        self._adapter = _Adapter(_context(merged["verify"]) if secure else None, connections)
        self._require_way(url)

    def close(self) -> None:
        """Close all idle connections; the next request opens a new one."""
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
        """Return the response, of at most `most` bytes, or the fault.

        The body of an error is cut at MOST_ERROR_BYTES. Raises UnusableBody.
        """
        request = _prepared(method, url, headers, body)
        try:
            watch(attempt)
            return self._exchange(request, most, attempt)
        except (requests.RequestException, HTTPError) as error:
            fault = fault_of(error, too_late=attempt.is_over).after(attempt.seconds)
        return no_tls() if self._speaks_plain_http(url, fault) else fault

    def _exchange(
        self, request: requests.PreparedRequest, most: int, attempt: Attempt
    ) -> Received | Fault:
        url = str(request.url)
        silence = attempt.silence
        connect = min(silence, _FIRST_HANDSHAKE) if self._may_lack_tls else silence
        response: Any = self._adapter.send(
            request, stream=True, timeout=(connect, silence), proxies=self._proxies_for(url)
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
                response.close()  # the rest is not worth keeping the connection
            response.release_conn()
        framed = "Content-Length" in given or "Transfer-Encoding" in given
        bodiless = status < 200 or status in {204, 304}
        if not bodiless and not framed and not body:
            # The connection was closed within the headers; Python takes that for their end.
            return cut_off()
        return Received(status, given, body)

    def _merged(self, url: str) -> Mapping[str, Any]:
        """Return the proxies and certificates that requests finds in the environment."""
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
            if not select_proxy(url, dict(self._proxies_for(url))):
                raise ConfigurationError(f"{url} is no address of a server: fix the url") from None
            # The URL may hold a password, so it is not shown.
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
    """Return a context that trusts the named certificates, or the system's and certifi's."""
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
    """An adapter with watched connections, one per worker, and the certificates of `context`."""

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
        """Return the pool of the request's server, without the search that requests repeats."""
        origin = _origin(str(request.url))
        pool = self._pools.get(origin)
        if pool is None:
            pool = super().get_connection_with_tls_context(request, *args, **options)
            self._pools[origin] = pool
        return pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Return the target of the request line: the path, or the whole URL for some proxies."""
        return super().request_url(request, proxies) if proxies else str(request.path_url)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> Any:  # noqa: ARG002 - as in requests
        """Return urllib3's response itself; cookies are not read."""
        return resp

    def close(self) -> None:
        self._pools.clear()
        super().close()

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Do nothing: the context has the certificates; requests would load them each time."""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _prepared(
    method: str, url: str, headers: Mapping[str, str], body: bytes | Stream | None
) -> requests.PreparedRequest:
    """Return a prepared request.

    `PreparedRequest.prepare` gives the same, but parses the same URL and looks for cookies each
    time, which costs as much as sending a small body.
    """
    request = requests.PreparedRequest()
    request.method, request.url = method, url
    request.body = body  # type: ignore[assignment]  # what has a length and can be iterated will do
    if body is not None:
        headers = {**headers, "Content-Length": str(len(body))}
    request.headers = headers  # type: ignore[assignment]  # any mapping will do
    return request
