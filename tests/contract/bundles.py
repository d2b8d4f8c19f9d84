"""Bundles that cases upload, and the requests that do it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from string import Template
from typing import Any

from .step import ANYTHING, Chunks, Make, Step, in_json

SCRIPT: Mapping[str, object] = {
    "url": "~/js/a.js",
    "type": "minified_source",
    "headers": {"debug-id": "$debug_id", "sourcemap": "a.js.map"},
}
MAP: Mapping[str, object] = {
    "url": "~/js/a.js.map",
    "type": "source_map",
    "headers": {"debug-id": "$debug_id"},
}
PLAIN: Mapping[str, object] = {"url": "~/js/b.js", "type": "minified_source"}
CREATED: Mapping[str, object] = {"state": "created", "missingChunks": []}
OK: Mapping[str, object] = {"state": "ok", "detail": None, "missingChunks": []}

Files = Mapping[str, tuple["bytes | None", object]]


def packed(files: Files, **manifest: object) -> Callable[[Mapping[str, str]], bytes]:
    """Return a bundle of `files`, path to content (None: left out of the zip), and its manifest.

    `$names` are filled in. The manifest's note makes it another one in each run.
    """

    def make(names: Mapping[str, str]) -> bytes:
        said = {"note": names["version"], **manifest}
        said["files"] = {path: info for path, (_, info) in files.items()}
        text = Template(json.dumps(said)).safe_substitute(names)
        members = {path: content for path, (content, _) in files.items() if content is not None}
        return zipped({"manifest.json": text.encode(), **members})

    return make


def zipped(members: Mapping[str, bytes], header: bytes = b"SYSB\x02\0\0\0") -> bytes:
    file = io.BytesIO(header)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def script(name: str = "a", pieces: int = 1, *, info: object = PLAIN, **manifest: object) -> Make:
    """Return a bundle of one script."""
    files: Files = {"files/_/_/js/b.js": (b"b()", info)}
    return Make(name, packed(files, **manifest), pieces)


def send(*names: str, status: int = 200, answer: object = ANYTHING, token: str = "full") -> Step:
    return Step("POST", "$chunk_upload", status, answer, Chunks(names), token)


def assemble(
    name: str,
    answer: object,
    *,
    chunks: tuple[str, ...] | None = None,
    token: str = "full",
    status: int = 200,
    **more: Any,
) -> Step:
    """Have a content assembled, of one piece if no `chunks` are named."""
    pieces = [f"${piece}" for piece in (chunks if chunks is not None else (name,))]
    body = {"checksum": f"${name}", "chunks": pieces, "projects": ["$project"], **more}
    return Step("POST", "$assemble", status, answer, in_json(body), token)


def missing(*names: str) -> dict[str, object]:
    return {"state": "not_found", "missingChunks": [f"${name}" for name in names]}


def failed(detail: str) -> dict[str, object]:
    return {"state": "error", "detail": detail, "missingChunks": []}


def store(made: Make, **more: Any) -> tuple[Step | Make, ...]:
    """Upload and assemble what was made."""
    return made, send(made.name), assemble(made.name, CREATED, **more), assemble(made.name, OK)


def listed(query: str, *names: str, path: str = "$bundles", token: str = "full") -> Step:
    """Return the bundles that a query finds."""
    answer = [{"bundleId": f"${name}_id"} for name in names]
    return Step("GET", f"{path}?{query}", 200, answer, token=token)


MANY = Make(
    "a",
    packed(
        {
            "files/_/_/js/a.js": (b"a()", SCRIPT),
            "files/_/_/js/a.js.map": (b"{}", MAP),
            "files/_/_/js/b.js": (b"b()", {**PLAIN, "headers": {"content-type": "text/x"}}),
            "files/_/_/gone.js": (None, {"url": "~/gone.js", "type": "source"}),
            "files/_/_/odd": (b"odd", {"url": "~/Odd", "type": "odd"}),
            "files/nothing": (b"", {}),
        },
        release="$version",
        dist="d",
    ),
)
