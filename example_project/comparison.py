"""Compares what a wheel ships with what Sentry holds for the release of its version."""

from __future__ import annotations

import hashlib
import json
import urllib.request
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Uploaded:
    """A file on the server, and the address of its content below that of the project."""

    name: str
    size: int
    sha1: str
    address: str


def compare(wheel: Path, files: Sequence[Uploaded], *, holder: str, strip: bool) -> bool:
    """Print the files, and whether they are the wheel's scripts and maps.

    `holder` is what holds them on the server: the release, or a bundle. With `strip`, the wheel is
    to hold no maps, and the server one for each script.
    """
    shipped = {
        name: hashlib.sha1(content).hexdigest() for name, content in scripts_and_maps(wheel).items()
    }
    maps = {f"{name}.map" for name in shipped} if strip else set()
    held = {file.name: file.sha1 for file in files}
    width = max((len(name) for name in held), default=0)
    for file in files:
        in_wheel = "same" if shipped.get(file.name) == file.sha1 else "NOT AS IN THE WHEEL"
        said = "not in the wheel" if file.name in maps - shipped.keys() else in_wheel
        print(f"  {file.name:{width}}  {file.size:>9,} bytes  {said}")
    for name in sorted((shipped.keys() | maps) - held.keys()):
        print(f"  {name:{width}}  MISSING")
    uploaded = {name: sha1 for name, sha1 in held.items() if name not in maps}
    if not shipped or uploaded != shipped or not maps <= held.keys():
        print(f"\nthe {holder} does not hold the files of {wheel.name}", flush=True)
        return False
    print(f"\nthe {holder} holds the wheel's {len(shipped)} files, byte for byte", flush=True)
    if strip:
        print(f"and the {len(maps)} source maps that the wheel does not hold", flush=True)
    return True


def compare_debug_ids(
    wheel: Path, files: Sequence[Uploaded], connection: Mapping[str, str]
) -> bool:
    """Print whether each script of the wheel has a debug id, and its map on the server the same."""
    addresses = {file.name: file.address for file in files}
    good = True
    for name, script in scripts_and_maps(wheel).items():
        if not name.endswith(".js"):
            continue
        address = addresses.get(f"{name}.map")
        source_map = ask(address, connection) if address else b"{}"
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


def release_files(listing: str, release: str) -> list[Uploaded]:
    """Read what the command `list --json` printed of the release."""
    files: list[dict[str, Any]] = json.loads(listing)["files"]
    return [
        Uploaded(
            file["name"],
            file["size"],
            file["sha1"],
            f"releases/{release}/files/{file['id']}/?download=1",
        )
        for file in sorted(files, key=lambda file: str(file["name"]))
    ]


def bundle_files(release: str, connection: Mapping[str, str]) -> list[Uploaded]:
    """Ask the server what the artifact bundles of the release hold."""
    files = []
    for bundle in json.loads(ask(f"files/artifact-bundles/?query={release}", connection)):
        folder = f"artifact-bundles/{bundle['bundleId']}/files/"
        for file in json.loads(ask(folder, connection))["files"]:
            address = f"{folder}{file['id']}/"
            content = ask(address, connection)
            sha1 = hashlib.sha1(content).hexdigest()
            files.append(Uploaded(file["filePath"], len(content), sha1, address))
    return sorted(files, key=lambda file: file.name)


def ask(address: str, connection: Mapping[str, str]) -> bytes:
    """Return what the server has at an address below that of the project."""
    project = f"{connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    request = urllib.request.Request(
        f"{connection['SENTRY_URL']}/api/0/projects/{project}/{address}",
        headers={"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"},
    )
    # Where a proxy is set, loopback is not behind it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=ANSWER_SECONDS) as answer:
        content: bytes = answer.read()
    return content
