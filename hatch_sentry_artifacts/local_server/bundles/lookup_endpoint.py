"""The endpoint that symbolication asks for the bundle, or the files, that a stack frame needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access, downloads
from hatch_sentry_artifacts.local_server.bundles.archive import parse_debug_id
from hatch_sentry_artifacts.local_server.responses import ApiError, internal_error, refusal
from hatch_sentry_artifacts.local_server.store import Filters, ReleaseFile

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.bundles.store import Bundle

endpoints = Blueprint("lookup", __name__, url_prefix="/api/0/projects/<organization>/<project>")

_MOST_BUNDLES = 5
_MOST_FILES = 10
_LARGEST_ID = 2**63 - 1


@endpoints.get("/artifact-lookup/")
def look_up(organization: str, project: str) -> Response:
    """Find bundles by `debug_id`, or else by `release`, `dist` and `url`, or else release files.

    With `download`, send the file that the `url` of such a response names.
    """
    access.require_project(organization, project)
    if "download" in request.args:
        if not access.may(access.DOWNLOADS):
            raise ApiError(403, None)
        return _download(organization, project, request.args["download"])
    found = _bundles(organization, project)
    documents = [
        {**_place("artifact_bundle", number), "type": "bundle", "resolved_with": how}
        for number, how in sorted(found.items())
    ]
    if not found:
        documents = [
            {
                **_place("release_file", file.id),
                "type": "file",
                "abs_path": file.name,
                "headers": file.headers,
                "resolved_with": "release-old",
            }
            for file in _release_files(organization, project)
        ]
    return jsonify(documents)


def _place(kind: str, number: int) -> dict[str, object]:
    place = f"{kind}/{number}"
    return {"id": place, "url": f"{request.base_url}?download={place}"}


def _bundles(organization: str, project: str) -> dict[int, str]:
    """Return row numbers of bundles, and how each was found."""
    bundles = access.store().bundles
    if text := request.args.get("debug_id"):
        debug_id = parse_debug_id(text)
        if debug_id is None:
            raise internal_error()
        for bundle in bundles.find_by_debug_id(organization, project, debug_id):
            return {bundle.id: "debug-id"}
    version, dist, url = (request.args.get(key, "") for key in ("release", "dist", "url"))
    bound = bundles.find_by_release(organization, project, version, dist)
    found = {}
    if len(bound) == 1 or not all(bundle.indexed for bundle in bound):
        found = {bundle.id: "release" for bundle in bound[:_MOST_BUNDLES]}
    if url:
        found |= {bundle.id: "index" for bundle in _filter_by_url(bound, url)[:_MOST_BUNDLES]}
    return found


def _filter_by_url(bound: list[Bundle], url: str) -> list[Bundle]:
    bundles = access.store().bundles
    return [bundle for bundle in bound if bundle.indexed and bundles.has_url(bundle, url)]


def _release_files(organization: str, project: str) -> list[ReleaseFile]:
    release = access.store().releases.find(organization, request.args.get("release", ""))
    if release is None or project not in release.projects:
        return []
    files = access.store().files(release)
    dist = request.args.get("dist", "")
    if dist not in {file.dist for file in files}:  # an unknown dist sees what has none
        dist = ""
    part = Filters([request.args.get("url", "")])
    matching = [file for file in access.store().files(release, part) if file.dist == dist]
    return sorted(matching[:_MOST_FILES], key=lambda file: file.id)


def _download(organization: str, project: str, place: str) -> Response:
    kind, slash, number = place.partition("/")
    nothing = refusal(404, "Not found.")
    if not slash or kind not in {"artifact_bundle", "release_file"}:
        raise nothing
    if not re.fullmatch("[0-9]{1,19}", number) or int(number) > _LARGEST_ID:
        raise internal_error()
    if kind == "artifact_bundle":
        bundle = access.store().bundles.bundle_by_number(project, int(number))
        if bundle is None:
            raise nothing
        name = f"bundle-artifacts-{bundle.bundle_id.replace('-', '')}.zip"
        return downloads.send_blob(access.store().blobs.path(bundle.sha1), name)
    file = access.store().file_by_number(organization, int(number))
    if file is None:
        raise nothing
    return downloads.send_blob(access.store().blobs.path(file.sha1), file.name)
