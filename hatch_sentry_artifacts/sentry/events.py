"""Fetches an event, as the server shows it after processing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hatch_sentry_artifacts.errors import (
    ConfigurationError,
    NotFound,
    NotOffered,
    ServerRefused,
    UnexpectedResponse,
)
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bugsink_events import fetch_from_bugsink
from hatch_sentry_artifacts.sentry.http import typed
from hatch_sentry_artifacts.sentry.http.reading import MOST_FILE_BYTES
from hatch_sentry_artifacts.sentry.http.response import Response

# Of an id with or without dashes, also in the address of its page.
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(?![0-9a-f])")
_UNKNOWN_ADDRESS = frozenset({404, 405, 501})


def read_event_id(text: str) -> str:
    """Return the id as servers write it, of itself or of an address that holds it.

    Raises ConfigurationError if there is none.
    """
    found = _ID.findall(text.strip().lower())
    if not found:
        raise ConfigurationError(
            f"--event {text[:200]}: an event's id has 32 hexadecimal digits, of which its page "
            "shows the first eight: copy it from there, or give the page's address"
        )
    return str(found[-1]).replace("-", "")


def fetch_event(api: SentryApi, event_id: str) -> Mapping[str, object]:
    """Return the event of that id, of one of the connection's projects, as the server's JSON.

    Raises ConfigurationError if there is none, ServerRefused if the token may not see it,
    NotOffered if the server shows no events.
    """
    for project in api.connection.projects:
        response = _ask(api, f"{api.path_of_project(project)}events/{event_id}/")
        if response is not None:
            return typed.mapping(api.json(response), "the event")
    try:
        for project in api.connection.projects:
            api.require_project(project)
    except NotOffered:
        return fetch_from_bugsink(api, event_id)
    raise ConfigurationError(
        f"{api.connection} has no event {event_id}: is it of that project, did it come within the "
        "last minute, or was it long ago, so that the server has deleted it?"
    )


def _ask(api: SentryApi, path: str) -> Response | None:
    """Return the response, None if there is no such event. Raises ServerRefused for the token."""
    try:
        # Large events are answered whole, with all that their page shows.
        response = api.call("GET", path, expected=(200, 403), most=MOST_FILE_BYTES)
    except (NotFound, NotOffered):
        return None
    except UnexpectedResponse as error:
        if error.status in _UNKNOWN_ADDRESS:
            return None
        raise
    if response.status == 403:
        raise ServerRefused(
            f"{api.connection.url} does not let {api.connection.token} see events: it needs the "
            "scopes event:read and project:read, which an organization token never has; or give "
            "the frames as the event's page shows them"
        )
    return response
