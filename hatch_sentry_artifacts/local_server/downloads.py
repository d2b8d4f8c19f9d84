"""Responses that are a file to be saved."""

from __future__ import annotations

import posixpath
import sys
from email.header import Header
from typing import TYPE_CHECKING

from flask import Response, send_file

if TYPE_CHECKING:
    from pathlib import Path

TYPE = "application/octet-stream"


def send_blob(path: Path, name: str) -> Response:
    """Send the file at `path` under the last segment of `name`."""
    response = send_file(path, mimetype=TYPE, conditional=False, etag=False)
    return name_file(response, name)


def name_file(response: Response, name: str) -> Response:
    """Name the download by the last segment of `name`, in the real server's notation."""
    base_name = posixpath.basename(" ".join(name.split()))
    disposition = f'attachment; filename="{base_name}"'
    try:
        disposition.encode("latin-1")
    except UnicodeEncodeError:
        disposition = Header(disposition, "utf-8", maxlinelen=sys.maxsize).encode()
    response.headers["Content-Disposition"] = disposition
    return response
