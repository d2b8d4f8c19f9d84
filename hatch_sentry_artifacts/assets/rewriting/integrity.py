"""Keeps true what pages and manifests say about the content of scripts: their integrity hashes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from enum import Enum

from hatch_sentry_artifacts.errors import DistributionError

# https://www.w3.org/TR/sri-2/#the-integrity-attribute; JSON may write "/" as "\/", and templates
# write "+", "/" and "=" as character references.
_HASH = re.compile(
    rb"(sha(?:256|384|512))-((?:[A-Za-z0-9+/_-]|\\/|&#(?:43|47|61|[xX]2[bBfF]|[xX]3[dD]);)+={0,2})"
)
# The same without the algorithm, as manifests of other tools write it; and in hexadecimal.
_BARE = re.compile(
    rb"(?<![A-Za-z0-9+/=_-])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{96}|[0-9a-fA-F]{64}"
    rb"|[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])"
)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_ALGORITHMS = ("sha256", "sha384", "sha512")
_SHORTEST_DIGEST = 43
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def has_hash(text: bytes) -> bool:
    """Return whether there may be an integrity hash in `text`."""
    prefixed = b"sha" in text and any(
        len(found[2]) >= _SHORTEST_DIGEST for found in _HASH.finditer(text)
    )
    return prefixed or _BARE.search(text) is not None


def changed_hashes(old: bytes, new: bytes) -> dict[bytes, bytes]:
    """Return the integrity hashes of `new` by those of `old`; empty for the same content."""
    if old == new:
        return {}
    found: dict[bytes, bytes] = {}
    for algorithm in _ALGORITHMS:
        before, after = _digest(algorithm, old), _digest(algorithm, new)
        prefix = algorithm.encode() + b"-"
        found[prefix + base64.b64encode(before)] = prefix + base64.b64encode(after)
        found[base64.b64encode(before)] = base64.b64encode(after)
        found[before.hex().encode()] = after.hex().encode()
    return found


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
        """Return `text` with the new hashes in the place of the old ones.

        Any text is changed, whatever its format, since such a hash can mean nothing else. Raises
        DistributionError if the file at `path` is no text, but has an old hash.
        """

        def replaced(found: re.Match[bytes]) -> bytes:
            known = self._new.get(_plain(found))
            if known is None:
                return found[0]
            return known[1].replace(b"/", rb"\/") if rb"\/" in found[0] else known[1]

        def bare(found: re.Match[bytes]) -> bytes:
            known = self._new.get(found[0]) or self._new.get(found[0].lower())
            if known is None:
                return found[0]
            return known[1] if known[1].islower() == found[0].islower() else known[1].upper()

        new = _BARE.sub(bare, _HASH.sub(replaced, text))
        if new != text and b"\0" in text:
            raise DistributionError(
                f"{path} is no text, but holds the integrity hash of a script that changes: make "
                "it from the changed scripts, or leave it out"
            )
        return new

    def check_script(self, script: str, content: bytes, change: Change) -> None:
        """Raise DistributionError if a script holds the hash of a file that changes like that."""
        hashes = [_plain(found) for found in _HASH.finditer(content)]
        for each in (*hashes, *_BARE.findall(content)):
            known = self._new.get(each)
            if known:
                raise DistributionError(
                    f"{script} holds the integrity hash of {known[0]}, {change.value}"
                )


def _digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _plain(found: re.Match[bytes]) -> bytes:
    """Return the hash as it is written without any escapes, padded."""
    digest = _REFERENCE.sub(_character, found[2].replace(rb"\/", b"/")).rstrip(b"=")
    digest = digest.translate(_URL_SAFE)
    return found[1] + b"-" + digest + b"=" * (-len(digest) % 4)


def _character(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16) if found[1] else int(found[2])])
