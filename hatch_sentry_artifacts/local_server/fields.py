"""Reads the fields of a body, each by its kind, and collects what is wrong with them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.local_server.bodies import LONGEST_TEXT, FieldError, missing, text_of
from hatch_sentry_artifacts.local_server.responses import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTER = "a-z\u00a1-\uffff"
_LABEL = rf"[{_LETTER}0-9](?:[{_LETTER}0-9-]{{0,61}}[{_LETTER}0-9])?"
_TOP = rf"(?!-)(?:[{_LETTER}-]{{2,63}}|xn--[a-z0-9]{{1,59}})(?<!-)\.?"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HOST = rf"localhost|(?:{_LABEL}\.)+{_TOP}|{_BYTE}(?:\.{_BYTE}){{3}}|\[[0-9a-f:.]+\]"
_URL = re.compile(
    rf"(?:https?|ftps?)://(?:[^\s:@/]+(?::[^\s:@/]*)?@)?(?:{_HOST})(?::[0-9]{{2,5}})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?"
    r"(?:\s*(?:Z|([+-])(\d\d)(?::?(\d\d))?))?"
)
_WRONG_DATE = (
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)


class Fields:
    """Reads field after field and collects the `problems`; `given` are the keys of all."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.given = frozenset(data)
        self.problems: dict[str, Any] = {}

    def read(
        self,
        key: str,
        convert: Callable[[Any], Any],
        *,
        required: bool = False,
        nullable: bool = True,
    ) -> Any:
        """Return a field's value, or None without one, and if there is something wrong with it."""
        if self._data.get(key) is None:
            if required or (key in self._data and not nullable):
                self.problems[key] = [missing(self._data, key)]
            return None
        try:
            return convert(self._data[key])
        except FieldError as wrong:
            self.problems[key] = wrong.problems
            return None

    def raise_problems(self) -> None:
        """Raise ApiError 400 with the problems of each field, if there are any."""
        if self.problems:
            raise ApiError(400, self.problems)


def trimmed(value: object, longest: int = LONGEST_TEXT) -> str:
    """Return a text without the spaces around it. Raises FieldError as `text_of` does."""
    return text_of(value.strip() if isinstance(value, str) else value, longest)


def filled(value: object, longest: int = LONGEST_TEXT) -> str:
    """Return a text as `trimmed` does. Raises FieldError for a blank one, too."""
    text = trimmed(value, longest)
    if not text:
        raise FieldError("This field may not be blank.")
    return text


def url_of(value: object) -> str:
    """Return an address without the spaces around it, of any length; "" for none."""
    url = value.strip() if isinstance(value, str) else value
    if url and not (isinstance(url, str) and _URL.fullmatch(url)):
        raise FieldError("Enter a valid URL.")
    return str(url)


def list_of(value: object) -> list[Any]:
    """Return a list. Raises FieldError."""
    if not isinstance(value, list):
        raise FieldError(f'Expected a list of items but got type "{type(value).__name__}".')
    return value


def date_of(value: object) -> str:
    """Return a time as Sentry writes it, in UTC. Raises FieldError."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FieldError(_WRONG_DATE)
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        date = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "").ljust(6, "0")), timezone.utc,
        )  # fmt: skip
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    except ValueError:
        raise FieldError(_WRONG_DATE) from None
    try:
        date += offset if sign == "-" else -offset
    except OverflowError:
        raise FieldError("Datetime value out of range.") from None
    return date.replace(tzinfo=None).isoformat() + "Z"
