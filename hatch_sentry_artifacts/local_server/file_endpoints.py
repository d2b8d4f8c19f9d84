"""Endpoints of release files: list, upload, look at, download, rename and delete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request
from werkzeug.http import parse_options_header

from hatch_sentry_artifacts.local_server import access, downloads, parts
from hatch_sentry_artifacts.local_server.blobs import IncomingFile
from hatch_sentry_artifacts.local_server.bodies import FieldError, missing, read_object, text_of
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.responses import (
    ApiError,
    internal_error,
    no_content,
    not_found,
    refusal,
)
from hatch_sentry_artifacts.local_server.store import Filters, NameTaken, ReleaseFile

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

    from hatch_sentry_artifacts.local_server.release_store import Release

endpoints = Blueprint("files", __name__, url_prefix="/api/0")

_FORBIDDEN = re.compile(r"[\n\t\r\f\v\\]")
_NUMBER = re.compile(r"-?[0-9]+")
_LARGEST_ID = 2**63 - 1
_LONGEST_DIST = 64

_OF_PROJECT = "/projects/<organization>/<project>/releases/<version>/files/"
_OF_ORGANIZATION = "/organizations/<organization>/releases/<version>/files/"


@endpoints.get(_OF_PROJECT)
@endpoints.get(_OF_ORGANIZATION)
def list_files(organization: str, version: str, project: str | None = None) -> Response:
    """List files in the order of their names, filtered by `query` and `checksum`, page by page."""
    access.require(access.RELEASES)
    release = access.find_release(organization, project, version)
    filters = Filters(request.args.getlist("query"), request.args.getlist("checksum"))
    files, links = paginate(
        lambda offset, limit: access.store().files(release, filters, offset=offset, limit=limit)
    )
    response = jsonify([_document(file) for file in files])
    response.headers["Link"] = links
    return response


@endpoints.post(_OF_PROJECT)
@endpoints.post(_OF_ORGANIZATION)
def add_file(organization: str, version: str, project: str | None = None) -> tuple[Response, int]:
    """Store the part `file` under the field `name`, or else under the part's own file name."""
    access.require(access.RELEASES)
    release = access.find_release(organization, project, version)
    upload, part_name = _uploaded_file()
    name = _field("name")
    if name is None:
        name = part_name
    if name in {"", "file"}:
        raise refusal(400, "File name must be specified")
    if _FORBIDDEN.search(name.rpartition("/")[2]):
        raise refusal(400, "File name must not contain special whitespace characters")
    dist = _field("dist") or ""
    if len(dist) > _LONGEST_DIST:
        raise internal_error()
    if access.store().has_file(release, name, dist):
        raise _name_taken()
    content = upload.stream
    assert isinstance(content, IncomingFile)  # noqa: S101 - made by the application's request class
    try:
        file = access.store().add_file(release, name, dist, _headers(upload), content)
    except NameTaken:
        raise _name_taken() from None
    return jsonify(_document(file)), 201


@endpoints.get(f"{_OF_PROJECT}<file_id>/")
@endpoints.get(f"{_OF_ORGANIZATION}<file_id>/")
def show_file(
    organization: str, version: str, file_id: str, project: str | None = None
) -> Response:
    """Show one file's record or, with `?download`, send its content."""
    access.require(access.RELEASES)
    file = _find_file(access.find_release(organization, project, version), file_id)
    if "download" not in request.args:
        return jsonify(_document(file))
    if not access.may(access.DOWNLOADS):
        raise ApiError(403, None)
    return _download(file)


@endpoints.put(f"{_OF_PROJECT}<file_id>/")
@endpoints.put(f"{_OF_ORGANIZATION}<file_id>/")
def rename_file(
    organization: str, version: str, file_id: str, project: str | None = None
) -> Response:
    """Rename a file; the new name has at most 200 characters."""
    access.require(access.RELEASES)
    release = access.find_release(organization, project, version)
    if not _NUMBER.fullmatch(file_id):
        raise refusal(400, "Can only update release files with integer IDs")
    file = _find_file(release, file_id)
    name = _new_name()
    try:
        return jsonify(_document(access.store().rename_file(file, name)))
    except NameTaken:
        raise internal_error() from None


@endpoints.delete(f"{_OF_PROJECT}<file_id>/")
@endpoints.delete(f"{_OF_ORGANIZATION}<file_id>/")
def delete_file(
    organization: str, version: str, file_id: str, project: str | None = None
) -> Response:
    """Delete a file."""
    access.require(access.RELEASES)
    release = access.find_release(organization, project, version)
    access.store().delete_file(_find_file(release, file_id))
    return no_content()


def _download(file: ReleaseFile) -> Response:
    response = downloads.send_blob(access.store().blobs.path(file.sha1), file.name)
    if "content-type" in file.headers:
        response.headers["Content-Type"] = file.headers["content-type"]
    return response


def _uploaded_file() -> tuple[FileStorage, str]:
    """Take the last part `file`, with its file name as the real server cleans it."""
    if request.mimetype != "multipart/form-data":
        fields = read_object()
        raise internal_error() if "file" in fields else _no_file()
    if files := parts.files("file"):
        return files[-1]
    if parts.has_text("file"):
        raise internal_error()
    raise _no_file()


def _field(name: str) -> str | None:
    values = request.form.getlist(name)
    return values[-1] if values else None


def _headers(upload: FileStorage) -> dict[str, str]:
    headers = {"Content-Type": parse_options_header(upload.content_type)[0].lower()}
    for line in request.form.getlist("header"):
        key, colon, value = line.partition(":")
        if not colon:
            raise refusal(400, "header value was not formatted correctly")
        if _FORBIDDEN.search(value):
            raise refusal(400, "header value must not contain special whitespace characters")
        headers[key] = value.strip()
    return headers


def _new_name() -> str:
    data = read_object()
    if data.get("name") is None:
        raise ApiError(400, {"name": [missing(data, "name")]})
    try:
        name = text_of(data["name"]).strip()
    except FieldError as error:
        raise ApiError(400, {"name": [str(error)]}) from None
    if not name:
        raise ApiError(400, {"name": ["This field may not be blank."]})
    return name


def _find_file(release: Release, file_id: str) -> ReleaseFile:
    try:
        number = int(file_id) if _NUMBER.fullmatch(file_id) else -1
    except ValueError:  # more digits than Python reads
        raise not_found() from None
    if abs(number) > _LARGEST_ID:
        raise internal_error()
    file = access.store().file(release, number)
    if file is None:
        raise not_found()
    return file


def _no_file() -> ApiError:
    return refusal(400, "Missing uploaded file")


def _name_taken() -> ApiError:
    return refusal(409, "A file matching this name already exists for the given release")


def _document(file: ReleaseFile) -> dict[str, object]:
    return {
        "id": str(file.id),
        "name": file.name,
        "dist": file.dist or None,
        "headers": file.headers,
        "size": file.size,
        "sha1": file.sha1,
        "dateCreated": file.date_created,
    }
