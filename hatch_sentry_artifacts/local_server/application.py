"""The web application: endpoints, pages, access to them, and responses to everything else."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from flask import Flask, Request, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from hatch_sentry_artifacts.local_server import (
    access,
    archive_endpoints,
    commit_endpoints,
    deploy_endpoints,
    file_endpoints,
    release_endpoints,
)
from hatch_sentry_artifacts.local_server.blobs import IncomingFile
from hatch_sentry_artifacts.local_server.bundles import (
    bundle_endpoints,
    chunk_endpoints,
    lookup_endpoint,
)
from hatch_sentry_artifacts.local_server.pages import files as _files  # noqa: F401 - its pages
from hatch_sentry_artifacts.local_server.pages import lists as _lists  # noqa: F401 - its pages
from hatch_sentry_artifacts.local_server.pages import traces as _traces  # noqa: F401 - its pages
from hatch_sentry_artifacts.local_server.pages.blueprint import pages
from hatch_sentry_artifacts.local_server.responses import ApiError, no_content

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from hatch_sentry_artifacts.local_server.settings import Settings
    from hatch_sentry_artifacts.local_server.store import Store

_LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
_LARGEST_FIELDS = 2_621_440  # bytes of a form's text fields together


class _Request(Request):
    """A request whose uploads go straight to the server's folder."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's
        content_type: str | None,  # noqa: ARG002 - Werkzeug's
        filename: str | None = None,  # noqa: ARG002 - Werkzeug's
        content_length: int | None = None,  # noqa: ARG002 - Werkzeug's
    ) -> IO[bytes]:
        upload = IncomingFile(access.store().blobs.incoming_folder)
        self.environ.setdefault("uploads", []).append(upload)
        return upload

    def close(self) -> None:
        """Delete the uploads that were not kept, also those of a body that could not be read."""
        super().close()
        for upload in self.environ.pop("uploads", ()):
            upload.close()


def create_application(settings: Settings, store: Store) -> Flask:
    """Build the WSGI application of one server; the caller closes `store`."""
    app = Flask(__name__, static_folder=None)
    app.request_class = _Request
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FIELDS
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # that of Flask's own provider
    access.install(app, settings, store)
    app.before_request(_refuse_other_hosts)
    app.before_request(_drop_chunked_body)
    app.before_request(_refuse_missing_slash)
    app.register_blueprint(release_endpoints.endpoints)
    app.register_blueprint(commit_endpoints.endpoints)
    app.register_blueprint(deploy_endpoints.endpoints)
    app.register_blueprint(file_endpoints.endpoints)
    app.register_blueprint(archive_endpoints.endpoints)
    app.register_blueprint(chunk_endpoints.endpoints)
    app.register_blueprint(bundle_endpoints.endpoints)
    app.register_blueprint(lookup_endpoint.endpoints)
    app.register_blueprint(pages)
    app.register_error_handler(ApiError, _answer_api_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    return app


def _refuse_other_hosts() -> Response | None:
    # A web page of a name that resolves to 127.0.0.1 must not read releases (DNS rebinding).
    name = request.environ.get("HTTP_HOST", "").lower()
    if name.rpartition(":")[0] in _LOOPBACK_NAMES or name in _LOOPBACK_NAMES:
        return None
    return Response(
        "This server answers only on 127.0.0.1 and localhost.\n", 400, mimetype="text/plain"
    )


def _drop_chunked_body() -> None:
    # As the real server, which reads only bodies that say how long they are.
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        request.environ["CONTENT_LENGTH"] = "0"
        request.environ["wsgi.input"] = io.BytesIO()


def _refuse_missing_slash() -> Response | None:
    path = request.path
    if not path.startswith("/api/0/") or path.endswith("/"):
        return None
    problem = "Route not found, did you forget a trailing slash?"
    suggestion = f"try: {path}/"
    if request.headers.get("Content-Type", "").startswith("application/json"):
        response = jsonify({"info": f"{problem} {suggestion}"})
        response.status_code = 404
        return response
    arrow = " " * (len(suggestion) - 1) + "^"
    return Response(f"{problem}\n\n{suggestion}\n{arrow}\n", 404, content_type="text/plain")


def _answer_api_error(error: ApiError) -> Response:
    response = jsonify(error.body) if error.body is not None else no_content()
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def _answer_http_error(error: HTTPException) -> AnyResponse | HTTPException:
    if not request.path.startswith("/api/"):
        return error
    if isinstance(error, MethodNotAllowed):
        try:
            if request.path != "/api/0/":
                access.require(access.RELEASES)
        except ApiError as refused:
            return _answer_api_error(refused)
        response = jsonify({"detail": f'Method "{request.method}" not allowed.'})
        response.status_code = 405
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response
    return Response("", error.code or 500, mimetype="text/html")
