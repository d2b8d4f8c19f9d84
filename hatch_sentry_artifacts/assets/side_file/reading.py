"""Reads a side file, and refuses one that is damaged, unsafe, or of another build of its wheel."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from os import cpu_count
from pathlib import Path

from packaging.utils import canonicalize_name

from hatch_sentry_artifacts.assets.asset import Asset, Member
from hatch_sentry_artifacts.assets.bundle.manifest import MANIFEST
from hatch_sentry_artifacts.assets.distribution.archive import Archive
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES, MOST_BYTES
from hatch_sentry_artifacts.assets.side_file.records import (
    MOST_MANIFEST_BYTES,
    Identity,
    Record,
    Said,
    listing_of,
    read_manifest,
    shortened,
)
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.parallel import run_parallel

_MOST_READERS = 8
_SHOWN = 3


class SideFile(Archive):
    """An open side file.

    Opening raises DistributionError as for a wheel, and if the manifest is none, or if the archive
    holds anything else than that says. Its contents are stored as they are: so the file's own size
    is a bound for all that is read of it.
    """

    KIND = "side file"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._check_sizes()
            self._said = self._read_manifest()
            self._check_contents()
        except BaseException:
            self.close()
            raise

    @property
    def wheel(self) -> Identity:
        """The wheel that it was made with."""
        return self._said.wheel

    @property
    def options(self) -> Mapping[str, object]:
        """The options of the build, as in TOML, not checked."""
        return self._said.options

    def members_by_name(self, distribution: Distribution) -> dict[str, Member]:
        """Return the files, as `distribution` and this hold them, by their URL names.

        Raises DistributionError if the wheel is of another build.
        """
        return {
            each.name: Member(each.path, each.size, each.open, each.deflated, each.crc32)
            for each in self.assets(distribution)
        }

    def is_of(self, distribution: Distribution) -> bool:
        """Return whether it was made with a wheel of that project and version."""
        return (
            distribution.name is not None
            and canonicalize_name(distribution.name) == canonicalize_name(self.wheel.name)
            and distribution.version == self.wheel.version
        )

    def other_build(self, distribution: Distribution) -> str:
        """Return what tells that the wheel is of another build, half a sentence; "" if none is.

        The scripts decide, and not the bytes of the wheel: those change when it is repaired for
        another platform. Reads all scripts of the side file. Raises DistributionError.
        """
        if not self.is_of(distribution):
            return f"it is that of {self.wheel.file}"
        if listing_of(distribution.members) != self.wheel.listing:
            return "the wheel holds other scripts than the one that it was made with"
        members = _by_path(distribution)
        wrong = [
            each.path for each in self._records if each.kept is None and each.path not in members
        ]
        shipped = {
            each.path: (each, members[each.path])
            for each in self._records
            if each.kept is None and each.path in members
        }
        wrong += _different(shipped.values())
        if not wrong:
            return ""
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        return f"{', '.join(sorted(wrong)[:_SHOWN])}{more} of the wheel differ from what it says"

    def assets(self, distribution: Distribution) -> list[Asset]:
        """Return the files to upload, each with its content from the wheel or from here.

        Raises DistributionError if the wheel is of another build, or a content is damaged.
        """
        if reason := self.other_build(distribution):
            raise self.refusal(distribution, reason)
        members = _by_path(distribution)
        found = [(each, self._content(each, members)) for each in self._records]
        if wrong := _different((record, member) for record, member in found if record.kept):
            raise self._bad(f"the content of {min(wrong)} is not that of its manifest")
        return [record.asset(member) for record, member in found]

    def refusal(self, distribution: Distribution, reason: str) -> DistributionError:
        """Return the error for a wheel of another build."""
        return DistributionError(
            f"{self.path} does not go with {distribution.label}: {reason}; nothing was uploaded: "
            "pass the side file that the same build wrote"
        )

    def is_like(self, other: SideFile) -> bool:
        """Return whether both give a release the same."""
        mine, theirs = self._said, other._said
        if (mine.wheel.name, mine.wheel.version) != (theirs.wheel.name, theirs.wheel.version):
            return False
        return mine.records == theirs.records and mine.options == theirs.options

    @property
    def _records(self) -> Iterable[Record]:
        return self._said.records

    @cached_property
    def _kept(self) -> Mapping[str, Member]:
        return {member.path: member for member in self.members}

    def _content(self, record: Record, members: Mapping[str, Member]) -> Member:
        return members[record.path] if record.kept is None else self._kept[record.kept]

    def _check_sizes(self) -> None:
        """Raise DistributionError if the contents are compressed, or overlap each other."""
        entries = self._archive.infolist()
        if any(each.compress_type != zipfile.ZIP_STORED for each in entries):
            raise self._bad("it holds what is compressed, which no side file does")
        if sum(each.file_size for each in entries) > self.path.stat().st_size:
            raise self._bad("its contents are said to be larger than the file")

    def _read_manifest(self) -> Said:
        member = self._kept.get(MANIFEST)
        if member is None:
            raise self._bad(f"it holds no {MANIFEST}")
        if member.size > MOST_MANIFEST_BYTES:
            raise self._bad(
                f"its manifest has {member.size} bytes, more than the {MOST_MANIFEST_BYTES} that "
                "are read"
            )
        with member.open() as content:
            text = content.read()
        try:
            return read_manifest(text)
        except ValueError as error:
            raise self._bad(str(error)) from None

    def _check_contents(self) -> None:
        named = {each.kept for each in self._records if each.kept is not None} | {MANIFEST}
        if other := self._kept.keys() ^ named:
            where = "its manifest does not name" if min(other) in self._kept else "it does not hold"
            raise self._bad(f"{where} {shortened(min(other))}")
        for each in self._records:
            if each.kept is None:
                continue
            if self._kept[each.kept].size != each.size:
                raise self._bad(f"the content of {each.path} is not that of its manifest")
            if each.size > MOST_BYTES:
                raise self._bad(f"{each.path} has {each.size} bytes, more than {MOST_BYTES}")

    def _bad(self, problem: str) -> DistributionError:
        return DistributionError(
            f"{self.path}: is no side file that can be used: {problem}; nothing was uploaded: "
            "fetch it again from where the build left it, or build the wheel again"
        )


def _by_path(distribution: Distribution) -> dict[str, Member]:
    return {member.path: member for member in distribution.members}


def _different(pairs: Iterable[tuple[Record, Member]]) -> list[str]:
    """Return the paths of the files whose content is another than their record says."""

    def differs(pair: tuple[Record, Member]) -> str:
        record, member = pair
        if member.size != record.size:
            return record.path
        return "" if _sha1(member) == record.sha1 else record.path

    workers = min(cpu_count() or 1, _MOST_READERS)
    return [path for path in run_parallel(differs, pairs, workers=workers, name="compare") if path]


def _sha1(member: Member) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    with member.open() as content:
        while block := content.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
