"""Reads bundlers' manifests: the URLs that they say, and whether they name files without."""

from __future__ import annotations

import json
from typing import Any

from hatch_sentry_artifacts.assets.naming.html import Page, Reference

_SCRIPTS = (".js", ".mjs")


def read_manifest(content: bytes) -> Page:
    """Return the URLs of scripts that a manifest has; others have none."""
    said = _read(content)
    values = said.get("files", said)
    values = values.values() if isinstance(values, dict) else ()
    urls = [each for each in values if isinstance(each, str) and each.startswith("/")]
    return Page(tuple(Reference(each) for each in urls if each.endswith(_SCRIPTS)))


def names_files(content: bytes) -> bool:
    """Return whether it is a manifest of Vite: paths below a base that it does not say."""
    return any(
        isinstance(each, dict)
        and isinstance(each.get("file"), str)
        and each["file"].endswith(_SCRIPTS)
        for each in _read(content).values()
    )


def _read(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content or b"null")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
