"""Endpoints of artifact bundles: list and delete them, list and download their files."""

from __future__ import annotations

import math
import uuid

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.bundles.archive import BundleFile
from hatch_sentry_artifacts.local_server.bundles.entries import file_id_of, path_of, send_entry
from hatch_sentry_artifacts.local_server.bundles.store import NEWEST_FIRST, Bundle
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.responses import ApiError, internal_error, no_content

endpoints = Blueprint("bundles", __name__, url_prefix="/api/0/projects/<organization>/<project>")

_BUNDLES = "/files/artifact-bundles/"
_FILES = "/artifact-bundles/<bundle_id>/files/"
_PAGE_SIZE = 10
_ORDERS = {
    "date_added": "date_created, id",
    "-date_added": NEWEST_FIRST,
    "date_modified": "date_modified, id",
    "-date_modified": "date_modified DESC, id DESC",
}


@endpoints.get(_BUNDLES)
def list_bundles(organization: str, project: str) -> Response:
    """List the project's bundles; `query` is a release, a dist, a bundle id or a debug id."""
    access.require_project(organization, project)
    query = request.args.get("query", "")
    bundles, links = paginate(
        lambda offset, limit: access.store().bundles.bundles(
            organization,
            project,
            query,
            _uuid(query),
            order=_order(),
            offset=offset,
            limit=limit,
        ),
        page_size=_PAGE_SIZE,
        largest_offset=math.inf,
    )
    response = jsonify([_document(bundle) for bundle in bundles])
    response.headers["Link"] = links
    return response


@endpoints.delete(_BUNDLES)
def delete_bundle(organization: str, project: str) -> Response:
    """Unlink the bundle of that `bundleId` from the project; delete it with its last project."""
    access.require_project(organization, project)
    text = request.args.get("bundleId")
    if not text:
        raise _error(404, f"Supplied an invalid bundle_id {text}")
    bundle = access.store().bundles.bundle(organization, _required_uuid(text))
    if bundle is None:
        return no_content()
    if project not in bundle.projects:
        number = access.settings().projects.index(project) + 1
        problem = f"Artifact bundle with {text} found but it is not connected to project {number}"
        raise _error(404, problem)
    access.store().bundles.unlink(bundle, project)
    return no_content()


@endpoints.get(_FILES)
def list_bundle_files(organization: str, project: str, bundle_id: str) -> Response:
    """List a bundle's files; `query` is part of a URL or of a debug id."""
    access.require_project(organization, project)
    bundle = _find_bundle(organization, project, bundle_id)
    query = request.args.get("query", "")
    files, links = paginate(
        lambda offset, limit: access.store().bundles.files(
            bundle, query, offset=offset, limit=limit
        )
    )
    response = jsonify(
        {
            "bundleId": bundle.bundle_id,
            "associations": [_association(*release) for release in bundle.releases],
            "files": [_file_document(file) for file in files],
        }
    )
    response.headers["Link"] = links
    return response


@endpoints.get(f"{_FILES}<file_id>/")
def download_bundle_file(organization: str, project: str, bundle_id: str, file_id: str) -> Response:
    """Send the content of a bundle's file, unpacked."""
    access.require_project(organization, project)
    if not access.may(access.DOWNLOADS):
        raise _error(403, "You don't have the permissions to download this file")
    path = path_of(file_id)
    if path is None:
        raise _error(400, f"The file_id {file_id} is invalid")
    response = send_entry(_find_bundle(organization, project, bundle_id), path)
    if response is None:
        raise _error(404, f"The file {path} can't be found in the artifact bundle")
    return response


def _find_bundle(organization: str, project: str, text: str) -> Bundle:
    bundle = access.store().bundles.bundle(organization, _required_uuid(text), project)
    if bundle is None:
        raise _error(
            400, f"The artifact bundle with {text} is not bound to this project or doesn't exist"
        )
    return bundle


def _order() -> str:
    asked = request.args.get("sortBy", "-date_added")
    key = ("-" if asked.startswith("-") else "") + asked.strip("-")
    if key not in _ORDERS:
        detail = {
            "code": "invalid_sort_by_parameter",
            "message": "You can either sort via 'date_added' or 'date_modified'",
            "extra": {},
        }
        raise ApiError(400, {"detail": detail})
    return _ORDERS[key]


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _required_uuid(text: str) -> str:
    bundle_id = _uuid(text)
    if bundle_id is None:
        raise internal_error()
    return bundle_id


def _error(status: int, problem: str) -> ApiError:
    return ApiError(status, {"error": problem})


def _association(version: str, dist: str) -> dict[str, str | None]:
    return {"release": version, "dist": dist or None}


def _document(bundle: Bundle) -> dict[str, object]:
    return {
        "bundleId": bundle.bundle_id,
        "associations": [_association(*release) for release in sorted(bundle.releases)],
        "fileCount": bundle.file_count,
        "dateModified": bundle.date_modified[:19] + "Z",
        "date": bundle.date_created[:19] + "Z",
    }


def _file_document(file: BundleFile) -> dict[str, object]:
    return {
        "id": file_id_of(file.path),
        "fileType": file.kind_number,
        "filePath": file.url,
        "fileSize": file.size,
        "debugId": file.debug_id,
    }
