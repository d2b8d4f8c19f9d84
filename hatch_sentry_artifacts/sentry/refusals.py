"""The errors for unexpected responses: what they mean, and what to do."""

from __future__ import annotations

from hatch_sentry_artifacts.errors import (
    AlreadyExists,
    NotFound,
    NotOffered,
    NotSentry,
    SentryArtifactsError,
    ServerRefused,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.connection import Connection, same_site
from hatch_sentry_artifacts.sentry.http.faults import about_path
from hatch_sentry_artifacts.sentry.http.response import Response

# The statuses of servers that lack an endpoint, or its method.
UNKNOWN_ADDRESS = frozenset({404, 405, 501})


def refusal(connection: Connection, response: Response) -> SentryArtifactsError:
    """Return the error for a response with an unexpected status."""
    status = response.status
    said = response.detail()
    if status == 401:
        return token_refused(connection, f"401{': ' + said if said else ''}")
    if status < 300:
        return strange(connection, response)
    if status < 400:
        return _redirect(connection, response)
    return _error(connection, response, f"{response.asked}: {status}{' ' + said if said else ''}")


def _error(connection: Connection, response: Response, what: str) -> SentryArtifactsError:
    """Return the error for a status from 400 on; `what` describes request and response."""
    status, url = response.status, connection.url
    if status == 403:
        return ServerRefused(
            f"{url} does not let {connection.token} do this ({what}): it needs "
            f"{_needed(response)}, and access to the organization and project"
        )
    if _offers_no_releases(response):
        return NotOffered(
            f"{url} takes no release files ({what}): set `upload-as` to "
            '"artifact-bundle", or fix the url if that is not the Sentry server'
        )
    if status == 404:
        return NotFound(f"{url}: {what}", status=404)
    if status == 409:
        return AlreadyExists(f"{url}: {what}", maybe_applied=response.maybe_applied)
    return UnexpectedResponse(f"{url}: {what}", status=status)


def _needed(response: Response) -> str:
    """Return what a token needs that is refused: none of an organization may delete."""
    if response.asked.startswith("DELETE "):
        return "the scope project:releases or project:admin, which no organization token has"
    return "the scope project:releases, unless it is an organization token"


def _offers_no_releases(response: Response) -> bool:
    """Return whether the server lacks the endpoint; Sentry's own 404 is about the resource."""
    known = response.status == 404 and response.is_json
    return response.status in UNKNOWN_ADDRESS and "/releases/" in response.asked and not known


def token_refused(connection: Connection, what: str) -> ServerRefused:
    """Return the error for a token that the server does not know; `what` is its response."""
    token = connection.token
    if token.issuer is not None and not same_site(token.issuer, connection.url):
        return ServerRefused(
            f"{connection.url} does not accept {token} ({what}), which was made on "
            f"{token.issuer}: set the url (SENTRY_URL) to that, or take a token of this server"
        )
    return ServerRefused(
        f"{connection.url} does not accept {token} ({what}): is it complete, not revoked, and "
        "made on this server?"
    )


def strange(connection: Connection, response: Response) -> UnexpectedResponse:
    """Return the error for an expected status with content that is not Sentry's."""
    kind = "JSON that no Sentry server gives here" if _holds_json(response) else _not_json(response)
    return UnexpectedResponse(
        f"{connection.url} answered {response.asked} with {response.status} and "
        f"{kind}: is the url that of a Sentry server? {advice(connection)}",
        status=response.status,
    )


def no_sentry(connection: Connection, response: Response) -> SentryArtifactsError:
    """Return the error for a server with `response` at the API's root, which is not Sentry's."""
    if response.status < 400:
        return refusal(connection, response)
    return NotSentry(
        f"{connection.url} is not the address of a Sentry server ({response.asked}: "
        f"{response.status}, {'other JSON' if _holds_json(response) else _not_json(response)}): "
        f"{advice(connection)}"
    )


def advice(connection: Connection) -> str:
    """Return what to set if the url is wrong."""
    return about_path(connection.url) or (
        "set the url (SENTRY_URL) to the address that the server has in a browser, as far as its "
        "host; if that is it, a proxy before the server answers in its place, and has to let "
        "requests with a token through"
    )


def _not_json(response: Response) -> str:
    page = "html" in response.headers.get("Content-Type", "").lower()
    return "a page, not JSON" if page else "something that is not JSON"


def _holds_json(response: Response) -> bool:
    try:
        response.json()
    except UnexpectedResponse:
        return False
    return True


def _redirect(connection: Connection, response: Response) -> UnexpectedResponse:
    target = response.clean(response.headers.get("Location", "elsewhere"))
    address = target.partition("?")[0]
    base = address.removesuffix(response.asked.partition(" ")[2])
    if base != address and base.startswith(("http://", "https://")):
        hint = f"set the url (SENTRY_URL) to {base}, if that is the server"
    else:
        hint = (
            "if that is the server, set the url to it. A page to sign in is not its API: "
            f"{advice(connection)}"
        )
    return UnexpectedResponse(
        f"{connection.url} redirects to {target}: the token does not follow; {hint}",
        status=response.status,
    )
