"""A file of a release, as a server tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.sentry.http import typed


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A release file on the server; `sha1` in lower-case hexadecimal.

    `size` is in bytes, None if the server does not send it, as GlitchTip before 6.0.7; `date` is
    when it was stored, in ISO 8601, "" if unknown.
    """

    id: str
    name: str
    dist: str | None
    size: int | None
    sha1: str
    headers: Mapping[str, str]
    date: str = ""

    @property
    def debug_id(self) -> str | None:
        """The debug id among its headers, which GlitchTip puts there; None without one."""
        found = (value for key, value in self.headers.items() if key.lower() == "debug-id")
        return next(found, None) or None

    @staticmethod
    def read(value: object) -> RemoteFile:
        """Return the file in a server's JSON. Raises UnexpectedResponse."""
        said = typed.mapping(value, "a release file")
        return RemoteFile(
            id=typed.identifier(said.get("id"), "its id"),
            name=typed.text(said.get("name"), "its name"),
            dist=typed.optional(typed.text, said.get("dist"), "its dist"),
            size=typed.optional(typed.integer, said.get("size"), "its size"),
            sha1=typed.text(said.get("sha1"), "its sha1"),
            headers=typed.texts(said.get("headers"), "its headers"),
            date=typed.optional(typed.text, said.get("dateCreated"), "its date") or "",
        )
