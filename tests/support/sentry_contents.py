"""Reads what a server holds, and compares it with a wheel."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer

_RELEASES = "/api/0/organizations/acme/releases/"


def releases(server: LocalServer) -> list[str]:
    """Return the versions of all releases that the server holds."""
    return [release["version"] for release in _json(server, _RELEASES)]


def files(server: LocalServer, release: str) -> dict[str, dict[str, Any]]:
    """Return what the server says of each file of the release, by name."""
    listed = _json(server, _files_of(release))
    found = {file["name"]: file for file in listed}
    assert len(found) == len(listed)
    return found


def commits(server: LocalServer, release: str) -> list[str]:
    """Return the messages of the commits that the release has, the newest first."""
    listed = _json(server, f"{_RELEASES}{quote(release, safe='')}/commits/")
    return [commit["message"] for commit in listed]


def contents(server: LocalServer, release: str) -> dict[str, bytes]:
    """Each file of the release as a download gives it; size and sha1 are what the server says."""
    found: dict[str, bytes] = {}
    for name, file in files(server, release).items():
        content = _get(server, f"{_files_of(release)}{file['id']}/?download=1")
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        assert (len(content), digest) == (file["size"], file["sha1"])
        found[name] = content
    return found


def shipped(wheel: Path, names: Mapping[str, str]) -> dict[str, bytes]:
    """Return the content of each member of `wheel` that `names` gives a URL name, by that name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(path) for path, name in names.items()}


def scripts_in(wheel: Path) -> set[str]:
    """Return the members of `wheel` that are scripts or their maps."""
    endings = (".js", ".mjs", ".cjs")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.removesuffix(".map").endswith(endings)}


def _files_of(release: str) -> str:
    return f"{_RELEASES}{quote(release, safe='')}/files/"


def _json(server: LocalServer, path: str) -> Any:
    return json.loads(_get(server, path))


def _get(server: LocalServer, path: str) -> bytes:
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", server.url + path, headers=headers, retries=False)
        assert answer.status == 200, (path, answer.status)
        return answer.data
