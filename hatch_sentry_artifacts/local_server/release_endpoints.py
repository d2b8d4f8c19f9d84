"""Endpoints of releases: list, create, look at, finalize and delete; and what `check` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bodies import read_object
from hatch_sentry_artifacts.local_server.commit_endpoints import (
    clear_commits,
    commits_of,
    set_commits,
    set_refs,
)
from hatch_sentry_artifacts.local_server.deploy_endpoints import deploy_document
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.release_bodies import (
    ARCHIVED,
    read_details,
    read_new_release,
)
from hatch_sentry_artifacts.local_server.release_store import OPEN, Listing
from hatch_sentry_artifacts.local_server.responses import (
    ApiError,
    internal_error,
    no_content,
    not_found,
    refusal,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.release_store import Release

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
    """List releases of the organization, the newest first, page by page; open ones by default."""
    access.require_organization(organization)
    query = request.args.get("query", "")
    return _listed(Listing(organization, query, _wanted_projects(), _wanted_status()))


@endpoints.get("/projects/<organization>/<project>/releases/")
def list_project_releases(organization: str, project: str) -> Response:
    """List open releases of the project, that with the latest date first, page by page."""
    access.require_project(organization, project)
    query = request.args.get("query", "")
    return _listed(Listing(organization, query, [project], OPEN, by_end=True))


@endpoints.post("/organizations/<organization>/releases/")
def create_release(organization: str) -> tuple[Response, int]:
    """Create the release, or link its projects: 201; respond 208 when nothing is new."""
    access.require_organization(organization)
    version, projects, details = read_new_release(read_object(lists=("projects",)))
    if not all(project in access.settings().projects for project in projects):
        raise ApiError(400, {"projects": ["Invalid project slugs"]})
    releases = access.store().releases
    if not projects and releases.find(organization, version) is None:
        raise internal_error()  # the real server cannot show a release without projects
    release, changed = releases.create(organization, version, projects, details.fields)
    set_commits(release, details.commits)
    set_refs(release, details.refs or ())
    return jsonify(_document(release)), 201 if changed else 208


@endpoints.post("/projects/<organization>/<project>/releases/")
def create_project_release(organization: str, project: str) -> tuple[Response, int]:
    """Create the release, or link it to the project: 201; respond 208 when nothing is new."""
    access.require_project(organization, project)
    version, _, details = read_new_release({**read_object(), "projects": [project]})
    release, changed = access.store().releases.create(
        organization, version, [project], details.fields
    )
    response = jsonify(_document(release))  # as it was before its commits were set
    set_commits(release, details.commits)
    return response, 201 if changed else 208


@endpoints.get("/organizations/<organization>/releases/<version>/")
def show_release(organization: str, version: str) -> Response:
    """Show one release."""
    access.require(access.RELEASES)
    return jsonify(_document(access.find_release(organization, None, version)))


@endpoints.put("/organizations/<organization>/releases/<version>/")
def update_release(organization: str, version: str) -> Response:
    """Set ref, url, status or, to finalize the release, dateReleased."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    details = read_details(read_object())
    updated = access.store().releases.update(release, details.given())
    set_commits(release, details.commits)
    set_refs(release, details.refs or ())
    if details.refs == ():
        clear_commits(release)
    return jsonify(_document(updated))


@endpoints.get("/organizations/<organization>/releases/<version>/previous-with-commits/")
def show_previous_release(organization: str, version: str) -> Response:
    """Show the last release with commits up to this one, which may be itself; `{}` for none."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    previous = access.store().commits.previous(release)
    found = access.store().releases.find(organization, previous) if previous else None
    return jsonify(_document(found) if found else {})


@endpoints.delete("/organizations/<organization>/releases/<version>/")
def delete_release(organization: str, version: str) -> Response:
    """Delete a release with its files, unless something else needs it."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    if version in access.settings().with_issues:
        raise refusal(400, "This release is referenced by active issues and cannot be removed.")
    if version in access.settings().with_sessions:
        raise refusal(400, "This release has health data and cannot be removed.")
    access.store().delete_release(release)
    return no_content()


def _listed(listing: Listing) -> Response:
    releases, links = paginate(
        lambda offset, limit: access.store().releases.list(listing, offset=offset, limit=limit)
    )
    response = jsonify([_document(release) for release in releases])
    response.headers["Link"] = links
    return response


def _wanted_status() -> str | None:
    """Return the status that a list is asked for; None for any."""
    status = request.args.get("status", OPEN)
    if status not in {"", OPEN, ARCHIVED}:
        raise refusal(400, "invalid value for status")
    return status or None


def _wanted_projects() -> list[str] | None:
    """Return the projects that a list is asked for, by slug or number; None for any."""
    if slugs := request.args.getlist("projectSlug"):
        return slugs
    try:
        numbers = [int(number) for number in request.args.getlist("project")]
    except ValueError:
        raise refusal(400, "Invalid project parameter. Values must be numbers.") from None
    if not numbers or -1 in numbers:
        return None
    projects = dict(enumerate(access.settings().projects, 1))
    if not set(numbers) <= projects.keys():
        raise refusal(403, "You do not have permission to perform this action.")
    return [projects[number] for number in numbers]


def _project(slug: str) -> dict[str, object]:
    number = access.settings().projects.index(slug) + 1
    return {"id": number, "slug": slug, "name": slug, "platform": "javascript"}


def _version_info(version: str) -> dict[str, object]:
    """Return the parts of a release's name, as far as a client needs them."""
    package, at, raw = version.partition("@")
    return {"package": package if at else None, "version": {"raw": raw if at else version}}


def _document(release: Release) -> dict[str, object]:
    count, last = access.store().deploys.summary(release)
    return {
        "id": release.id,
        "version": release.version,
        "status": release.status,
        "shortVersion": release.version,
        "versionInfo": _version_info(release.version),
        "ref": release.ref,
        "url": release.url,
        "dateCreated": release.date_created,
        "dateReleased": release.date_released,
        "owner": None,
        **commits_of(release),
        "deployCount": count,
        "lastDeploy": deploy_document(last) if last else None,
        "projects": [
            _project(slug) for slug in release.projects if slug in access.settings().projects
        ],
    }
