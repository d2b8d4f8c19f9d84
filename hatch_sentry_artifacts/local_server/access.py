"""Who may do what: tokens, their scopes, and the organizations and projects of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, request

from hatch_sentry_artifacts.local_server.responses import ApiError, not_found, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hatch_sentry_artifacts.local_server.release_store import Release
    from hatch_sentry_artifacts.local_server.settings import Settings
    from hatch_sentry_artifacts.local_server.store import Store

_RELEASE_WRITERS = frozenset({"project:write", "project:admin", "project:releases", "org:ci"})
RELEASES: Mapping[str, frozenset[str]] = {
    "GET": _RELEASE_WRITERS | {"project:read"},
    "POST": _RELEASE_WRITERS,
    "PUT": _RELEASE_WRITERS,
    "DELETE": frozenset({"project:admin", "project:releases"}),
}
# An org auth token stores what it may not read back: downloads are for people.
DOWNLOADS: Mapping[str, frozenset[str]] = {"GET": RELEASES["GET"] - {"org:ci"}}
REPOSITORIES: Mapping[str, frozenset[str]] = {
    "GET": frozenset({"org:read", "org:write", "org:admin", "org:integrations"}),
}
PROJECTS: Mapping[str, frozenset[str]] = {
    "GET": frozenset({"project:read", "project:write", "project:admin"}),
}
ORGANIZATIONS: Mapping[str, frozenset[str]] = {
    "GET": frozenset({"org:read", "org:write", "org:admin"}),
}

# What an organization token has, and nothing else.
OF_ORGANIZATION = frozenset({"org:ci"})

_KEY = "hatch_sentry_artifacts"


def install(app: Flask, settings: Settings, store: Store) -> None:
    """Make settings and store available to requests of `app`."""
    app.extensions[_KEY] = (settings, store)


def settings() -> Settings:
    """Return the settings of the current request's server."""
    return cast("tuple[Settings, Store]", current_app.extensions[_KEY])[0]


def store() -> Store:
    """Return the store of the current request's server."""
    return cast("tuple[Settings, Store]", current_app.extensions[_KEY])[1]


def scopes_of_request() -> frozenset[str] | None:
    """Return the token's scopes, None without a token; raises ApiError 401 for a bad one."""
    words = request.headers.get("Authorization", "").split()
    if not words or words[0].lower() != "bearer":
        return None
    if len(words) == 1:
        raise _unauthorized("Invalid token header. No credentials provided.")
    if len(words) > 2:
        raise _unauthorized("Invalid token header. Token string should not contain spaces.")
    token = words[1]
    scopes = settings().tokens.get(token)
    if scopes is None:
        kind = "org token" if token.startswith("sntrys_") else "token"
        raise _unauthorized(f"Invalid {kind}")
    return scopes


def may(allowed: Mapping[str, frozenset[str]]) -> bool:
    """Return whether one of the token's scopes allows the method; raises ApiError 401 without."""
    scopes = scopes_of_request()
    if scopes is None:
        raise _unauthorized("Authentication credentials were not provided.")
    return bool(scopes & allowed.get(request.method, frozenset()))


def require(allowed: Mapping[str, frozenset[str]]) -> None:
    """Raise ApiError 401 without a token, 403 if none of its scopes allows the method."""
    if not may(allowed):
        raise refusal(403, "You do not have permission to perform this action.")


def require_organization(organization: str) -> None:
    """Require a scope of releases; raises ApiError 404 for an organization of another name."""
    require(RELEASES)
    if organization != settings().organization:
        raise not_found()


def require_project(organization: str, project: str) -> None:
    """Require a scope of releases; raises ApiError 404 for a project that is not there."""
    require_organization(organization)
    if project not in settings().projects:
        raise not_found()


def find_release(organization: str, project: str | None, version: str) -> Release:
    """Find the release of that version; raises ApiError 404, also if not the project's.

    `project` None means any of the organization's.
    """
    wanted = settings().projects if project is None else {project} & {*settings().projects}
    if organization == settings().organization:
        release = store().releases.find(organization, version)
        if release is not None and set(release.projects) & set(wanted):
            return release
    raise not_found()


def _unauthorized(detail: str) -> ApiError:
    return ApiError(401, {"detail": detail}, {"WWW-Authenticate": 'xBasic realm="api"'})
