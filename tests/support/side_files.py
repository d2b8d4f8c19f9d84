"""Makes a stripped wheel and its side file, as a build does, without a build back end."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
from hatch_sentry_artifacts.builds.side_file import side_file_name, write_side_file
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.payload import Content, open_payload
from tests.sentry.running import Lines

from . import make_wheel

SCRIPT = "shop/static/app.js"
SCRIPTS = {
    SCRIPT: b'let name="app";\nthrow Error(name)\n',
    "shop/static/plain.js": b"plain()\n",
}
MAP = json.dumps(
    {
        "version": 3,
        "sources": ["../source/app.ts"],
        "sourcesContent": ["throw Error('app')\n"],
        "names": [],
        "mappings": "AAAA",
    }
).encode()


def stripped(
    folder: Path, files: Mapping[str, bytes] = SCRIPTS, source_map: bytes = MAP, **named: str
) -> tuple[Path, Shipment]:
    """Return a wheel whose build left out the map of its script, and what was left out."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = make_wheel(folder, files=files, **named)
    left_out = folder / "left-out" / "app.js.map"
    left_out.parent.mkdir(exist_ok=True)
    left_out.write_bytes(source_map)
    path = f"{SCRIPT}.map"
    return wheel, Shipment({}, frozenset([path]), {path: left_out}, {SCRIPT: path})


def keep(wheel: Path, shipment: Shipment, folder: Path, **options: Any) -> Path:
    """Return the side file of the wheel, in `folder`."""
    given = Options(**{"source_maps": "strip", "validate": "off", **options})
    file = folder / side_file_name(wheel.name)
    content = Content(wheel, given, shipment=shipment)
    with open_payload(content, Lines(), needs_crc32=True) as payload:
        write_side_file(payload, given, file)
    return file


def make_pair(folder: Path, **options: Any) -> tuple[Path, Path]:
    """Return a stripped wheel and its side file."""
    wheel, shipment = stripped(folder / "dist")
    return wheel, keep(wheel, shipment, folder / "maps", **options)


def rewrite(
    side_file: Path,
    change: Callable[[dict[str, Any]], object] = lambda _: None,
    *,
    manifest: bytes | None = None,
    files: Mapping[str, bytes | None] | None = None,
    method: int = zipfile.ZIP_STORED,
) -> None:
    """Change what the side file says, as whoever wants to do harm; None removes a file."""
    with zipfile.ZipFile(side_file) as archive:
        held: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(held["manifest.json"] or b"")
    change(said)
    held["manifest.json"] = json.dumps(said).encode() if manifest is None else manifest
    with zipfile.ZipFile(side_file, "w", method) as archive:
        for name, content in {**held, **(files or {})}.items():
            if content is not None:
                archive.writestr(name, content)
