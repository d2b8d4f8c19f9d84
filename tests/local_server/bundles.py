"""Makes artifact bundles and stores them."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Mapping

from .client import Client


def store_bundle(
    client: Client,
    files: Mapping[str, tuple[str, str, str | None, bytes]],
    *,
    release: str | None = None,
    dist: str | None = None,
) -> str:
    """Store a bundle, of paths with URL, type, debug id and content; return its page."""
    manifest = {
        "release": release,
        "dist": dist,
        "files": {
            path: {
                "url": url,
                "type": kind,
                "headers": {"debug-id": debug_id} if debug_id else {},
            }
            for path, (url, kind, debug_id, _) in files.items()
        },
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest))
        for path, (_, _, _, content) in files.items():
            archive.writestr(path, content)
    sha1 = hashlib.sha1(file.getvalue(), usedforsecurity=False).hexdigest()
    organization = "/api/0/organizations/acme/"
    client.ask("POST", f"{organization}chunk-upload/", fields=[("file", (sha1, file.getvalue()))])
    body = {"checksum": sha1, "chunks": [sha1], "projects": ["web"]}
    answer = client.ask("POST", f"{organization}artifactbundle/assemble/", json=body)
    assert answer.status == 200, answer.data
    return f"/artifact-bundles/{uuid.UUID(sha1[:32])}/"
