"""Endpoints of a release's deploys: list and add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bodies import FieldError, read_object
from hatch_sentry_artifacts.local_server.database import now
from hatch_sentry_artifacts.local_server.deploy_store import NewDeploy
from hatch_sentry_artifacts.local_server.fields import (
    Fields,
    date_of,
    filled,
    list_of,
    trimmed,
    url_of,
)
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.responses import ApiError, internal_error

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.deploy_store import Deploy
    from hatch_sentry_artifacts.local_server.release_store import Release

endpoints = Blueprint("deploys", __name__, url_prefix="/api/0")

_PATH = "/organizations/<organization>/releases/<version>/deploys/"
_LONGEST_NAME = 64
_LONGEST_URL = 200
_FORBIDDEN = set("\n\r\f/")


@endpoints.get(_PATH)
def list_deploys(organization: str, version: str) -> Response:
    """List the deploys of the release, the one that finished last first, page by page."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    deploys, links = paginate(
        lambda offset, limit: access.store().deploys.list(release, offset=offset, limit=limit)
    )
    response = jsonify([deploy_document(deploy) for deploy in deploys])
    response.headers["Link"] = links
    return response


@endpoints.post(_PATH)
def add_deploy(organization: str, version: str) -> tuple[Response, int]:
    """Add a deploy of the release; the same again is another one."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    deploy = _read_deploy(read_object(lists=("projects",)), release)
    return jsonify(deploy_document(access.store().deploys.add(release, deploy))), 201


def deploy_document(deploy: Deploy) -> dict[str, object]:
    """Return the JSON of a deploy."""
    return {
        "id": str(deploy.id),
        "environment": deploy.environment,
        "dateStarted": deploy.date_started,
        "dateFinished": deploy.date_finished,
        "name": deploy.name,
        "url": deploy.url,
    }


def _read_deploy(data: dict[str, Any], release: Release) -> NewDeploy:
    """Read a deploy; raises ApiError 400 with the problems of its fields, or for its projects."""
    fields = Fields(data)
    environment = fields.read("environment", _environment, required=True)
    name = fields.read("name", _name)
    url = fields.read("url", url_of)
    started = fields.read("dateStarted", date_of)
    finished = fields.read("dateFinished", date_of)
    projects = fields.read("projects", _projects, nullable=False)
    fields.raise_problems()
    _refuse_others(projects or [], release)
    # Null is taken for a date, and only the database looks at the length of an address.
    if len(url or "") > _LONGEST_URL or ("dateFinished" in data and finished is None):
        raise internal_error()
    return NewDeploy(environment, name, url, started, finished or now())


def _environment(value: object) -> str:
    environment = filled(value, _LONGEST_NAME)
    if _FORBIDDEN & set(environment):
        raise FieldError("Invalid value for environment")
    return environment


def _name(value: object) -> str:
    return trimmed(value, _LONGEST_NAME)


def _projects(value: object) -> list[Any]:
    projects = list_of(value)
    if not projects:
        raise FieldError("This list may not be empty.")
    if any(project not in access.settings().projects for project in projects):
        raise FieldError("Invalid project")
    return projects


def _refuse_others(projects: list[Any], release: Release) -> None:
    others = [project for project in projects if project not in release.projects]
    if others:
        message = f"Invalid projects ({', '.join(others)}) for release {release.version}"
        detail = {
            "code": "parameter-validation-error",
            "message": message,
            "extra": {"context": ""},
        }
        raise ApiError(400, {"detail": detail})
