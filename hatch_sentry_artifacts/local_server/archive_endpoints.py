"""Endpoints of what Sentry calls source map archives: the releases, by how many files they have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.release_store import Listing
from hatch_sentry_artifacts.local_server.responses import ApiError, internal_error, no_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatch_sentry_artifacts.local_server.release_store import Release

endpoints = Blueprint("archives", __name__, url_prefix="/api/0/projects/<organization>/<project>")

_ARCHIVES = "/files/source-maps/"
_PAGE_SIZE = 10


@endpoints.get(_ARCHIVES)
def list_archives(organization: str, project: str) -> Response:
    """List the project's releases with the number of their files, -1 for none, page by page."""
    access.require_project(organization, project)
    order = request.args.get("sortBy", "-date_added")
    if order not in {"date_added", "-date_added"}:
        raise ApiError(400, {"error": "You can either sort via 'date_added' or '-date_added'"})
    listing = Listing(organization, request.args.get("query", ""), (project,))

    def load(offset: int, limit: int) -> Sequence[Release]:
        found = access.store().releases.list(listing)
        ordered = found if order.startswith("-") else found[::-1]
        return ordered[offset : offset + limit]

    releases, links = paginate(load, page_size=_PAGE_SIZE, largest_offset=math.inf)
    response = jsonify([_document(release) for release in releases])
    response.headers["Link"] = links
    return response


@endpoints.delete(_ARCHIVES)
def delete_archive(organization: str, project: str) -> Response:
    """Delete all files of the release `name`."""
    access.require_project(organization, project)
    version = request.args.get("name")
    if not version:
        raise ApiError(404, None)
    release = access.store().releases.find(organization, version)
    if release is None or project not in release.projects:
        raise internal_error()
    access.store().delete_files(release)
    return no_content()


def _document(release: Release) -> dict[str, object]:
    count, _ = access.store().totals(release)
    return {
        "type": "release",
        "id": release.id,
        "name": release.version,
        "date": release.date_created,
        "fileCount": count or -1,
    }
