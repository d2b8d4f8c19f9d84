"""What the environment says about certificates and proxies, read once."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3

from hatch_sentry_artifacts.errors import ConfigurationError

# In this order, as requests has it; OpenSSL itself reads the last one.
BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
# http.client reads bodies in such blocks when it is given a file.
_SEND_BYTES = 256 * 1024


def connection_pool(
    url: str, *, connections: int, timeout: float, environment: Mapping[str, str]
) -> urllib3.PoolManager:
    """A pool for the server at `url`, through the proxy that the environment names for it.

    `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (and what the system is set to, on
    macOS and Windows) count. Raises ConfigurationError for a proxy or bundle that is not usable.
    """
    settings: dict[str, Any] = {
        "maxsize": connections,
        "block": True,
        "timeout": urllib3.Timeout(connect=timeout, read=timeout),
        "retries": False,
        "blocksize": _SEND_BYTES,
    }
    if url.startswith("https:"):
        settings["ssl_context"] = _ssl_context(environment)
    proxy = _proxy_for(url)
    if proxy is None:
        return urllib3.PoolManager(**settings)
    parts = urlsplit(proxy)
    credentials = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = urllib3.make_headers(proxy_basic_auth=pair)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    bare = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    return urllib3.ProxyManager(bare, proxy_headers=credentials, **settings)


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    try:
        usable = urlsplit(proxy).scheme in {"http", "https"} and bool(urlsplit(proxy).hostname)
        usable = usable and urlsplit(proxy).port != 0
    except ValueError:
        usable = False
    if not usable:
        # The address may hold a password, so it is not shown.
        raise ConfigurationError(
            f"the proxy for {parts.scheme} URLs (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is no "
            "http(s) address: fix it, or name the server in NO_PROXY"
        )
    return proxy


def _ssl_context(environment: Mapping[str, str]) -> ssl.SSLContext:
    for variable in BUNDLE_VARIABLES:
        bundle = environment.get(variable)
        if not bundle:
            continue
        path = Path(bundle)
        try:
            return ssl.create_default_context(
                cafile=None if path.is_dir() else bundle, capath=bundle if path.is_dir() else None
            )
        except OSError as error:  # also ssl.SSLError
            reason = error.strerror or error.__class__.__name__
            raise ConfigurationError(
                f"{variable}: {bundle} cannot be read as certificates ({reason}): "
                "fix the variable or unset it"
            ) from None
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
