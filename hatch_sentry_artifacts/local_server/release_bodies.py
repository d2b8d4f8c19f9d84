"""Reads the fields of a release from a body, and reports what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.local_server.bodies import FieldError, text_of
from hatch_sentry_artifacts.local_server.commit_bodies import (
    NewCommit,
    Ref,
    read_commits,
    read_refs,
)
from hatch_sentry_artifacts.local_server.fields import (
    Fields,
    date_of,
    filled,
    list_of,
    trimmed,
    url_of,
)
from hatch_sentry_artifacts.local_server.release_store import OPEN
from hatch_sentry_artifacts.local_server.responses import internal_error

if TYPE_CHECKING:
    from collections.abc import Mapping

ARCHIVED = "archived"
_FORBIDDEN_IN_VERSIONS = set("\r\n\f\t/\\")
_LONGEST_URL = 200


@dataclass(frozen=True)
class Details:
    """Fields of a release that were given; `date_released` as Sentry writes it, in UTC.

    `refs` is None if there were none; an empty list takes the commits away.
    """

    ref: str | None
    url: str | None
    date_released: str | None
    status: str | None
    commits: tuple[NewCommit, ...] = ()
    refs: tuple[Ref, ...] | None = None

    @property
    def fields(self) -> Mapping[str, str | None]:
        """What the release itself has."""
        return {
            "ref": self.ref,
            "url": self.url,
            "date_released": self.date_released,
            "status": self.status,
        }

    def given(self) -> Mapping[str, str]:
        """Return the fields that a change of the release writes.

        To the real server, `open` is a zero, and no value.
        """
        given = {**self.fields, "status": None if self.status == OPEN else self.status}
        return {key: value for key, value in given.items() if value}


def read_new_release(data: dict[str, Any]) -> tuple[str, list[Any], Details]:
    """Read version, project slugs and details; raises ApiError 400 with each field's problems."""
    fields = Fields(data)
    version = fields.read("version", _version, required=True)
    projects = fields.read("projects", list_of, required=True)
    fields.read("owner", _user, nullable=False)
    details = _details(fields)
    return version, projects, details


def read_details(data: dict[str, Any]) -> Details:
    """Read details alone; raises ApiError 400 with each field's problems."""
    return _details(Fields(data))


def _details(fields: Fields) -> Details:
    """Read details, and raise ApiError 400 with each field's problems; 500 for a long url."""
    refs = fields.read("refs", read_refs, nullable=False)
    details = Details(
        ref=fields.read("ref", trimmed),
        url=fields.read("url", url_of),
        date_released=fields.read("dateReleased", date_of),
        status=fields.read("status", _status, nullable=False),
        commits=tuple(fields.read("commits", read_commits, nullable=False) or ()),
        refs=None if refs is None else tuple(refs),
    )
    fields.raise_problems()
    if len(details.url or "") > _LONGEST_URL:
        raise internal_error()  # only the database looks at its length
    return details


def _version(value: object) -> str:
    version = text_of(value)
    if not version:
        raise FieldError("This field may not be blank.")
    stripped = version.strip()
    refused = stripped in {"", ".", ".."} or stripped.lower() == "latest"
    if refused or _FORBIDDEN_IN_VERSIONS & set(version):
        raise FieldError(f"Release with name {version} is not allowed")
    return version


def _status(value: object) -> str:
    status = filled(value)
    if status not in {OPEN, ARCHIVED}:
        raise FieldError(f"Invalid status {status}")
    return status


def _user(_value: object) -> None:
    raise FieldError("Unable to find user")  # the local server has none
