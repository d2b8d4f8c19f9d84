"""The response to a request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.errors import UnexpectedResponse
from hatch_sentry_artifacts.sentry.http.typed import parse

_NEXT_LINK = re.compile(r'rel="next";\s*results="true";\s*cursor="([^"]+)"')
_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Received:
    """The status, headers and body that one attempt received."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response(Received):
    """The response to a request after all attempts.

    `asked` is the request's method and path. `maybe_applied`: the server may have executed an
    earlier attempt whose response was lost. `clean` removes the token from a text.
    """

    asked: str
    maybe_applied: bool
    clean: Callable[[str], str]

    def json(self) -> Any:
        """Return the body's JSON. Raises UnexpectedResponse if it is none."""
        try:
            return parse(self.body)
        except ValueError:
            raise UnexpectedResponse(
                f"the server answered {self.status} with something that is not JSON: "
                "is the url that of a Sentry server, and does no proxy answer in its place?",
                status=self.status,
            ) from None

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page of a list; None on the last page."""
        link = _NEXT_LINK.search(self.headers.get("Link", ""))
        return link[1] if link else None

    @property
    def is_json(self) -> bool:
        """Whether its content type is JSON, as for all responses of Sentry's API."""
        return "json" in self.headers.get("Content-Type", "")

    def detail(self) -> str:
        """Return the server's own explanation in one short line; "" without one."""
        return detail_of(self, self.clean)


def detail_of(received: Received, clean: Callable[[str], str]) -> str:
    """Return the server's explanation in one short line without the token; "" without one."""
    try:
        said = parse(received.body)
    except ValueError:
        return ""
    if isinstance(said, dict):
        said = said.get("detail") or said.get("error") or said
    text = said if isinstance(said, str) else json.dumps(said)
    # Masked before it is cut: half a token cannot be recognized.
    return " ".join(clean(text).split())[:_LONGEST_DETAIL]
