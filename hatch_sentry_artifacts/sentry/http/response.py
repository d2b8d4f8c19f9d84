"""What a server said to one request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.errors import UnexpectedResponse

_NEXT_LINK = re.compile(r'rel="next";\s*results="true";\s*cursor="([^"]+)"')


@dataclass(frozen=True)
class Response:
    """What came back. `doubtful`: an earlier attempt may have been carried out unanswered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubtful: bool

    def json(self) -> Any:
        """The body as JSON. Raises UnexpectedResponse if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise UnexpectedResponse(
                f"the server answered {self.status} with something that is not JSON: "
                "is the url that of a Sentry server, and does no proxy response in its place?",
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
        """What the server says about it, in one short line; "" if it says nothing."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return ""
        if isinstance(said, dict):
            said = said.get("detail") or said.get("error") or said
        return " ".join((said if isinstance(said, str) else json.dumps(said)).split())[:300]
