"""Reads the body of an assemble request, and says what is wrong with it as the real server does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from flask import request

from hatch_sentry_artifacts.local_server.bundles.assembly import AssembleRequest
from hatch_sentry_artifacts.local_server.responses import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHA1 = "^[0-9a-f]{40}$"
_VERSION = "^[^/]+$"
_KEYS = ("version", "dist", "projects", "checksum", "chunks")
_REQUIRED = ("checksum", "chunks", "projects")


def read_assemble_request(organization: str) -> AssembleRequest:
    """Read what to assemble; raises ApiError 400 with the first problem."""
    try:
        data = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise refused("Invalid json body") from None
    for problem in _problems(data):
        raise refused(problem)
    return AssembleRequest(
        organization=organization,
        projects=tuple(dict.fromkeys(data["projects"])),
        checksum=data["checksum"],
        chunks=tuple(data["chunks"]),
        version=data.get("version"),
        dist=data.get("dist"),
    )


def refused(problem: str) -> ApiError:
    """Make the 400 of a request that cannot be."""
    return ApiError(400, {"error": problem})


def _problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{data!r} is not of type 'object'"
        return
    for key in _REQUIRED:
        if key not in data:
            yield f"{key!r} is a required property"
    if unexpected := [repr(key) for key in data if key not in _KEYS]:
        verb = "was" if len(unexpected) == 1 else "were"
        keys = ", ".join(unexpected)
        yield f"Additional properties are not allowed ({keys} {verb} unexpected)"
    yield from _wrong_text(data, "version", _VERSION)
    yield from _wrong_text(data, "dist")
    yield from _wrong_list(data, "projects")
    yield from _wrong_text(data, "checksum", _SHA1)
    yield from _wrong_list(data, "chunks")
    for value in data["projects"]:
        yield from _wrong_value(value)
    for value in data["chunks"]:
        yield from _wrong_value(value, _SHA1)


def _wrong_text(data: dict[str, Any], key: str, pattern: str | None = None) -> Iterator[str]:
    if key in data:
        yield from _wrong_value(data[key], pattern)


def _wrong_list(data: dict[str, Any], key: str) -> Iterator[str]:
    if not isinstance(data[key], list):
        yield f"{data[key]!r} is not of type 'array'"


def _wrong_value(value: object, pattern: str | None = None) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{value!r} is not of type 'string'"
    elif pattern is not None and not re.search(pattern, value):
        yield f"{value!r} does not match {pattern!r}"
