"""Parts of a multipart body that are files, with the names that the real server gives them."""

from __future__ import annotations

import html
import posixpath
import re
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

_LONGEST_NAME = 255


def files(field: str) -> list[tuple[FileStorage, str]]:
    """List the request's files of that field with their cleaned names; files without are none."""
    cleaned = [(upload, _clean(upload.filename or "")) for upload in request.files.getlist(field)]
    return [(upload, name) for upload, name in cleaned if name not in {"", ".", ".."}]


def has_text(field: str) -> bool:
    """Return whether a part of that field is text or nameless, which the real server falls over."""
    return field in request.form or not all(
        upload.filename for upload in request.files.getlist(field)
    )


def _clean(file_name: str) -> str:
    base = re.split(r"[/\\]", html.unescape(file_name))[-1]
    base = "".join(character for character in base if character.isprintable())
    if len(base) <= _LONGEST_NAME:
        return base
    stem, extension = posixpath.splitext(base)
    extension = extension[:_LONGEST_NAME]
    return stem[: _LONGEST_NAME - len(extension)] + extension
