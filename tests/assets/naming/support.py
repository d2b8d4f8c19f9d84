"""Distributions of files given as texts, and the names that are inferred for them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from io import BytesIO

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import Named

METADATA = "shop-1.0.dist-info/METADATA"


def metadata(*lines: str) -> dict[str, str]:
    return {METADATA: "\n".join(["Metadata-Version: 2.1", "Name: shop", "Version: 1.0", *lines])}


def members_of(files: Mapping[str, str]) -> list[Member]:
    return [
        Member(path, len(text.encode()), _opener(text.encode()), crc32=zlib.crc32(text.encode()))
        for path, text in files.items()
    ]


def inferred(files: Mapping[str, str]) -> dict[str, Named]:
    """Return what is inferred for the scripts among `files`."""
    scripts = [path for path in files if path.endswith(".js")]
    naming = find_naming(None, members_of(files), scripts)
    found = {path: naming.named(path) for path in scripts}
    return {path: named for path, named in found.items() if named is not None}


def names(files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the first name and the rule of each script."""
    return {path: (each.names[0], each.rule.name) for path, each in inferred(files).items()}


def _opener(content: bytes):  # type: ignore[no-untyped-def]
    return lambda: BytesIO(content)
