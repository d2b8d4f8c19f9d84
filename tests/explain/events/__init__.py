"""Events as a real Sentry shows them after processing, as far as `explain` reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def event(name: str, **changes: object) -> dict[str, Any]:
    """Return an event with changes to its own keys."""
    said: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return {**said, **changes}


def of_release(name: str, release: str | None, **changes: object) -> dict[str, Any]:
    """Return an event of a release, or of none."""
    tags = [{"key": "release", "value": release}] if release else []
    return event(name, release=release and {"version": release}, tags=tags, **changes)
