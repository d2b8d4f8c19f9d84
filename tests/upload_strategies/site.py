"""A server that takes artifact bundles, what it holds, and uploads to it."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.sentry.running import ORGANIZATION, PROJECT, Run, Uploader
from tests.support import make_wheel

from .chunk_proxy import ChunkProxy

RELEASE = "shop@1.2.0"


class Site:
    """A local server behind a proxy; `upload` sends to it as an artifact bundle."""

    def __init__(self, server: LocalServer, proxy: ChunkProxy, folder: Path) -> None:
        self.server = server
        self.proxy = proxy
        self._uploader = Uploader(proxy.url, RELEASE, folder)

    def upload(self, path: Path, **options: Any) -> Run:
        return self._uploader(path, **{"upload_as": "artifact-bundle", **options})

    def bundles(self, project: str = PROJECT) -> list[dict[str, Any]]:
        """Return what the server says of its bundles."""
        path = f"projects/{ORGANIZATION}/{project}/files/artifact-bundles/"
        found: list[dict[str, Any]] = self._json(path)
        return found

    def files(self) -> dict[str, bytes]:
        """Return the files of the newest bundle, by URL."""
        newest = self.bundles()[0]["bundleId"]
        path = f"projects/{ORGANIZATION}/{PROJECT}/artifact-bundles/{newest}/files/"
        files: dict[str, bytes] = {}
        for page in range(100):
            listed = self._json(f"{path}?cursor=100:{page}:0")["files"]
            files |= {each["filePath"]: self._get(f"{path}{each['id']}/") for each in listed}
            if len(listed) < 100:
                return files
        raise AssertionError("a list without an end")

    def _json(self, path: str) -> Any:
        return json.loads(self._get(path))

    def _get(self, path: str) -> bytes:
        request = urllib.request.Request(
            f"{self.server.url}/api/0/{path}", headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content: bytes = answer.read()
        return content


def scripts(count: int, size: int = 60_000, *, changed: Iterable[int] = ()) -> dict[str, bytes]:
    """Different scripts of a wheel, that hardly compress; those of `changed` have other content."""
    files = {}
    for number in range(count):
        seed = number + 1000 * (number in set(changed))
        content = b"/*" + random.Random(seed).randbytes(size) + b"*/"
        files[f"shop/static/app-{number:03}.js"] = content
    return files


def urls(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the same files, by the URL that they have on the server."""
    return {"~/" + path.partition("/")[2]: content for path, content in files.items()}


def wheel_of(folder: Path, files: dict[str, bytes], name: str = "wheel") -> Path:
    """Return a wheel in a folder of its own."""
    (folder / name).mkdir(exist_ok=True)
    return make_wheel(folder / name, files=files)
