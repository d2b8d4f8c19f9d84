"""Reads the bodies of responses in bounded memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Protocol

from hatch_sentry_artifacts.redaction import cut
from hatch_sentry_artifacts.sentry.http.attempt import Attempt

# Of JSON. The largest is a bundle's list of missing chunks: 65,536 of 44 bytes each. Python needs
# up to 30 times as much memory for it.
MOST_JSON_BYTES = 4 * 1024 * 1024
# Of a downloaded file.
MOST_FILE_BYTES = 128 * 1024 * 1024
# Of an error response, of which one line is shown.
MOST_ERROR_BYTES = 64 * 1024
_BLOCK_BYTES = 64 * 1024
_PLAIN = frozenset({"", "identity"})
# No compression is requested, but some proxies compress all the same.
_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class UnusableBody(Exception):
    """A body that is too large, or compressed so that it cannot be read; the message says how."""


class Raw(Protocol):
    """The part of urllib3's response that is needed here."""

    length_remaining: int | None

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Return the next `amt` bytes as received."""


def read_body(raw: Raw, encoding: str, most: int, attempt: Attempt, *, cut: bool) -> bytes:
    """Return the body, inflated if `encoding`, the Content-Encoding, says so.

    With `cut`, the rest after `most` bytes, or after bytes that cannot be inflated, is not read;
    without, it raises UnusableBody. Raises the errors of urllib3.
    """
    coding = encoding.strip().lower()
    blocks = _blocks(raw, attempt)
    if coding not in _PLAIN:
        blocks = _inflated(blocks, coding)
    body = io.BytesIO()
    try:
        for block in blocks:
            if body.tell() + len(block) > most:
                raise UnusableBody(f"larger than {most / 1e6:.0f} MB")
            body.write(block)
    except UnusableBody:
        if not cut:
            raise
    return body.getvalue()


def _blocks(raw: Raw, attempt: Attempt) -> Iterator[bytes]:
    while block := raw.read(_BLOCK_BYTES, decode_content=False):
        attempt.received(len(block))
        yield block
        if raw.length_remaining == 0:
            break


def _inflated(blocks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield inflated blocks, each of bounded size; a gzip body may have several members."""
    if coding not in _INFLATED:
        raise UnusableBody(f"compressed as {cut(coding, 40)!r}, which was not asked for")
    inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for block in blocks:
            rest = block
            while rest:
                yield inflate.decompress(rest, _BLOCK_BYTES)
                rest = inflate.unconsumed_tail or inflate.unused_data
                if inflate.eof:
                    inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        yield inflate.flush()
    except zlib.error as error:
        raise UnusableBody(f"said to be {coding}, but damaged ({error})") from None
