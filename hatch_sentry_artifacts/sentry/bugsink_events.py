"""Fetches an event of a Bugsink, which shows it as it came, and turns it into Sentry's form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from hatch_sentry_artifacts.errors import ConfigurationError, NotOffered, UnexpectedResponse
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.http.reading import MOST_FILE_BYTES

_NOT_THERE = frozenset({404, 405, 501})
_FRAME_KEYS = {
    "abs_path": "absPath",
    "filename": "filename",
    "lineno": "lineNo",
    "colno": "colNo",
    "function": "function",
    "platform": "platform",
}

Json = Mapping[str, object]


def fetch_from_bugsink(api: SentryApi, event_id: str) -> Json:
    """Return the event of that id, which is Bugsink's own, in the form of Sentry's API.

    Raises NotOffered if the server is no Bugsink, ConfigurationError if it has no such event.
    """
    path = f"/api/canonical/0/events/{uuid.UUID(event_id)}/"
    try:
        response = api.call("GET", path, expected=(200,), most=MOST_FILE_BYTES)
    except UnexpectedResponse as error:
        if error.status not in _NOT_THERE:
            raise
    else:
        return _as_sentry(typed.mapping(api.json(response), "the event"))
    try:
        api.call("GET", "/api/canonical/0/projects/", expected=(200,))
    except UnexpectedResponse:
        raise NotOffered(
            f"{api.connection.url} shows no events as Sentry does: give the frames as the event's "
            "page shows them"
        ) from None
    raise ConfigurationError(
        f"{api.connection.url} has no event {event_id}: Bugsink knows events by the id in the "
        "address of their page, behind event/"
    )


def _as_sentry(said: Json) -> Json:
    """Return an event with the keys that Sentry's API gives it; `processed` says that it is not."""
    data = _object(said.get("data"))
    errors = _values(data.get("exception"))
    last = errors[-1] if errors else {}
    return {
        "eventID": said.get("id"),
        "title": f"{last.get('type') or 'Error'}: {last.get('value') or ''}",
        "release": {"version": data.get("release")},
        "dist": data.get("dist"),
        "platform": data.get("platform"),
        "dateReceived": said.get("ingested_at"),
        "processed": False,
        "entries": [
            {"type": "exception", "data": {"values": [_error(each) for each in errors]}},
            {"type": "debugmeta", "data": data.get("debug_meta")},
        ],
    }


def _error(error: Json) -> Json:
    frames = _object(error.get("stacktrace")).get("frames")
    return {
        "stacktrace": {
            "frames": [
                {name: _object(frame).get(key) for key, name in _FRAME_KEYS.items()}
                for frame in (frames if isinstance(frames, list) else [])
            ]
        }
    }


def _values(exception: object) -> Sequence[Json]:
    """Return the errors of an event, which SDKs give as a list, or in an object."""
    listed = exception if isinstance(exception, list) else _object(exception).get("values")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
