"""Makes bundles of files in memory, in folders and in wheels, and reads them with zipfile."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.bundle.layout import Bundle, make_bundle
from hatch_sentry_artifacts.assets.bundle.manifest import Binding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from tests.support import sha1

BINDING = Binding("acme", ("web",), "shop@1.2.0", None)
MEBIBYTE = 1 << 20
SCRIPT_ID = "2f1a8b2e-5f0a-5ad1-9a3f-1c1d7a5b0f01"
MAGIC = b"SYSB\x02\x00\x00\x00"


def make_asset(
    name: str,
    content: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    debug_id: str | None = None,
) -> Asset:
    """Return a file in memory, called `name` (such as `~/a.js`)."""
    path = "shop/" + name.rpartition("/")[2]
    size = len(content)
    return Asset(
        path,
        name,
        size,
        sha1(content),
        zlib.crc32(content),
        headers or {},
        lambda: io.BytesIO(content),
        debug_id,
    )


def bundle_of(
    *assets: Asset,
    binding: Binding = BINDING,
    largest_chunk: int = 8 * MEBIBYTE,
    find_changes: bool = True,
) -> Bundle:
    return make_bundle(assets, binding, largest_chunk=largest_chunk, find_changes=find_changes)


@contextmanager
def bundle_from(path: Path, *, largest_chunk: int = 8 * MEBIBYTE) -> Iterator[Bundle]:
    """Yield the bundle of the scripts and maps of the wheel or folder at `path`."""
    with open_distribution(path) as distribution:
        assets = collect(distribution, include=["*.js", "*.js.map"]).assets
        yield bundle_of(*assets, largest_chunk=largest_chunk)


def whole(bundle: Bundle) -> bytes:
    return b"".join(bundle.blocks())


def opened(content: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return a bundle's files by their path in it, and its manifest; test all checksums."""
    assert content.startswith(MAGIC)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return files, json.loads(files.pop("manifest.json"))


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
