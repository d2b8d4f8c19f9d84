"""Compresses the chunks of uploads."""

from __future__ import annotations

import importlib.util
import zlib

# Of 118 MB of scripts and maps, zlib's levels 1, 4 and 6 make 26.9, 23.1 and 21.1 MB in 0.7, 1.1
# and 2.5 s of CPU time; isal's 1 and 3 make 26.8 and 25.6 MB in 0.2 and 0.4 s.
_LEVEL = 4
_FAST_LEVEL = 1
_GZIP = 16 + zlib.MAX_WBITS
_HAS_ISAL = importlib.util.find_spec("isal") is not None


def gzip(content: bytes, *, compressible: bool) -> bytes:
    """Return `content` as gzip (RFC 1952), by isal if that is installed.

    Incompressible content is only wrapped.
    """
    if compressible and _HAS_ISAL:
        from isal import igzip

        return igzip.compress(content, _FAST_LEVEL)
    compressor = zlib.compressobj(_LEVEL if compressible else 0, zlib.DEFLATED, _GZIP)
    return compressor.compress(content) + compressor.flush()
