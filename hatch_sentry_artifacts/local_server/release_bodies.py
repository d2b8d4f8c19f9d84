"""Reads the fields of a release from a body, and reports what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.local_server.bodies import FieldError, missing, text_of
from hatch_sentry_artifacts.local_server.responses import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FORBIDDEN_IN_VERSIONS = set("\r\n\f\t/\\")
_URL = re.compile(r"(?:https?|ftps?)://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?"
    r"(?:\s*(?:Z|([+-])(\d\d)(?::?(\d\d))?))?"
)


@dataclass(frozen=True)
class Details:
    """Fields of a release that were given; `date_released` as Sentry writes it, in UTC."""

    ref: str | None
    url: str | None
    date_released: str | None

    def given(self) -> Mapping[str, str]:
        """Return the fields that have a value."""
        fields = {"ref": self.ref, "url": self.url, "date_released": self.date_released}
        return {key: value for key, value in fields.items() if value}


def read_new_release(data: dict[str, Any]) -> tuple[str, list[Any], Details]:
    """Read version, project slugs and details; raises ApiError 400 with each field's problems."""
    fields = _Fields(data)
    version = fields.read("version", _version, required=True)
    projects = fields.read("projects", _list, required=True)
    details = fields.details()
    fields.raise_problems()
    return version, projects, details


def read_details(data: dict[str, Any]) -> Details:
    """Read details alone; raises ApiError 400 with each field's problems."""
    fields = _Fields(data)
    details = fields.details()
    fields.raise_problems()
    return details


class _Fields:
    """Reads field after field and collects the problems."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._problems: dict[str, list[str]] = {}

    def read(self, key: str, convert: Callable[[Any], Any], *, required: bool = False) -> Any:
        if self._data.get(key) is None:
            if required:
                self._problems[key] = [missing(self._data, key)]
            return None
        try:
            return convert(self._data[key])
        except FieldError as wrong:
            self._problems[key] = [str(wrong)]
            return None

    def details(self) -> Details:
        return Details(
            ref=self.read("ref", text_of),
            url=self.read("url", _url),
            date_released=self.read("dateReleased", _date),
        )

    def raise_problems(self) -> None:
        if self._problems:
            raise ApiError(400, self._problems)


def _version(value: object) -> str:
    version = text_of(value)
    if not version:
        raise FieldError("This field may not be blank.")
    stripped = version.strip()
    refused = stripped in {"", ".", ".."} or stripped.lower() == "latest"
    if refused or _FORBIDDEN_IN_VERSIONS & set(version):
        raise FieldError(f"Release with name {version} is not allowed")
    return version


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError(f'Expected a list of items but got type "{type(value).__name__}".')
    return value


def _url(value: object) -> str:
    url = text_of(value)
    if url and not _URL.fullmatch(url):
        raise FieldError("Enter a valid URL.")
    return url


def _date(value: object) -> str:
    wrong = FieldError(
        "Datetime has wrong format. Use one of these formats instead: "
        "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    )
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        date = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "").ljust(6, "0")), timezone.utc,
        )  # fmt: skip
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        date += offset if sign == "-" else -offset
    except (ValueError, OverflowError):
        raise wrong from None
    return date.replace(tzinfo=None).isoformat() + "Z"
