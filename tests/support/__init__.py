"""What tests upload, and how it is called."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path


def sha1(content: bytes) -> str:
    """Return the name that servers know `content` by: its SHA-1, in hexadecimal digits."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def make_wheel(
    folder: Path,
    name: str = "shop",
    version: str = "1.2.0",
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Make a small wheel in `folder`, with `files` (path to content) in it; return its path."""
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (files or {}).items():
            archive.writestr(member, content)
        archive.writestr(f"{name.replace('-', '_')}-{version}.dist-info/METADATA", metadata)
    return path
