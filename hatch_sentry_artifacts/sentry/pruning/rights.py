"""Finds out whether a token may delete, before anything is deleted."""

from __future__ import annotations

from hatch_sentry_artifacts.errors import ServerRefused, UnexpectedResponse
from hatch_sentry_artifacts.sentry.api import SentryApi

_DELETING = frozenset({"project:releases", "project:admin"})
# A bundle that no server has: to delete it needs the same right as another, and changes nothing.
_NO_BUNDLE = "00000000-0000-0000-0000-000000000000"


def lacking_right(api: SentryApi) -> str:
    """Return why the token may not delete, as far as its scopes tell; "" if it may."""
    scopes = api.abilities().scopes
    if not scopes or not _DELETING.isdisjoint(scopes):
        return ""
    return _sentence(api, f"it has {', '.join(sorted(scopes))}")


def require_right(api: SentryApi) -> None:
    """Raise ServerRefused if the token may not delete what the projects hold, whatever its scopes.

    Sentry also looks at the role of the token's user.
    """
    for project in api.connection.projects:
        path = f"{api.path_of_project(project)}files/artifact-bundles/?bundleId={_NO_BUNDLE}"
        try:
            api.call("DELETE", path, expected=(204, 404))
        except ServerRefused:
            raise ServerRefused(_sentence(api, f"403 for {project}")) from None
        except UnexpectedResponse:
            continue  # a server without bundles, where only the deletion itself tells


def refused_deletion(api: SentryApi) -> ServerRefused:
    """Return the error for a deletion that the server does not let the token do."""
    return ServerRefused(_sentence(api, "403"))


def _sentence(api: SentryApi, why: str) -> str:
    connection = api.connection
    return (
        f"{connection.url} does not let {connection.token} delete ({why}): that needs "
        "project:releases or project:admin, which an organization token never has; take a "
        "personal token, or one of an internal integration"
    )
