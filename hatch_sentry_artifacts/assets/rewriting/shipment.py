"""Prepares the files that a wheel ships: with debug ids, without source maps, with correct hashes.

The project's files are only read. Changed files are written into a folder of the caller's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.distribution.opening import members_of
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.kinds import (
    MAP_SUFFIX,
    is_map,
    is_script,
    is_script_map,
    is_staged,
)
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, name_if_possible, url_names
from hatch_sentry_artifacts.assets.rewriting import precompressed
from hatch_sentry_artifacts.assets.rewriting.injection import (
    inject_files,
    pair_files,
    read_for_pairing,
)
from hatch_sentry_artifacts.assets.rewriting.integrity import (
    Change,
    IntegrityHashes,
    changed_hashes,
    has_hash,
)
from hatch_sentry_artifacts.assets.rewriting.staging import Staging, read_source
from hatch_sentry_artifacts.assets.rewriting.texts import texts_with_hashes
from hatch_sentry_artifacts.assets.scripts.comments import read_ending, remove_references
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import read_facts
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.assets.source_maps.lookup import Script
from hatch_sentry_artifacts.assets.source_maps.mappings import NO_EFFORT
from hatch_sentry_artifacts.assets.source_maps.pairing import Pairing
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError


@dataclass(frozen=True)
class Shipment:
    """The differences between the files of a wheel and the project's, by path in the wheel.

    `changed` are the files shipped instead of the project's, `left_out` the paths that are not
    shipped. `unshipped` are the files to upload that the wheel does not hold: the maps.
    `maps` has the map's path for each script that has lost its reference.
    """

    changed: Mapping[str, Path]
    left_out: frozenset[str]
    unshipped: Mapping[str, Path]
    maps: Mapping[str, str]


def prepare_shipment(
    sources: Mapping[str, Path],
    folder: Path,
    *,
    include: Sequence[str],
    exclude: Sequence[str],
    paths: Prefixes | None,
    inject: bool,
    strip: bool,
    metadata: Sequence[Member] = (),
) -> Shipment:
    """Put debug ids into the selected files of `sources`, and leave out their maps.

    `sources` has every file that the wheel would ship, by its path there, but for its
    `metadata`; `folder` is empty and stays as long as the shipment is used. Raises NamesError,
    DistributionError, ConfigurationError.
    """
    selection = Selection(include, exclude)
    work = _Work(sources, folder, selection, paths, metadata)
    if inject:
        work.inject()
    if strip:
        work.strip()
    return work.shipment()


class _Work:
    """The wheel's files in preparation; `_current` has the file for each path."""

    def __init__(
        self,
        sources: Mapping[str, Path],
        folder: Path,
        selection: Selection,
        paths: Prefixes | None,
        metadata: Sequence[Member],
    ) -> None:
        self._sources = sources
        self._current = dict(sources)
        self._folder = folder
        self._selection = selection
        selected = [path for path in sorted(sources) if selection.holds(path)]
        self._naming = find_naming(paths, [*members_of(sources), *metadata], selected)
        # The URL name of each selected file.
        self._names = url_names(selected, self._naming)
        self._scripts = [path for path in self._names if is_script(path)]
        # Style sheets keep the references to their maps.
        self._maps = [path for path in self._names if is_script_map(path)]
        self._changed: set[str] = set()
        # Left by a run of `inject` that was killed.
        self._left_out = {path for path in sources if is_staged(path)}
        self._unshipped: dict[str, Path] = {}
        self._map_of: dict[str, str] = {}

    def inject(self) -> None:
        folder = self._folder / "injected"
        folder.mkdir()
        selected = [*self._scripts, *self._maps]
        result = inject_files(
            self._current, selected, names=self._names, other_name=self._other_name, into=folder
        )
        errors = [f"{each.pair.script}: {each.error}" for each in result.outcomes if each.error]
        if errors:
            raise DistributionError(
                "no debug ids could be put in:", *(f"  {error}" for error in errors)
            )
        self._changed.update(result.written)
        self._current.update({path: folder / path for path in result.written})

    def _other_name(self, path: str) -> str | None:
        """Return the URL name of a file that no pattern selects, if none leaves it out."""
        if self._selection.leaves_out(path):
            return None
        return name_if_possible(path, self._naming)

    def strip(self) -> None:
        """Leave out the maps and the references to them."""
        staging = Staging(self._current)
        scripts = [read_for_pairing(staging, path) for path in self._scripts]
        pairing = pair_files(scripts, self._maps, self._names, staging, self._other_name)
        self._check_shipped(scripts, pairing)
        used = frozenset(pairing.maps.values())
        # A file that only has the name of a map may be loaded by the scripts.
        own = [path for path in self._maps if path in used or not self._is_foreign(path)]
        maps = [*own, *sorted(pairing.further)]
        for path in maps:
            # Copied, since a back end may remove files that it does not ship before the upload.
            self._unshipped[path] = self._write("maps", path, self._read(path))
        self._map_of.update(pairing.maps)
        stripped: list[str] = []
        for script in scripts:
            if script.carries_map:
                self._map_of[script.path] = self._take_out(script)
                stripped.append(script.path)
            elif script.path in pairing.maps and self._would_dangle(script, pairing):
                stripped.append(script.path)
        copies = {path + suffix for path in maps for suffix in precompressed.COMPRESSORS}
        self._left_out |= {*maps, *(copies & self._current.keys())}
        self._remove_references(stripped)

    def _would_dangle(self, script: Script, pairing: Pairing) -> bool:
        """Return whether the reference leads to the map that is left out, also by its URL.

        So does a path of the machine that built the script: nothing else can have been meant.
        """
        if script.reference is None or not sourcemaps.is_elsewhere(script.reference):
            return script.reference is not None
        if sourcemaps.is_on_disk(script.reference):
            return True
        path = pairing.maps[script.path]
        name = self._names.get(path) or self._other_name(path)
        meant = sourcemaps.possible_names(self._names[script.path], script.reference)
        return name is not None and name in meant

    def _is_foreign(self, path: str) -> bool:
        return read_facts(self._read(path), NO_EFFORT).foreign

    def _check_shipped(self, scripts: Iterable[Script], pairing: Pairing) -> None:
        """Raise ConfigurationError for a map that cannot be uploaded and so would be shipped."""
        for script in scripts:
            if script.path in pairing.maps or not script.reference:
                continue
            path = sourcemaps.referenced_path(script.path, script.reference)
            if path in self._current and is_map(path) and not self._selection.leaves_out(path):
                raise ConfigurationError(
                    f"{path}, the map of {script.path}, would ship, as no key of `paths` holds it: "
                    "let one hold it, or leave both out with `exclude`"
                )

    def _take_out(self, script: Script) -> str:
        """Move the map that the script carries into a file of its own."""
        path = script.path + MAP_SUFFIX
        if path in self._current:
            raise DistributionError(
                f"{script.path} carries its map itself, and there is also {path}: "
                "let the bundler write only one of them"
            )
        if self._other_name(path) is None:
            raise ConfigurationError(
                f"{script.path} carries its map itself, which would be uploaded as {path}, but "
                "`exclude` or `paths` leaves that out: change it to select that name"
            )
        try:
            content = read_inline_map((read_ending(script.read()).url or "").encode()).content
        except DistributionError as error:
            raise DistributionError(f"{script.path}: {error}") from None
        self._unshipped[path] = self._write("maps", path, content)
        return path

    def _remove_references(self, scripts: Sequence[str]) -> None:
        """Remove the references, and renew hashes and compressed copies of the scripts."""
        left = self._current.keys() - self._left_out
        texts = list(texts_with_hashes(left, self._read)) if scripts else []
        checked = [path for path in left if is_script(path) and has_hash(self._read(path))]
        hashes = IntegrityHashes()
        for path in scripts:
            old = self._read(path)
            new = remove_references(old)
            if texts or checked:
                hashes.learn(path, changed_hashes(old, new))
            self._ship(path, new)
        for path in checked:
            hashes.check_script(path, self._read(path), Change.STRIPPED)
        for text in sorted(texts, key=lambda text: text.path):
            again = text.rewritten(self._read(text.path), hashes)
            if again is not None:
                self._ship(text.path, again)

    def _ship(self, path: str, content: bytes) -> None:
        """Ship `content` at a path of the wheel, and renew the compressed copies that are there."""
        self._change(path, content)
        for suffix in precompressed.COMPRESSORS:
            copy = path + suffix
            if copy in self._current:
                try:
                    precompressed.check_compressor(suffix)
                except ConfigurationError as error:
                    raise ConfigurationError(f"{copy}: {error}") from None
                again = precompressed.compressed_again(suffix, self._read(copy), content)
                if again is not None:
                    self._change(copy, again)

    def _change(self, path: str, content: bytes) -> None:
        self._current[path] = self._write("stripped", path, content)
        self._changed.add(path)

    def _read(self, path: str) -> bytes:
        return read_source(self._current, path)

    def _write(self, part: str, path: str, content: bytes) -> Path:
        file = self._folder / part / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        except OSError as error:
            raise DistributionError(f"{file}: cannot be written: {error.strerror}") from None
        return file

    def shipment(self) -> Shipment:
        changed = {path: self._current[path] for path in sorted(self._changed - self._left_out)}
        for path, file in changed.items():
            # Back ends take modes from the files, and some take times.
            shutil.copystat(self._sources[path], file)
        return Shipment(changed, frozenset(self._left_out), self._unshipped, self._map_of)
