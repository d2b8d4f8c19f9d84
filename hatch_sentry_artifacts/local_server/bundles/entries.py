"""Single files of a bundle: how an address names them, and sending them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from flask import Response

from hatch_sentry_artifacts.local_server import access, downloads
from hatch_sentry_artifacts.local_server.bundles.archive import entry_size, read_entry

if TYPE_CHECKING:
    from hatch_sentry_artifacts.local_server.bundles.rows import Bundle


def file_id_of(path: str) -> str:
    """Write a path in a bundle as addresses have it."""
    return base64.urlsafe_b64encode(path.encode()).decode()


def path_of(file_id: str) -> str | None:
    """Read what `file_id_of` wrote; None if it did not."""
    try:
        return base64.urlsafe_b64decode(file_id).decode()
    except (binascii.Error, ValueError):
        return None


def send_entry(bundle: Bundle, path: str) -> Response | None:
    """Send a file of a bundle to be saved; None if the bundle has no file of that path."""
    store = access.store().bundles
    blob = store.blobs.path(bundle.sha1)
    size = entry_size(blob, path)
    if size is None:
        return None
    file = store.file(bundle, path)
    kind = file.headers.get("content-type", "") if file else ""
    if not (kind and kind.isascii() and kind.isprintable()):
        kind = downloads.TYPE
    response = Response(read_entry(blob, path), content_type=kind)
    response.headers["Content-Length"] = str(size)
    return downloads.name_file(response, path)
