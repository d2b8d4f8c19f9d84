"""Puts missing texts of sources into copies of maps, which are uploaded in their place."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hatch_sentry_artifacts.assets import splices
from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.distribution.opening import FileOpener
from hatch_sentry_artifacts.assets.file_facts import FileFacts, read_whole
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.original_sources.sources_content import fill
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.temporary import TemporaryFolder


@dataclass(frozen=True)
class Embedding:
    """Adds missing texts to maps, from the project in `tree`, if it is `wanted`.

    Such a map is a new file in `folder`; the files of distribution and project are not changed.
    """

    tree: SourceTree | None = None
    wanted: bool = False
    folder: str | None = None

    def embedded(self, member: Member, facts: FileFacts) -> tuple[Member, FileFacts]:
        """Return a file of the distribution as it is to be uploaded, and its facts.

        Only maps that lack texts are changed. Holds one map in memory; may be called by several
        threads. Raises DistributionError if a map cannot be read or written.
        """
        source_map = facts.source_map
        if self.tree is None or self.folder is None or not facts.is_map:
            return member, facts
        if source_map is None or not source_map.lacking_content:
            return member, facts
        return _embedded(member, facts, source_map, self.tree, self.folder)


@contextmanager
def open_embedding(tree: SourceTree | None, *, wanted: bool) -> Iterator[Embedding]:
    """Yield an embedding whose files exist as long as the context lasts."""
    if tree is None or not wanted:
        yield Embedding(tree, wanted)
        return
    with TemporaryFolder() as folder:
        yield Embedding(tree, wanted, str(folder))


def _embedded(
    member: Member, facts: FileFacts, source_map: MapFacts, tree: SourceTree, folder: str
) -> tuple[Member, FileFacts]:
    content = read_whole(member)
    try:
        filled = fill(content, lambda source: tree.text(member.path, source))
    except ValueError:
        return member, facts
    if not filled.count:
        return member, facts
    digest = hashlib.sha1(usedforsecurity=False)
    size = crc32 = 0
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".map", delete=False) as file:
            for part in splices.parts(content, filled.splices):
                digest.update(part)
                crc32 = zlib.crc32(part, crc32)
                size += file.write(part)
    except OSError as error:
        raise DistributionError(
            f"{member.path}: the texts of its sources cannot be put into a copy of it in {folder}: "
            f"{error.strerror}"
        ) from None
    made = Member(member.path, size, FileOpener(Path(file.name)))
    remaining = replace(source_map, lacking_content=filled.lacking)
    return made, replace(facts, sha1=digest.hexdigest(), crc32=crc32, source_map=remaining)
