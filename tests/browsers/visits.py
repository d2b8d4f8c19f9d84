"""What a browser reports of a page: where its scripts are, and which errors they threw."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .chromium import ChromiumPage
from .protocol import Browser
from .shops import Shop, content_of

# As in a trace: up to the line and column.
_PLACE = re.compile(r"(https?://[^\s()@]+?):\d+:\d+")
_DEBUG_ID = re.compile(rb"(?m)^//# debugId=(\S+)$")
# Scripts that no error comes from, such as those that only load others.
_LOADED = (
    "performance.getEntriesByType('resource').map((each) => each.name)"
    ".filter((each) => /[.]js(?:[?]|$)/.test(each))"
)
Errors = TypeVar("Errors")


@dataclass(frozen=True)
class Visit(Generic[Errors]):
    """What a browser reported: scripts of the wheel, by path in it and URL, and `errors`."""

    scripts: frozenset[tuple[str, str]]
    errors: Errors


def visit(
    shop: Shop, site: str, browser: Browser, address: str, errors: Callable[[], Errors]
) -> Visit[Errors]:
    """Open the page, which reports to the DSN `address`, and wait for its errors."""
    options = json.dumps({"dsn": address, "release": "1.2.0"})
    page = browser.open(site + shop.recipe.path, f"window.sentryOptions = {options};")
    try:
        errors_found = errors()
        said = page.evaluate("window.places")
        reported = [url for each in said for url in _PLACE.findall(each)]
        reported += page.evaluate(_LOADED)
        if isinstance(page, ChromiumPage):
            reported += page.scripts
    finally:
        page.close()
    paths = {_identity(content): path for path, content in shop.scripts().items()}
    ours = [url for url in dict.fromkeys(reported) if url.startswith(site)]
    found = ((paths.get(_identity(content_of(url))), url) for url in ours)
    return Visit(frozenset((path, url) for path, url in found if path), errors_found)


def _identity(content: bytes) -> bytes:
    """Return the debug id of a script, or without one its content."""
    found = _DEBUG_ID.search(content)
    return found[1] if found else content
