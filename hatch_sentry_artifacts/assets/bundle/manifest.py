"""Writes the manifest of an artifact bundle, and names its files as the format requires."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.source_maps.references import (
    normalize_reference,
    referenced_name,
)

MANIFEST = "manifest.json"
_NAMESPACE = uuid.UUID("0b1f6a3e-3f0c-5f0b-8f0e-6a1d3b0c9d52")


@dataclass(frozen=True)
class Binding:
    """The organization, project, release and dist of a bundle, as its manifest names them.

    Without an organization and projects where they are not known yet.
    """

    organization: str | None
    projects: tuple[str, ...]
    release: str | None
    dist: str | None


def archive_names(assets: Sequence[Asset]) -> list[str]:
    """Return the path of each file in the archive: by scheme and host, as in symbolic."""
    taken: set[str] = set()
    names: list[str] = []
    for asset in assets:
        url = asset.name
        inner = f"_/_/{url[2:]}" if url.startswith("~/") else url.replace("://", "/", 1)
        name = free = f"files/{inner}"
        number = 0
        while free in taken:
            number += 1
            free = f"{name}.{number}"
        taken.add(free)
        names.append(free)
    return names


def manifest_of(assets: Sequence[Asset], names: Sequence[str], binding: Binding) -> bytes:
    """Return the manifest of a bundle whose files are at `names`, as JSON."""
    said = manifest_object(assets, names, binding)
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def manifest_object(
    assets: Sequence[Asset], names: Sequence[str], binding: Binding
) -> dict[str, Any]:
    """Return the same, as the object that is to become JSON."""
    said: dict[str, Any] = {}
    if binding.organization is not None:
        said["org"] = binding.organization
    if len(binding.projects) == 1:
        said["project"] = binding.projects[0]
    elif binding.projects:
        # The format has one key only. A server takes the same bytes for the same bundle, and
        # does not bind it anew.
        said["note"] = f"for the projects {', '.join(binding.projects)}"
    if binding.release is not None:
        said["release"] = binding.release
    if binding.dist is not None:
        said["dist"] = binding.dist
    maps = _maps_by_file(assets)
    files = {name: _file(asset, maps) for asset, name in zip(assets, names, strict=True)}
    sha1s = [(asset.name, asset.sha1) for asset in assets]
    identity = json.dumps([said, files, sha1s], sort_keys=True)
    said["debug_id"] = str(uuid.uuid5(_NAMESPACE, identity))
    said["files"] = files
    return said


def _maps_by_file(assets: Sequence[Asset]) -> Mapping[str, set[str]]:
    """Return the names of the maps, by their last segment."""
    maps: dict[str, set[str]] = {}
    for asset in assets:
        if asset.is_map:
            maps.setdefault(asset.name.rpartition("/")[2], set()).add(asset.name)
    return maps


def _file(asset: Asset, maps: Mapping[str, set[str]]) -> dict[str, object]:
    headers = {key.lower(): value for key, value in asset.headers.items()}
    reference = headers.get("sourcemap")
    # GlitchTip takes the first map whose name ends in that, wherever it lies, for the script's.
    # Where that may be another, the whole name says the same, and GlitchTip goes by debug ids.
    if reference and reference in maps:
        meant = referenced_name(asset.name, reference)
        if maps[reference] != {meant}:
            headers["sourcemap"] = normalize_reference(meant)
    if asset.debug_id:
        headers["debug-id"] = asset.debug_id
    kind = "source_map" if asset.is_map else "minified_source" if headers else "source"
    return {"url": asset.name, "type": kind, "headers": headers}
