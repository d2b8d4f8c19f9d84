"""Reads request bodies that are an object: JSON or, as forms of web pages are, `key=value`."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import request

from hatch_sentry_artifacts.local_server.responses import ApiError, refusal

LONGEST_TEXT = 200
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class FieldError(Exception):
    """A problem of one field's value; the response is always 400."""

    @property
    def problems(self) -> Any:
        """What the response says of the field."""
        return [str(self)]


def read_object(*, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read the body's fields, of any type; `lists` are those that a form repeats.

    Raises ApiError 400 for what is no object, and 415 for other types of content.
    """
    if request.mimetype in FORMS:
        fields: dict[str, Any] = {key: values[-1] for key, values in request.form.lists()}
        fields.update({key: request.form.getlist(key) for key in lists if key in fields})
        return fields
    body = request.get_data()
    if not body:
        return {}
    if not request.is_json:
        problem = f'Unsupported media type "{request.mimetype}" in request.'
        raise refusal(415, problem)
    try:
        data = json.loads(body)
    except ValueError as error:  # JSON or UTF-8
        raise refusal(400, f"JSON parse error - {error}") from None
    if not isinstance(data, dict):
        problem = f"Invalid data. Expected a dictionary, but got {type(data).__name__}."
        raise ApiError(400, {"non_field_errors": [problem]})
    return data


def missing(data: dict[str, Any], key: str) -> str:
    """Return the error for a required field that is missing."""
    return "This field may not be null." if key in data else "This field is required."


def text_of(value: object, longest: int = LONGEST_TEXT) -> str:
    """Take text, or a number as text; raises FieldError, also above `longest` characters."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise FieldError("Not a valid string.")
    text = str(value)
    if "\0" in text:
        raise FieldError("Null characters are not allowed.")
    if half := _HALF_CHARACTER.search(text):
        raise FieldError(f"Surrogate characters are not allowed: U+{ord(half[0]):X}.")
    if len(text) > longest:
        raise FieldError(f"Ensure this field has no more than {longest} characters.")
    return text
