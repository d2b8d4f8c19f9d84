"""What a server said to one request."""

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
    """What came back of one attempt."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response(Received):
    """What came back of a request.

    `asked` is the request's method and path. `maybe_applied`: an earlier attempt may have been
    carried out unanswered. `clean` takes the token out of a text.
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
        """Where the list of which this is a page goes on; None on the last one."""
        link = _NEXT_LINK.search(self.headers.get("Link", ""))
        return link[1] if link else None

    @property
    def is_json(self) -> bool:
        """Whether it says that it holds JSON, as all answers of Sentry's API do."""
        return "json" in self.headers.get("Content-Type", "")

    def detail(self) -> str:
        """Return what the server says about it, in one short line; "" if it says nothing."""
        return detail_of(self, self.clean)


def detail_of(received: Received, clean: Callable[[str], str]) -> str:
    """Return what the server says, in one short line without the token; "" if it says nothing."""
    try:
        said = parse(received.body)
    except ValueError:
        return ""
    if isinstance(said, dict):
        said = said.get("detail") or said.get("error") or said
    text = said if isinstance(said, str) else json.dumps(said)
    # Masked before it is cut: half a token has no shape any more.
    return " ".join(clean(text).split())[:_LONGEST_DETAIL]
