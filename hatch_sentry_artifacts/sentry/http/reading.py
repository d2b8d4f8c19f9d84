"""Reads the body of a response in bounded memory, whatever the server sends."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Protocol

from hatch_sentry_artifacts.sentry.http.attempt import Attempt

# Of JSON. The largest that is asked for is a bundle's list of missing chunks: 65,536 of 44 bytes.
# Python takes up to 30 times as much for it.
MOST_JSON_BYTES = 4 * 1024 * 1024
# Of a file that is looked into.
MOST_FILE_BYTES = 128 * 1024 * 1024
# Of an error, of which one line is shown.
MOST_ERROR_BYTES = 64 * 1024
_BLOCK_BYTES = 64 * 1024
_PLAIN = frozenset({"", "identity"})
# None of these is asked for, but some proxies compress all the same.
_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class UnusableBody(Exception):
    """A body that is too large, or compressed so that it cannot be read; the message says how."""


class Raw(Protocol):
    """The part of urllib3's response that is needed here."""

    length_remaining: int | None

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Return the next `amt` bytes, as they came."""


def read_body(raw: Raw, encoding: str, most: int, attempt: Attempt, *, cut: bool) -> bytes:
    """Return the body, inflated if `encoding`, the Content-Encoding, says so.

    With `cut`, what is above `most` bytes, or cannot be inflated, is left off and not read;
    without, it raises UnusableBody. Raises what urllib3 raises.
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
    """Yield what comes out, never more than a block at a time; a file may have several parts."""
    if coding not in _INFLATED:
        raise UnusableBody(f"compressed as {coding[:40]!r}, which was not asked for")
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
