"""Responses of several endpoints, with the wording of the real server."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Response

Body = Mapping[str, object]


class ApiError(Exception):
    """Ends a request with a status and a JSON body (None: an empty body)."""

    def __init__(
        self, status: int, body: Body | None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}


def refusal(status: int, detail: str) -> ApiError:
    """Make an error whose body is `{"detail": detail}`."""
    return ApiError(status, {"detail": detail})


def not_found() -> ApiError:
    """Make the 404 of an organization, project, release or file that does not exist."""
    return refusal(404, "The requested resource does not exist")


def internal_error() -> ApiError:
    """Make the 500 of a request that the real server does not expect."""
    return ApiError(500, {"detail": "Internal Error", "errorId": uuid.uuid4().hex})


def no_content() -> Response:
    """Make a 204, which has neither a body nor a type of one."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
