"""Reads and writes source maps that scripts carry as `data:` URLs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from hatch_sentry_artifacts.errors import DistributionError

# RFC 2397; the media type and its parameters are kept as they are.
_DATA_URL = re.compile(rb"(data:[^,]*?)(;[ ]*base64)?,", re.IGNORECASE)
_CHARSET = re.compile(rb";\s*charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)
_BYTE_CHARSETS = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin1"}
# What encodeURIComponent leaves as it is, and more characters that cannot end a comment or a URL.
_KEPT = "!$&()*+,-./:;=?@_~"
# The standard library's functions take many times the memory of what they are given.
_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True)
class InlineMap:
    """A source map taken out of a `data:` URL."""

    content: bytes
    head: bytes
    padded: bool
    is_base64: bool

    def url(self, content: bytes) -> bytes:
        """Return `content` as a URL of the same kind."""
        if not self.is_base64:
            return self.head + _quoted(content)
        encoded = base64.b64encode(content)
        return self.head + (encoded if self.padded else encoded.rstrip(b"="))


def read_inline_map(reference: bytes) -> InlineMap:
    """Return the map in the `data:` URL `reference`. Raises DistributionError without one."""
    found = _DATA_URL.match(reference)
    if found is None:
        raise DistributionError("the script's data: URL has no comma; build it again")
    charset = _CHARSET.search(found[1])
    if charset and charset[1].lower() not in _BYTE_CHARSETS:
        raise DistributionError(
            f"the script's inline source map is in {charset[1].decode()}: let the bundler write "
            "UTF-8, or a file of its own"
        )
    payload = _unquoted(reference[found.end() :])
    if found[2] is None:
        return InlineMap(payload, found[0], padded=False, is_base64=False)
    plain = payload.rstrip(b"=")
    try:
        content = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise DistributionError(
            f"the script's inline source map is no base64 ({error}); build it again"
        ) from None
    # Three bytes in four characters need no padding; then nothing says how others were written.
    padded = len(plain) != len(payload) or len(plain) % 4 == 0
    return InlineMap(content, found[0], padded=padded, is_base64=True)


def _quoted(content: bytes) -> bytes:
    blocks = (content[at : at + _BLOCK_BYTES] for at in range(0, len(content), _BLOCK_BYTES))
    return b"".join(quote_from_bytes(block, safe=_KEPT).encode() for block in blocks)


def _unquoted(content: bytes) -> bytes:
    blocks: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + _BLOCK_BYTES
        # No block ends within an escape.
        escape = content.find(b"%", end - 2, end)
        end = end if escape == -1 else escape
        blocks.append(unquote_to_bytes(content[at:end]))
        at = end
    return b"".join(blocks)
