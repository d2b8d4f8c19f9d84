"""Selects, names and reads the files of a distribution; needs no server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Container
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from os import cpu_count
from threading import Lock

from hatch_sentry_artifacts.assets.asset import Asset, Finding, Member
from hatch_sentry_artifacts.assets.checks import check
from hatch_sentry_artifacts.assets.distribution.folder import FOLDER_LINK
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.file_facts import File, read_map, read_script
from hatch_sentry_artifacts.assets.kinds import is_map, is_script
from hatch_sentry_artifacts.assets.making import make_assets
from hatch_sentry_artifacts.assets.name_checks import check_names, meant_folder
from hatch_sentry_artifacts.assets.naming.guesses import guessed_names
from hatch_sentry_artifacts.assets.naming.hashed_storage import hint_on_hashes
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, name_if_possible
from hatch_sentry_artifacts.assets.naming.own_names import OwnNames
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts
from hatch_sentry_artifacts.assets.source_maps.lookup import Files
from hatch_sentry_artifacts.assets.source_maps.mappings import FULL_EFFORT, NO_EFFORT, Effort
from hatch_sentry_artifacts.assets.source_maps.pairing import pair_scripts
from hatch_sentry_artifacts.assets.unmapped import find_unmapped
from hatch_sentry_artifacts.errors import NothingToUpload
from hatch_sentry_artifacts.parallel import run_parallel

_NO_EMBEDDING = Embedding()
_LARGE_BYTES = 16 * 1024 * 1024
_MOST_READERS = 8


@dataclass(frozen=True)
class Collection:
    """The files to upload, the findings about them, and what was skipped of a folder.

    `note` is a sentence on libraries without source maps; "" if there are none. `about_names` says
    which rules gave the names; `hint` is a sentence on names that are made later, "" if none.
    """

    assets: tuple[Asset, ...]
    findings: tuple[Finding, ...]
    left_alone: tuple[str, ...] = ()
    note: str = ""
    about_names: tuple[str, ...] = ()
    hint: str = ""


def collect(
    distribution: Distribution,
    *,
    include: Sequence[str],
    exclude: Sequence[str] = (),
    paths: Prefixes | None = None,
    maps: Mapping[str, str] | None = None,
    embedding: Embedding = _NO_EMBEDDING,
    needs_crc32: bool = True,
) -> Collection:
    """Return the selected files of `distribution`, each with its name, sha1 and headers.

    `maps` has the paths of maps by those of scripts that have no reference of their own.
    `embedding` replaces maps that lack texts of their sources. Only bundles need CRC-32s.
    Every file is read here, so that damage is found before anything is sent; memory holds at most
    one map per processor. Raises NothingToUpload, NamesError, or DistributionError.
    """
    known = maps or {}
    selection = Selection(include, exclude)
    members = {each.path: each for each in distribution.members}
    selected = {path for path in members if selection.holds(path)}.union(known.values())
    naming = find_naming(paths, distribution.members, selected)
    own = OwnNames(naming, members, [path for path in members if path in selected])
    names = own.first
    if not names:
        raise NothingToUpload(_nothing(distribution, len(selected), include, exclude, paths))
    called_maps = [path for path in names if is_map(path) or path in known.values()]
    effort = FULL_EFFORT.shared(len(called_maps), sum(members[each].size for each in called_maps))
    reader = _Reader(members, embedding, effort, needs_crc32=needs_crc32)
    read = reader.read(names, frozenset(called_maps))
    scripts = [read[path] for path in names if not read[path].facts.is_map]
    pairing = pair_scripts(
        [each.pairing_script for each in scripts],
        Files(
            members.keys(),
            called_maps,
            names,
            lambda path: reader.map_facts(path, read.get(path)),
            lambda path: None if selection.leaves_out(path) else name_if_possible(path, naming),
        ),
        known,
    )
    if pairing.further:
        own = OwnNames(naming, members, [*own.named, *pairing.further])
        names = own.first
        further = {path: names[path] for path in pairing.further if path in names}
        read |= reader.read(further, pairing.further)
    files = [read[path] for path in members if path in names]
    ids = _Ids(files, pairing.maps)
    findings = check(
        files,
        pairing,
        ids.by_path,
        {member.path: member.size for member in distribution.members},
        embedding.tree,
        embedded=embedding.wanted,
    )
    unmapped = find_unmapped(scripts, pairing, embedding.tree)
    by_path = {file.path: file for file in files}
    assets = [
        asset
        for file in files
        for asset in make_assets(
            file,
            by_path.get(pairing.maps.get(file.path, "")),
            ids.by_path.get(file.path),
            own.named[file.path],
        )
    ]
    left_alone = tuple(
        f"{path} {reason}"
        for path, reason in distribution.left_alone.items()
        if selection.holds(path) or reason == FOLDER_LINK
    )
    return Collection(
        tuple(assets),
        (
            *guessed_names(assets, own.named),
            *unmapped.findings,
            *findings,
            *check_names(names, paths, members),
        ),
        left_alone,
        unmapped.note,
        tuple(own.notes()),
        hint_on_hashes(assets),
    )


class _Reader:
    """Reads files of a distribution, each once, in several threads."""

    def __init__(
        self,
        members: Mapping[str, Member],
        embedding: Embedding,
        effort: Effort,
        *,
        needs_crc32: bool,
    ) -> None:
        self._members = members
        self._embedding = embedding
        self._effort = effort
        self._needs_crc32 = needs_crc32
        self._facts: dict[str, MapFacts] = {}
        self._large = Lock()

    def read(self, names: Mapping[str, str], maps: Container[str]) -> dict[str, File]:
        """Return the files of those names, read as scripts or as `maps`."""

        def read(path: str) -> File:
            member = self._members[path]
            if path in maps:
                # Many large maps at a time would take too much memory.
                held = self._large if member.size > _LARGE_BYTES else nullcontext()
                with held:
                    return self._read_map(member, names[path])
            facts = read_script(member, self._effort, needs_crc32=self._needs_crc32)
            return File(member, names[path], facts)

        workers = min(cpu_count() or 1, _MOST_READERS)
        done = run_parallel(read, names, workers=workers, name="read")
        return {file.path: file for file in done}

    def _read_map(self, member: Member, name: str) -> File:
        facts = read_map(member, self._effort, needs_crc32=self._needs_crc32)
        made, facts = self._embedding.embedded(member, facts)
        return File(made, name, facts)

    def map_facts(self, path: str, file: File | None) -> MapFacts:
        """Return the facts of the file as a map."""
        if file is not None and file.facts.is_map and file.facts.source_map is not None:
            return file.facts.source_map
        if path not in self._facts:
            found = read_map(self._members[path], NO_EFFORT).source_map
            self._facts[path] = found or MapFacts("it is none")
        return self._facts[path]


class _Ids:
    """The debug id of each file to upload, by path: `by_path`.

    The id of a script counts for its map too, whatever the map says, since events name it. A script
    without an id has that of its map, unless another script has the same map.
    """

    def __init__(self, files: Sequence[File], maps: Mapping[str, str]) -> None:
        found: dict[str, str] = {}
        for file in files:
            if debug_id := file.facts.ids.own:
                found[file.path] = debug_id
        owners = Counter(maps.values())
        for script, path in maps.items():
            if script in found:
                found[path] = found[script]
            elif path in found and owners[path] == 1:
                found[script] = found[path]
        self.by_path = found


def _nothing(
    distribution: Distribution,
    selected: int,
    include: Sequence[str],
    exclude: Sequence[str],
    paths: Prefixes | None,
) -> str:
    files = [member.path for member in distribution.members]
    if selected and paths:
        return (
            f"{distribution.label}: nothing to upload: none of its {selected} scripts and maps "
            f"lies under a key of `paths`: {', '.join(paths)}"
            + meant_folder(next(iter(paths)), files)
        )
    besides = f" without {', '.join(exclude)}" if exclude else ""
    return (
        f"{distribution.label}: nothing to upload: looked for {', '.join(include)}{besides} "
        f"among its {len(files)} files; {_why_nothing(files, include, exclude)}"
    )


def _why_nothing(files: Sequence[str], include: Sequence[str], exclude: Sequence[str]) -> str:
    """Return what is probably wrong where the patterns select none of `files`."""
    scripts = [path for path in files if is_script(path)]
    if not scripts:
        return "is the front end built before the wheel?"
    shown = f"{scripts[0]}{f' and {len(scripts) - 1} more' if len(scripts) > 1 else ''}"
    wrong = "`exclude`" if Selection(include, ()).holds(scripts[0]) and exclude else "`include`"
    return f"its scripts are {shown}: fix {wrong}, whose patterns are of paths in the wheel"
