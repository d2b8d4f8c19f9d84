"""Selects, names and reads the files of a distribution: all that can be known without a server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import cpu_count

from hatch_sentry_artifacts.assets import checks
from hatch_sentry_artifacts.assets.asset import Asset, Finding, Member
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.file_facts import FileFacts, read_file, read_whole
from hatch_sentry_artifacts.assets.kinds import is_map
from hatch_sentry_artifacts.assets.names import url_names
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.mappings import FULL_EFFORT, Effort
from hatch_sentry_artifacts.errors import NothingToUpload
from hatch_sentry_artifacts.parallel import in_parallel

_NO_EMBEDDING = Embedding()


@dataclass(frozen=True)
class Collection:
    """The files to upload, and what was noticed about them."""

    assets: tuple[Asset, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A selected file, its URL name, and what it holds."""

    member: Member
    name: str
    facts: FileFacts

    @property
    def path(self) -> str:
        return self.member.path


def collect(
    distribution: Distribution,
    *,
    include: Sequence[str],
    exclude: Sequence[str] = (),
    paths: Mapping[str, str] | None = None,
    maps: Mapping[str, str] | None = None,
    embedding: Embedding = _NO_EMBEDDING,
) -> Collection:
    """The selected files of `distribution`, each with its name, sha1 and headers.

    `maps` gives the path of the map of scripts that do not tell themselves. What is uploaded of
    maps that lack texts of their sources is made by `embedding`.
    Every file is read before anything is sent, so that damage shows; at a time, no more than one
    map for each processor is held. Raises NothingToUpload, NamesError, or DistributionError.
    """
    selection = Selection(include, exclude)
    selected = {each.path: each for each in distribution.members if selection.holds(each.path)}
    names = url_names(selected, paths)
    if not names:
        raise NothingToUpload(_nothing(distribution, len(selected), include, exclude, paths))
    effort = FULL_EFFORT.shared(sum(map(is_map, names)))
    read = dict(
        in_parallel(
            lambda path: (path, _read(selected[path], embedding, effort)),
            names,
            workers=cpu_count() or 1,
            name="read",
        )
    )
    files = [_File(read[path][0], name, read[path][1]) for path, name in names.items()]
    paired = _pair(files, maps or {})
    own_ids = _own_ids(files, paired)
    findings = checks.check(
        [
            _as_script(file, paired.get(file.path), own_ids.get(file.path))
            for file in files
            if not is_map(file.path)
        ],
        [
            checks.SourceMap(file.path, file.name, file.facts.source_map, file.facts.wrong_from)
            for file in files
            if is_map(file.path) and file.facts.source_map
        ],
        {member.path: member.size for member in distribution.members},
        embedding.tree,
        embedded=embedding.wanted,
    )
    debug_ids = _debug_ids(own_ids, paired)
    assets = (_as_asset(file, paired.get(file.path), debug_ids.get(file.path)) for file in files)
    return Collection(tuple(assets), findings)


def _read(member: Member, embedding: Embedding, effort: Effort) -> tuple[Member, FileFacts]:
    return embedding.embedded(member, read_file(member, effort))


def _pair(files: Sequence[_File], known: Mapping[str, str]) -> Mapping[str, _File]:
    """The map of each script that has one here, by the script's path.

    Without a reference, or with one to another host that is no file here, it is guessed, as
    sentry-cli does. A guess does not hold against what the map says of its script.
    """
    names = {file.path: file.name for file in files}
    by_path = {file.path: file for file in files}
    by_name = {file.name: file for file in files}
    paths = {file.name: file.path for file in files}
    maps: dict[str, _File] = {}
    unsure: list[str] = []
    for file in files:
        reference = file.facts.reference
        if file.path in known:
            maps[file.path] = by_path[known[file.path]]
            continue
        if file.facts.source_map:
            continue
        if reference:
            path = sourcemaps.find_map(file.path, file.name, reference, names, paths)
            if path:
                maps[file.path] = by_path[path]
        if file.path not in maps and (not reference or sourcemaps.is_elsewhere(reference)):
            unsure.append(file.name)
    taken = {file.path for file in maps.values()}
    free = [file.name for file in files if is_map(file.path) and file.path not in taken]
    for script_name, map_name in sourcemaps.guess_maps(unsure, free).items():
        script, guessed = by_name[script_name], by_name[map_name]
        if not _contradicts(guessed, script):
            maps[script.path] = guessed
    return maps


def _contradicts(source_map: _File, script: _File) -> bool:
    facts = source_map.facts.source_map
    return facts is not None and checks.maps_more_lines(
        facts, script.facts.lines, partial(read_whole, script.member)
    )


def _own_ids(files: Sequence[_File], paired: Mapping[str, _File]) -> Mapping[str, str]:
    """The debug id that each file has of itself, by its path, if it has one."""
    own: dict[str, str] = {}
    for file in files:
        source_map = paired.get(file.path)
        debug_id = file.facts.ids.own(source_map.facts.ids.named if source_map else None)
        if debug_id:
            own[file.path] = debug_id
    return own


def _debug_ids(own: Mapping[str, str], paired: Mapping[str, _File]) -> Mapping[str, str]:
    """The id that each file is uploaded with, by its path.

    The id that a script has holds for its map too, whatever the map says: it is the one that
    events name. A script that has none gets that of its map, if the map is its alone.
    """
    found = dict(own)
    owners = Counter(source_map.path for source_map in paired.values())
    for script, source_map in paired.items():
        if script in found:
            found[source_map.path] = found[script]
        elif source_map.path in found and owners[source_map.path] == 1:
            found[script] = found[source_map.path]
    return found


def _as_asset(file: _File, source_map: _File | None, debug_id: str | None) -> Asset:
    reference = file.facts.reference
    headers: dict[str, str] = {}
    if reference or source_map:
        headers["Sourcemap"] = sourcemaps.sourcemap_header(
            file.name, reference, source_map.name if source_map else None
        )
    return Asset(
        file.path,
        file.name,
        file.member.size,
        file.facts.sha1,
        file.facts.crc32,
        headers,
        file.member.open,
        debug_id,
        file.member.deflated,
        registers_id=debug_id in file.facts.ids.registered,
        carries_map=file.facts.source_map is not None and not is_map(file.path),
    )


def _as_script(file: _File, source_map: _File | None, debug_id: str | None) -> checks.Script:
    return checks.Script(
        path=file.path,
        name=file.name,
        size=file.member.size,
        sha1=file.facts.sha1,
        lines=file.facts.lines,
        debug_id=debug_id,
        reference=file.facts.reference,
        map_path=source_map.path if source_map else None,
        inline=file.facts.source_map,
        read=partial(read_whole, file.member),
        wrong_from=file.facts.wrong_from,
    )


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
