"""Keeps true what pages and manifests say about the content of scripts: their integrity hashes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import Enum

from hatch_sentry_artifacts.errors import DistributionError

# What may stand in a page, a manifest or an import map, and may be changed there.
TEXT_SUFFIXES = (".html", ".htm", ".xhtml", ".json", ".webmanifest", ".importmap", ".j2", ".jinja2")
SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs")

# https://www.w3.org/TR/sri-2/#the-integrity-attribute; JSON may write "/" as "\/", and templates
# write "+", "/" and "=" as character references.
_HASH = re.compile(
    rb"(sha(?:256|384|512))-((?:[A-Za-z0-9+/_-]|\\/|&#(?:43|47|61|[xX]2[bBfF]|[xX]3[dD]);)+={0,2})"
)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_ALGORITHMS = ("sha256", "sha384", "sha512")
_SHORTEST_DIGEST = 43
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def has_hash(text: bytes) -> bool:
    """Whether there may be an integrity hash in `text`."""
    return any(len(found[2]) >= _SHORTEST_DIGEST for found in _HASH.finditer(text))


def changed_hashes(old: bytes, new: bytes) -> dict[bytes, bytes]:
    """The integrity hashes of the content `new`, by those of `old`; none if they are the same."""
    if old == new:
        return {}
    return {_hash(each, old): _hash(each, new) for each in _ALGORITHMS}


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
        """Take the new hashes of the old ones that the file at `path` has."""
        for old, new in changed.items():
            self._new[old] = (path, new)

    def rewrite(self, text: bytes) -> bytes:
        """`text` with the new hashes in the place of the old ones."""

        def replaced(found: re.Match[bytes]) -> bytes:
            known = self._new.get(_plain(found))
            if known is None:
                return found[0]
            return known[1].replace(b"/", rb"\/") if rb"\/" in found[0] else known[1]

        return _HASH.sub(replaced, text)

    def check_script(self, script: str, content: bytes, change: Change) -> None:
        """Raise DistributionError if a script holds the hash of a file that changes like that."""
        for found in _HASH.finditer(content):
            known = self._new.get(_plain(found))
            if known:
                raise DistributionError(
                    f"{script} holds the integrity hash of {known[0]}, {change.value}"
                )


def recompute_integrity(
    changed: Iterable[tuple[str, bytes, bytes]], texts: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The texts that have to change, by path, if files change as `changed` (path, old, new) says.

    `texts` may hold every file of a distribution. Pages, manifests and import maps are changed;
    raises DistributionError if a script holds the hash of a file that changes.
    """
    holding = {path: text for path, text in texts.items() if has_hash(text)}
    if not holding:
        return {}
    hashes = IntegrityHashes()
    for path, old, new in changed:
        hashes.learn(path, changed_hashes(old, new))
    result: dict[str, bytes] = {}
    for path, text in holding.items():
        if path.endswith(SCRIPT_SUFFIXES):
            hashes.check_script(path, text, Change.INJECTED)
        elif path.endswith(TEXT_SUFFIXES) and (new := hashes.rewrite(text)) != text:
            result[path] = new
    return result


def _hash(algorithm: str, content: bytes) -> bytes:
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return algorithm.encode() + b"-" + base64.b64encode(digest)


def _plain(found: re.Match[bytes]) -> bytes:
    """The hash as it is written without any escapes, padded."""
    digest = _REFERENCE.sub(_character, found[2].replace(rb"\/", b"/")).rstrip(b"=")
    digest = digest.translate(_URL_SAFE)
    return found[1] + b"-" + digest + b"=" * (-len(digest) % 4)


def _character(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16) if found[1] else int(found[2])])
