"""What a browser reports of a page: where its scripts are, and which errors they threw."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .chromium import ChromiumPage
from .events import EventServer
from .protocol import Browser
from .shops import Shop, content_of

# As in a trace: up to the line and column.
_PLACE = re.compile(r"(https?://[^\s()@]+?):\d+:\d+")


@dataclass(frozen=True)
class Visit:
    """`urls` has those of the wheel's scripts, by their paths in it."""

    browser: str
    urls: Mapping[str, str]
    events: list[dict[str, Any]]

    @property
    def trace(self) -> str:
        """The innermost frame of each error, a line each."""
        traces = [each["exception"]["values"][0]["stacktrace"]["frames"] for each in self.events]
        return "\n".join("{filename}:{lineno}:{colno}".format_map(each[-1]) for each in traces)


def visit(shop: Shop, site: str, browser: Browser, events: EventServer) -> Visit:
    """Open the page, and wait for its errors."""
    address = events.new_address()
    options = json.dumps({"dsn": address, "release": "1.2.0"})
    page = browser.open(site + shop.recipe.path, f"window.sentryOptions = {options};")
    try:
        taken = events.wait_for(address, shop.recipe.errors)
        said = page.evaluate("window.places")
        reported = [url for each in said for url in _PLACE.findall(each)]
        if isinstance(page, ChromiumPage):
            reported += page.scripts
    finally:
        page.close()
    scripts = shop.scripts()
    urls = {url: scripts.get(content_of(url)) for url in reported if url.startswith(site)}
    return Visit(browser.name, {path: url for url, path in urls.items() if path}, taken)
