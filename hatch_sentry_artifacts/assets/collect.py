"""Selects, names and reads the files of a distribution: all that can be known without a server."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

from hatch_sentry_artifacts.assets import sourcemaps
from hatch_sentry_artifacts.assets.asset import Asset, Finding, Member
from hatch_sentry_artifacts.assets.distribution import Distribution
from hatch_sentry_artifacts.assets.names import browser_form, url_names
from hatch_sentry_artifacts.assets.patterns import Selection
from hatch_sentry_artifacts.errors import DistributionError, NothingToUpload

BLOCK_BYTES = 256 * 1024
MAP_SUFFIX = ".map"


@dataclass(frozen=True)
class Collection:
    """The files to upload, and what was noticed about them."""

    assets: tuple[Asset, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Read:
    sha1: str
    reference: str | None


def collect(
    distribution: Distribution,
    *,
    include: Sequence[str],
    exclude: Sequence[str] = (),
    paths: Mapping[str, str] | None = None,
) -> Collection:
    """The selected files of `distribution`, each with its name, sha1 and headers.

    Every file is read once, in blocks, so that damage shows before anything is sent.
    Raises NothingToUpload, NamesError, or DistributionError.
    """
    selection = Selection(include, exclude)
    selected = {each.path: each for each in distribution.members if selection.holds(each.path)}
    names = url_names(selected, paths)
    if not names:
        raise NothingToUpload(_nothing(distribution, len(selected), include, exclude, paths))
    members = [selected[path] for path in names]
    with ThreadPoolExecutor(cpu_count() or 1, "sentry-artifacts-read") as pool:
        read = dict(zip(names, pool.map(_read, members), strict=True))
    return _pair(members, names, read, {member.path for member in distribution.members})


def _read(member: Member) -> _Read:
    digest = hashlib.sha1(usedforsecurity=False)
    finder = None if member.path.endswith(MAP_SUFFIX) else sourcemaps.ReferenceFinder()
    size = 0
    with member.open() as content:
        while block := content.read(BLOCK_BYTES):
            size += len(block)
            digest.update(block)
            if finder:
                finder.feed(block)
    if size != member.size:
        raise DistributionError(
            f"{member.path} holds {size} bytes where {member.size} were announced; "
            "nothing was uploaded, build again and let nothing write there meanwhile"
        )
    return _Read(digest.hexdigest(), finder.reference() if finder else None)


def _pair(
    members: Sequence[Member],
    names: Mapping[str, str],
    read: Mapping[str, _Read],
    everything: set[str],
) -> Collection:
    by_name = {name: path for path, name in names.items()}
    assets: list[Asset] = []
    findings: list[Finding] = []
    for member in members:
        path, name, found = member.path, names[member.path], read[member.path]
        headers: dict[str, str] = {}
        if found.reference and not sourcemaps.is_inline(found.reference):
            source_map = sourcemaps.find_map(path, name, found.reference, names, by_name)
            map_name = names[source_map] if source_map else None
            headers["Sourcemap"] = sourcemaps.sourcemap_header(name, found.reference, map_name)
            if source_map is None:
                findings.append(_missing_map(path, found.reference, everything))
        if browser_form(name) != name:
            findings.append(
                Finding(
                    path,
                    "name-cannot-match",
                    f"no browser reports the name {name}, but {browser_form(name)}; "
                    "write the prefix in `paths` that way",
                )
            )
        assets.append(Asset(path, name, member.size, found.sha1, headers, member.open))
    return Collection(tuple(assets), tuple(findings))


def _missing_map(path: str, reference: str, everything: set[str]) -> Finding:
    wanted = sourcemaps.referenced_path(path, reference)
    if wanted in everything:
        advice = f"{wanted} is there but not selected; let `include`, `exclude` and `paths` hold it"
    else:
        advice = "the map is not there; ship it, or exclude the script if nobody needs its map"
    return Finding(path, "missing-map", f"refers to {reference}, but {advice}")


def _nothing(
    distribution: Distribution,
    selected: int,
    include: Sequence[str],
    exclude: Sequence[str],
    paths: Mapping[str, str] | None,
) -> str:
    if selected and paths is not None:
        return (
            f"{distribution.label}: nothing to upload: none of its {selected} scripts and maps "
            f"lies under a key of `paths`: {', '.join(paths)}"
        )
    besides = f" without {', '.join(exclude)}" if exclude else ""
    return (
        f"{distribution.label}: nothing to upload: looked for {', '.join(include)}{besides} "
        f"among its {len(distribution.members)} files; is the front end built before the wheel?"
    )
