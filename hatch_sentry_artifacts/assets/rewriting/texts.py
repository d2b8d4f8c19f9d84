"""Finds files that may hold integrity hashes of others: pages, templates, manifests, code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.kinds import is_map, is_script
from hatch_sentry_artifacts.assets.rewriting import precompressed
from hatch_sentry_artifacts.assets.rewriting.integrity import IntegrityHashes, has_hash


@dataclass(frozen=True)
class Text:
    """A file that may hold integrity hashes; `packed` is how it is compressed, "" if it is not."""

    path: str
    packed: str = ""

    def rewritten(self, content: bytes, hashes: IntegrityHashes) -> bytes | None:
        """Return the file's `content` with new hashes; None if there is none to change.

        Raises DistributionError if it cannot be changed.
        """
        text = _plain(content, self.packed)
        new = text if text is None else hashes.rewrite(self.path, text)
        if new is None or new == text:
            return None
        return precompressed.COMPRESSORS[self.packed](new) if self.packed else new


def texts_with_hashes(paths: Collection[str], read: Callable[[str], bytes]) -> Iterator[Text]:
    """Yield each such file among `paths`.

    Scripts and maps are left out, and compressed copies of files that are there: they are renewed
    with those files.
    """
    for path in paths:
        if is_script(path) or is_map(path):
            continue
        packed = next((each for each in precompressed.COMPRESSORS if path.endswith(each)), "")
        if packed:
            inner = path[: -len(packed)]
            if inner in paths or is_script(inner) or is_map(inner):
                continue
        text = _plain(read(path), packed)
        if text is not None and has_hash(text):
            yield Text(path, packed)


def _plain(content: bytes, packed: str) -> bytes | None:
    return precompressed.unpacked(packed, content) if packed else content
