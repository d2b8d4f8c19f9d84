"""Real traces of one script, as Chromium, Firefox and Node.js write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
ENGINES = ("chromium", "firefox", "node")


def traces(engine: str) -> Mapping[str, str]:
    """Return the traces, by the way in which the error came about."""
    found: dict[str, str] = json.loads((HERE / f"{engine}.json").read_text("utf-8"))
    return found


def script() -> list[str]:
    """Return the lines of the script."""
    return (HERE / "throws.js").read_text("utf-8").splitlines()
