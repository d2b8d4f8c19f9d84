"""Reads a source map as a document, in the way that suits its size."""

from __future__ import annotations

from typing import Any

from hatch_sentry_artifacts.assets.source_maps import json_bytes
from hatch_sentry_artifacts.assets.source_maps.byte_document import (
    BYTE_ORDER_MARK,
    ByteDocument,
    object_start,
)
from hatch_sentry_artifacts.assets.source_maps.decoded_document import check_surrogates, decode
from hatch_sentry_artifacts.assets.source_maps.document import BadMap, Document

# What is decoded takes up to 40 times as much memory.
MOST_DECODED_BYTES = 2 * 1024 * 1024


def read_document(content: bytes, most_decoded: int = MOST_DECODED_BYTES) -> Document[Any]:
    """Return the map `content` as a document, decoded up to so many bytes.

    Raises ValueError with what keeps Sentry from reading it, as far as that is no matter of what
    its members hold: of a document that is not large, all of it is checked.
    """
    if content.startswith(BYTE_ORDER_MARK):
        raise BadMap("it begins with a byte order mark, which Sentry does not read over")
    start = object_start(content)
    if content.startswith(b"<", start):
        raise BadMap("it is HTML or XML, not JSON")
    if len(content) <= most_decoded:
        return decode(content, start)
    if content[start : start + 1] in {b"[", b'"'}:
        json_bytes.value_end(content, start)
        raise BadMap("it is JSON, but not an object")
    check_surrogates(content)
    return ByteDocument(content)
