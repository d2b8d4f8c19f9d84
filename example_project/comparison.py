"""Compares what a wheel ships with what the Sentry release of its version holds."""

from __future__ import annotations

import hashlib
import json
import urllib.request
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DOWNLOAD_SECONDS = 60


def compare(wheel: Path, files: list[dict[str, Any]], *, strip: bool) -> bool:
    """Print the release's files, and whether they are the wheel's scripts and maps.

    With `strip`, the wheel is to hold no maps, and the release one for each script.
    """
    shipped = {
        name: hashlib.sha1(content).hexdigest() for name, content in scripts_and_maps(wheel).items()
    }
    maps = {f"{name}.map" for name in shipped} if strip else set()
    held = {file["name"]: file["sha1"] for file in files}
    width = max((len(name) for name in held), default=0)
    for file in files:
        name = file["name"]
        in_wheel = "same" if shipped.get(name) == file["sha1"] else "NOT AS IN THE WHEEL"
        said = "not in the wheel" if name in maps - shipped.keys() else in_wheel
        print(f"  {name:{width}}  {file['size']:>9,} bytes  {said}")
    for name in sorted((shipped.keys() | maps) - held.keys()):
        print(f"  {name:{width}}  MISSING")
    uploaded = {name: sha1 for name, sha1 in held.items() if name not in maps}
    if not shipped or uploaded != shipped or not maps <= held.keys():
        print(f"\nthe release does not hold the files of {wheel.name}", flush=True)
        return False
    print(f"\nthe release holds the wheel's {len(shipped)} files, byte for byte")
    if strip:
        print(f"and the {len(maps)} source maps that the wheel does not hold", flush=True)
    return True


def compare_debug_ids(
    wheel: Path, files: list[dict[str, Any]], connection: Mapping[str, str]
) -> bool:
    """Print whether each script of the wheel has a debug id, and its map on the server the same."""
    ids = {file["name"]: file["id"] for file in files}
    good = True
    for name, script in scripts_and_maps(wheel).items():
        if not name.endswith(".js"):
            continue
        map_id = ids.get(f"{name}.map")
        source_map = download(map_id, wheel.name.split("-")[1], connection) if map_id else b"{}"
        debug_id = json.loads(source_map).get("debugId")
        same = f"//# debugId={debug_id}\n".encode() in script
        print(f"{name}: {debug_id if same else 'NO DEBUG ID, or not that of its map'}", flush=True)
        good = good and same
    return good


def scripts_and_maps(wheel: Path) -> dict[str, bytes]:
    """Return the content of each script and map in the wheel, by its name."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            "~/" + name.partition("/")[2]: archive.read(name)
            for name in archive.namelist()
            if name.endswith((".js", ".js.map"))
        }


def download(file_id: str, version: str, connection: Mapping[str, str]) -> bytes:
    """Return the content of a file of the release."""
    project = f"{connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    request = urllib.request.Request(
        f"{connection['SENTRY_URL']}/api/0/projects/{project}/releases/{version}"
        f"/files/{file_id}/?download=1",
        headers={"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"},
    )
    # Where a proxy is set, loopback is not behind it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=DOWNLOAD_SECONDS) as answer:
        content: bytes = answer.read()
    return content
