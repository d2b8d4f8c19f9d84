"""Endpoints of releases: list, create, look at, finalize and delete; and what `check` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bodies import read_object
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.release_bodies import read_details, read_new_release
from hatch_sentry_artifacts.local_server.responses import (
    ApiError,
    internal_error,
    no_content,
    not_found,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.store import Release

endpoints = Blueprint("releases", __name__, url_prefix="/api/0")


@endpoints.get("/")
def show_server() -> Response:
    """Show the server's version of the API and the scopes of the request's token."""
    scopes = access.scopes_of_request()
    auth = None if scopes is None else {"scopes": sorted(scopes)}
    # An organization token is nobody's.
    user = None if scopes is None or scopes == access.OF_ORGANIZATION else {"id": "1"}
    return jsonify({"version": "0", "auth": auth, "user": user})


@endpoints.get("/organizations/<organization>/")
def show_organization(organization: str) -> Response:
    """Show the organization, as far as a client needs it."""
    access.require(access.ORGANIZATIONS)
    if organization != access.settings().organization:
        raise not_found()
    return jsonify({"id": "1", "slug": organization, "name": organization})


@endpoints.get("/projects/<organization>/<project>/")
def show_project(organization: str, project: str) -> Response:
    """Show the project, as far as a client needs it."""
    access.require(access.PROJECTS)
    if organization != access.settings().organization or project not in access.settings().projects:
        raise not_found()
    return jsonify(
        {
            **_project(project),
            "id": str(access.settings().projects.index(project) + 1),
            "organization": {"id": "1", "slug": organization, "name": organization},
        }
    )


@endpoints.get("/organizations/<organization>/releases/")
def list_releases(organization: str) -> Response:
    """List releases of the organization, the newest first, page by page."""
    access.require_organization(organization)
    return _listed(organization)


@endpoints.get("/projects/<organization>/<project>/releases/")
def list_project_releases(organization: str, project: str) -> Response:
    """List releases that are linked to the project, the newest first, page by page."""
    access.require_project(organization, project)
    return _listed(organization, project)


@endpoints.post("/organizations/<organization>/releases/")
def create_release(organization: str) -> tuple[Response, int]:
    """Create the release, or link its projects: 201; respond 208 when nothing is new."""
    access.require_organization(organization)
    version, projects, details = read_new_release(read_object(lists=("projects",)))
    if not all(project in access.settings().projects for project in projects):
        raise ApiError(400, {"projects": ["Invalid project slugs"]})
    if not projects and access.store().release(organization, version) is None:
        raise internal_error()  # the real server cannot show a release without projects
    release, changed = access.store().create_release(
        organization,
        version,
        projects,
        ref=details.ref,
        url=details.url,
        date_released=details.date_released,
    )
    return jsonify(_document(release)), 201 if changed else 208


@endpoints.post("/projects/<organization>/<project>/releases/")
def create_project_release(organization: str, project: str) -> tuple[Response, int]:
    """Create the release, or link it to the project: 201; respond 208 when nothing is new."""
    access.require_project(organization, project)
    version, _, details = read_new_release({**read_object(), "projects": [project]})
    release, changed = access.store().create_release(
        organization,
        version,
        [project],
        ref=details.ref,
        url=details.url,
        date_released=details.date_released,
    )
    return jsonify(_document(release)), 201 if changed else 208


@endpoints.get("/organizations/<organization>/releases/<version>/")
def show_release(organization: str, version: str) -> Response:
    """Show one release."""
    access.require(access.RELEASES)
    return jsonify(_document(access.find_release(organization, None, version)))


@endpoints.put("/organizations/<organization>/releases/<version>/")
def update_release(organization: str, version: str) -> Response:
    """Set ref, url or, to finalize the release, dateReleased."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    changes = read_details(read_object()).given()
    return jsonify(_document(access.store().update_release(release, changes)))


@endpoints.delete("/organizations/<organization>/releases/<version>/")
def delete_release(organization: str, version: str) -> Response:
    """Delete a release with its files."""
    access.require(access.RELEASES)
    access.store().delete_release(access.find_release(organization, None, version))
    return no_content()


def _listed(organization: str, project: str | None = None) -> Response:
    query = request.args.get("query", "")
    releases, links = paginate(
        lambda offset, limit: access.store().releases(
            organization, query, project=project, offset=offset, limit=limit
        )
    )
    response = jsonify([_document(release) for release in releases])
    response.headers["Link"] = links
    return response


def _project(slug: str) -> dict[str, object]:
    number = access.settings().projects.index(slug) + 1
    return {"id": number, "slug": slug, "name": slug, "platform": "javascript"}


def _document(release: Release) -> dict[str, object]:
    return {
        "id": release.id,
        "version": release.version,
        "status": "open",
        "shortVersion": release.version,
        "ref": release.ref,
        "url": release.url,
        "dateCreated": release.date_created,
        "dateReleased": release.date_released,
        "projects": [
            _project(slug) for slug in release.projects if slug in access.settings().projects
        ],
    }
