"""Changes bytes at random, in ways that formats are known to be sensitive to."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

# Words that mean something in one of the formats, or are at the end of what numbers can be.
_WORDS = (
    b"\0",
    b"\xff\xff\xff\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe2\x80\xa8",
    b"\\ud800",
    b"\r",
    b"\x1b]0;x\x07",
    b"1e999",
    b"-1",
    b"9" * 400,
    b"4294967296",
    b"NaN",
    b"Infinity",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[" * 3000,
    b'{"a":' * 3000,
    b'"',
    b"'",
    b"`",
    b"${",
    b"/*",
    b"*/",
    b"//",
    b"<!--",
    b"//# sourceMappingURL=",
    b"//# debugId=",
    b"data:application/json;base64,",
    b"_sentryDebugIds",
    b")]}'\n",
    b"../../",
    b"/etc/x",
    b"C:",
    b"=\n",
    b"]\n",
    b"[x]\n",
    b"%(x)s",
    b"AAAA,",
    b"gggggggggggggg",
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
)
_VALUE = re.compile(rb"-?\d+|\"[^\"]*\"|null|true|\[[^\[\]]*\]|\{[^{}]*\}")


def mutated(content: bytes, generator: random.Random) -> bytes:
    """Return `content` after a few changes."""
    for _ in range(generator.choice((1, 1, 1, 2, 3, 8))):
        content = generator.choice(_CHANGES)(content, generator)
    return content


def _at(content: bytes, generator: random.Random) -> int:
    return generator.randrange(len(content) + 1)


def _flip(content: bytes, generator: random.Random) -> bytes:
    at = _at(content, generator)
    return content[:at] + bytes([generator.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, generator: random.Random) -> bytes:
    return content[: _at(content, generator)]


def _remove(content: bytes, generator: random.Random) -> bytes:
    at = _at(content, generator)
    return content[:at] + content[at + generator.randrange(1, 40) :]


def _double(content: bytes, generator: random.Random) -> bytes:
    at = _at(content, generator)
    part = content[at : at + generator.randrange(1, 60)]
    return content[:at] + part * generator.choice((2, 3, 50)) + content[at:]


def _put_in(content: bytes, generator: random.Random) -> bytes:
    at = _at(content, generator)
    return content[:at] + generator.choice(_WORDS) + content[at:]


def _value(content: bytes, generator: random.Random) -> bytes:
    """Put a word, or another of its values, in the place of a value."""
    found = list(_VALUE.finditer(content))
    if not found:
        return _put_in(content, generator)
    place, other = generator.choice(found), generator.choice(found)
    new = generator.choice((generator.choice(_WORDS), other[0]))
    return content[: place.start()] + new + content[place.end() :]


_CHANGES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flip,
    _flip,
    _cut,
    _remove,
    _double,
    _put_in,
    _put_in,
    _value,
    _value,
)
