"""Keeps true what pages and manifests say about the content of scripts: their integrity hashes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from enum import Enum

from hatch_sentry_artifacts.errors import DistributionError

# https://www.w3.org/TR/sri-2/#the-integrity-attribute writes base 64 behind the algorithm's name.
# JSON may escape what stands there, HTML has character references for it, and URLs percent-encode
# it; other tools write base 64 for URLs, or hexadecimal, with another mark behind the name, or
# without it.
_ESCAPED = rb"\\/|\\u00(?:2[bBfF])|%2[bBfF]|&(?:plus|sol|#(?:43|47|[xX]2[bBfF]));"
_DIGIT = rb"(?:[A-Za-z0-9+/_-]|%s)" % _ESCAPED
_PADDING = rb"(?:=|\\u003[dD]|%3[dD]|&(?:equals|#(?:61|[xX]3[dD]));)"
# 43, 64 and 86 digits of base 64, or 64, 96 and 128 hexadecimal ones. What has the ending of a file
# behind it is the name of one, which stays.
_WRITTEN = (
    rb"(%(d)s{43}(?:%(d)s{21}(?:%(d)s{22}(?:%(d)s{10}(?:%(d)s{32})?)?)?)?)"
    rb"(%(p)s{0,2})(?!%(d)s|=|\.[A-Za-z0-9])" % {b"d": _DIGIT, b"p": _PADDING}
)
_NAMED = re.compile(rb"([sS][hH][aA](?:256|384|512)-)" + _WRITTEN)
# Looked for everywhere, so what is cheap to find out comes first.
_BARE = re.compile(
    rb"(?<![A-Za-z0-9+/_%&#\\-])(?<!&#4[37];)(?<!&#[xX]2[bBfF];)(?<!&plus;)(?<!&sol;)"
    rb"(?=[A-Za-z0-9+/_%&#;\\-]{43})()" + _WRITTEN
)
# All characters of a hash and its name but `=`, told from others; and the fewest side by side.
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_%&#;\\-"
_KINDS = bytes(ord("x" if each in _PLAIN else " ") for each in range(256))
_FEWEST = b"x" * 43
_BEHIND = 16  # padding, and what must not stand behind a hash
_ESCAPE = re.compile(rb"%s|%s" % (_ESCAPED, _PADDING))
_CHARACTERS = {b"plus": b"+", b"sol": b"/", b"equals": b"=", b"43": b"+", b"47": b"/", b"61": b"="}
_HEXADECIMAL = re.compile(rb"[0-9a-fA-F]+")
_ALGORITHMS = ("sha256", "sha384", "sha512")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_SIGN = re.compile(rb"[+/=]")
_HAS_SIGN = re.compile(rb"[+/\\&%]")
_FOR_URLS = bytes.maketrans(b"+/", b"-_")


def has_hash(text: bytes) -> bool:
    """Return whether there may be an integrity hash in `text`."""
    return next(_hashes(text), None) is not None


def changed_hashes(old: bytes, new: bytes) -> dict[bytes, bytes]:
    """Return the digests of the content `new`, by those of `old`; none if they are the same."""
    if old == new:
        return {}
    return {_digest(each, old): _digest(each, new) for each in _ALGORITHMS}


class Change(Enum):
    """What makes a hash wrong that stands in a script, and what to do about it."""

    INJECTED = (
        "which a debug id would break: turn that off in the bundler, or let it make the debug ids"
    )
    STRIPPED = (
        "which ships without its sourceMappingURL comment: let the bundler write no such comments "
        "(hidden source maps), or no integrity hashes"
    )


class IntegrityHashes:
    """The integrity hashes that files had, and those that they have now."""

    def __init__(self) -> None:
        self._new: dict[bytes, tuple[str, bytes]] = {}

    def learn(self, path: str, changed: Mapping[bytes, bytes]) -> None:
        """Take over the new hashes of the file at `path`, by the old ones."""
        for old, new in changed.items():
            self._new[old] = (path, new)

    def rewrite(self, path: str, text: bytes) -> bytes:
        """Return `text` with the new hashes in the place of the old ones, written alike.

        Any text is changed, whatever its format, since such a hash can mean nothing else. Raises
        DistributionError if the file at `path` is no text, but has an old hash.
        """
        if b"\0" not in text:
            return _BARE.sub(self._written, _NAMED.sub(self._written, text))
        if self._found(text):
            raise DistributionError(
                f"{path} is no text in UTF-8, but holds the integrity hash of a script that "
                "changes: make it from the changed scripts, or leave it out"
            )
        return text

    def check_script(self, script: str, content: bytes, change: Change) -> None:
        """Raise DistributionError if a script holds the hash of a file that changes like that."""
        path = self._found(content)
        if path:
            raise DistributionError(f"{script} holds the integrity hash of {path}, {change.value}")

    def _found(self, text: bytes) -> str | None:
        """Return the path of a file of which `text` holds the old hash."""
        known = filter(None, map(self._known, _hashes(text)))
        return next((path for path, _ in known), None)

    def _known(self, found: re.Match[bytes]) -> tuple[str, bytes] | None:
        return next(filter(None, (self._new.get(each) for each in _digests(found))), None)

    def _written(self, found: re.Match[bytes]) -> bytes:
        known = self._known(found)
        return found[0] if known is None else found[1] + _written_alike(found, known[1])


def _digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _hashes(text: bytes) -> Iterator[re.Match[bytes]]:
    """Yield what may be a hash in `text`, also if that is in UTF-16."""
    # The name of a digest hides it from the other pattern.
    for reading in (text, text.replace(b"\0", b"") if b"\0" in text else b""):
        for start, end in _places(reading):
            for pattern in (_NAMED, _BARE):
                yield from pattern.finditer(reading, start, end)


def _places(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where hashes may be, as scripts are large and have hardly any."""
    kinds = text.translate(_KINDS)
    start = kinds.find(_FEWEST)
    while start >= 0:
        end = kinds.find(b" ", start)
        if end < 0:
            end = len(text)
        yield start, end + _BEHIND
        start = kinds.find(_FEWEST, end)


def _digests(found: re.Match[bytes]) -> Iterator[bytes]:
    """Yield what may be written there."""
    digits = _ESCAPE.sub(lambda escape: _character(escape[0]), found[2])
    if _HEXADECIMAL.fullmatch(digits) and len(digits) % 32 == 0:
        yield bytes.fromhex(digits.decode())
    digits = digits.translate(_URL_SAFE)
    yield base64.b64decode(digits + b"=" * (-len(digits) % 4))


def _written_alike(found: re.Match[bytes], digest: bytes) -> bytes:
    """Write a digest as another one is written: in its base and alphabet, padded and escaped."""
    old, padding = found[2], found[3]
    if len(_ESCAPE.sub(b"+", old)) == len(digest) * 2:
        new = digest.hex().encode()
        return (new if old == old.lower() else new.upper()) + padding
    new = base64.b64encode(digest)
    if not padding:
        new = new.rstrip(b"=")
    for_urls = b"-" in old or b"_" in old
    if for_urls or (not padding and len(new) % 4 and not _HAS_SIGN.search(old)):
        new = new.translate(_FOR_URLS)
    spelled = {_character(each): each for each in _ESCAPE.findall(old + padding)}
    if any(each.startswith(b"%") for each in spelled.values()):
        spelled = {b"+": b"%2B", b"/": b"%2F", b"=": b"%3D"} | spelled
    return _SIGN.sub(lambda sign: spelled.get(sign[0], sign[0]), new)


def _character(escape: bytes) -> bytes:
    """Return the character that is escaped."""
    if len(escape) == 1:
        return escape
    if escape == rb"\/":
        return b"/"
    name = escape.strip(b"&#;")
    return _CHARACTERS.get(name) or bytes([int(name[-2:], 16)])
