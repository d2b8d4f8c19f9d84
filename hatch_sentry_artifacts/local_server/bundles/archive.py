"""Reads a bundle: a zip after eight bytes of header, whose manifest describes its files."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1 << 27  # bytes: some 500,000 files
_KINDS = ("source", "minified_source", "source_map", "indexed_ram_bundle")
_DEBUG_ID = re.compile(
    r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})", re.IGNORECASE
)
_READ_AT_ONCE = 1 << 16
# What zipfile and json raise for bytes that are something else, and the checks in here.
FAULTS = (
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class InvalidBundle(Exception):
    """No zip, or its manifest is missing or of another form."""


@dataclass(frozen=True)
class BundleFile:
    """A file that a manifest speaks of; `size` in bytes, None if the zip does not have it.

    `kind` is the manifest's `type`; `debug_id` is in lower case with dashes.
    """

    path: str
    url: str | None
    kind: str | None
    debug_id: str | None
    headers: Mapping[str, str]
    size: int | None

    @property
    def kind_number(self) -> int:
        """Sentry's number of the kind, 0 for one that it does not know."""
        return _KINDS.index(self.kind) + 1 if self.kind in _KINDS else 0


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself; `bundle_id` as a debug id."""

    bundle_id: str | None
    release: str | None
    dist: str | None
    files: tuple[BundleFile, ...]

    def debug_ids(self) -> set[str]:
        """Collect the ids of files whose kind is known; others cannot be found by theirs."""
        return {file.debug_id for file in self.files if file.debug_id and file.kind_number}


def parse_debug_id(text: object) -> str | None:
    """Write a debug id in lower case with dashes; None if it is none."""
    match = _DEBUG_ID.fullmatch(text) if isinstance(text, str) else None
    return "-".join(match.groups()).lower() if match else None


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of the bundle in that file; raises InvalidBundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
                raise ValueError("the manifest is too large")
            data = json.loads(archive.read(_MANIFEST).decode())
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        return Manifest(
            bundle_id=parse_debug_id(data.get("debug_id")),
            release=_text(data.get("release")),
            dist=_text(data.get("dist")),
            files=tuple(
                _file(path, info, sizes.get(path)) for path, info in data.get("files", {}).items()
            ),
        )
    except FAULTS as error:
        raise InvalidBundle from error


def entry_size(bundle: Path, path: str) -> int | None:
    """Return the size in bytes of a file in the bundle, None if there is no such file."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            return archive.getinfo(path).file_size
    except KeyError:
        return None


def read_entry(bundle: Path, path: str) -> Iterator[bytes]:
    """Unpack a file of the bundle, piece by piece, and never more than it says it has."""
    with zipfile.ZipFile(bundle) as archive, archive.open(path) as entry:
        while piece := entry.read(_READ_AT_ONCE):
            yield piece


def _file(path: str, info: Any, size: int | None) -> BundleFile:
    headers = {str(key): str(value) for key, value in info.get("headers", {}).items()}
    lowered = {key.lower(): value for key, value in headers.items()}
    return BundleFile(
        path=path,
        url=_text(info.get("url")),
        kind=_text(info.get("type")),
        debug_id=parse_debug_id(lowered.get("debug-id")),
        headers=headers,
        size=size,
    )


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    raise TypeError(value)
