"""Injects debug ids into all scripts and maps of a distribution, and fixes what that would break.

Memory holds no more than one script and its map a process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from hatch_sentry_artifacts.assets import splices
from hatch_sentry_artifacts.assets.debug_ids.inject import Injected, inject
from hatch_sentry_artifacts.assets.kinds import is_script, is_script_map
from hatch_sentry_artifacts.assets.rewriting import precompressed, workers
from hatch_sentry_artifacts.assets.rewriting.injection_report import Injection, InjectionReport
from hatch_sentry_artifacts.assets.rewriting.integrity import (
    Change,
    IntegrityHashes,
    changed_hashes,
    has_hash,
)
from hatch_sentry_artifacts.assets.rewriting.staging import Staging
from hatch_sentry_artifacts.assets.rewriting.texts import Text, texts_with_hashes
from hatch_sentry_artifacts.assets.scripts.comments import read_ending
from hatch_sentry_artifacts.assets.scripts.content import HEAD_BYTES, other_content
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts, read_facts
from hatch_sentry_artifacts.assets.source_maps.lookup import Files, Script
from hatch_sentry_artifacts.assets.source_maps.mappings import NO_EFFORT
from hatch_sentry_artifacts.assets.source_maps.pairing import Pair, Pairing, pair_scripts
from hatch_sentry_artifacts.assets.splices import Splice
from hatch_sentry_artifacts.errors import DistributionError, SentryArtifactsError

# Below that, starting another process takes longer than what it would do.
_SHARED_SCRIPTS = 100


def inject_files(
    sources: Mapping[str, Path],
    selected: Collection[str],
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    other_name: Callable[[str], str | None] = lambda _: None,
    into: Path | None = None,
    dry_run: bool = False,
    helpers: int | None = None,
) -> InjectionReport:
    """Inject debug ids into the `selected` scripts and maps of a distribution.

    What is neither script nor map is left alone, by its name or its content. `names` are the URL
    names of those that have one; `other_name` gives that of any other file, None for one that
    is to be left alone, unless it is the map that a script refers to.
    `sources` has all its files, by path: pages, manifests and compressed copies too. Those that
    change are written below the folder `into`, or else in place. A dry run writes nothing and keeps
    the splices. `helpers` is how many further processes take part.

    A run that was stopped is finished by another: pages come first, as their old hashes are gone
    once scripts change, then each script before its map. Raises DistributionError, having changed
    nothing, if a script holds another's integrity hash; what is wrong with one pair is in its
    outcome.
    """
    staging = Staging(sources, into, dry_run)
    try:
        maps = {path for path in selected if is_script_map(path)}
        scripts = sorted({path for path in selected if is_script(path)})
        if helpers is None and len(scripts) < _SHARED_SCRIPTS:
            helpers = 0
        with workers.Helpers(helpers) as shared:
            read = [read_for_pairing(staging, path) for path in scripts]
            pairing = pair_files(read, maps, names, staging, other_name)
            others = _other_contents(staging, scripts)
            pairs = [pair for pair in pairing.pairs() if pair.script not in others]
            texts = list(texts_with_hashes(staging.sources.keys(), staging.read))
            outcomes = _inject_pairs(staging, pairs, shared, keep_hashes=bool(texts))
        changed = _fix_hashes(staging, texts, outcomes)
        for path in changed:
            staging.commit(path)
        alone = maps.difference(pairing.maps.values())
        reasons = {path: pairing.reason_alone(path) for path in sorted(alone)}
        done = tuple(_commit(staging, each) for each in outcomes)
        return InjectionReport(done, tuple(changed), reasons, others)
    except BaseException:
        staging.sweep()
        raise


def _other_contents(staging: Staging, scripts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in scripts:
        size = staging.sources[path].stat().st_size
        content = other_content(staging.read(path, HEAD_BYTES), size, partial(staging.read, path))
        if content:
            found[path] = content
    return found


def _commit(staging: Staging, outcome: Injection) -> Injection:
    """Commit the files of a pair, the script before the map."""
    try:
        for path in outcome.written:
            staging.commit(path)
    except SentryArtifactsError as error:
        staging.discard(outcome.written)
        return replace(outcome, error=str(error))
    return outcome


def pair_files(
    scripts: Sequence[Script],
    maps: Collection[str],
    names: Mapping[str, str],
    staging: Staging,
    other_name: Callable[[str], str | None],
) -> Pairing:
    """Pair files as they are on disk; see `Files`. Raises DistributionError."""
    facts: dict[str, MapFacts] = {}

    def read_map(path: str) -> MapFacts:
        if path not in facts:
            facts[path] = read_facts(staging.read(path), NO_EFFORT)
        return facts[path]

    return pair_scripts(scripts, Files(staging.sources.keys(), maps, names, read_map, other_name))


def read_for_pairing(staging: Staging, path: str) -> Script:
    """Return what pairing has to know of a script. Raises DistributionError."""
    content = staging.read(path)
    reference = read_ending(content).url
    inline = reference is not None and sourcemaps.is_inline(reference)
    return Script(
        path,
        None if inline else reference,
        inline,
        content.count(b"\n") + 1,
        partial(staging.read, path),
    )


def _inject_pairs(
    staging: Staging, pairs: Sequence[Pair], helpers: workers.Helpers, *, keep_hashes: bool
) -> list[Injection]:
    def send(pair: Pair) -> tuple[Staging, Pair]:
        given = [path for path in (pair.script, pair.source_map) if path]
        copies = [path + suffix for path in given for suffix in precompressed.COMPRESSORS]
        return staging.part(given + copies), pair

    work: Callable[[tuple[Staging, Pair]], Injection] = partial(
        inject_pair, keep_hashes=keep_hashes
    )
    outcomes = helpers.share(pairs, lambda pair: work((staging, pair)), send, work)
    if not staging.dry_run:
        staging.put_in.update(path for each in outcomes for path in each.written)
    return outcomes


def inject_pair(task: tuple[Staging, Pair], *, keep_hashes: bool) -> Injection:
    """Inject one script and its map, and put them in; whatever is wrong is in the outcome."""
    staging, pair = task
    written: list[str] = []
    try:
        injected = _injected(staging, pair)
        changes = [(pair.script, injected.given_script, injected.script_splices)]
        if pair.source_map and injected.given_map is not None:
            changes.append((pair.source_map, injected.given_map, injected.map_splices))
        _put(staging, changes, written)
    except SentryArtifactsError as error:
        staging.discard(written)
        return Injection(pair, error=str(error))
    outcome = Injection(
        pair,
        injected.debug_id,
        injected.steps,
        tuple(written),
        other_ids=injected.other_ids,
        holds_hashes=has_hash(injected.given_script),
        hashes=_hashes(pair, injected) if keep_hashes else None,
    )
    if staging.dry_run:
        return replace(
            outcome, script_splices=injected.script_splices, map_splices=injected.map_splices
        )
    return outcome


def _put(
    staging: Staging, changes: Sequence[tuple[str, bytes, Sequence[Splice]]], written: list[str]
) -> None:
    """Put in what changes, and its compressed copies; `written` gets each path at once."""
    for path, _, made in changes:
        if made:
            _check_copies(staging, path)
    for path, given, made in changes:
        if made:
            written.append(path)
            staging.put(path, splices.parts(given, made))
    for path, given, made in changes:
        for copy, content in _copies(staging, path, given, made):
            written.append(copy)
            staging.put(copy, [content])


def _injected(staging: Staging, pair: Pair) -> Injected:
    if pair.refused:
        raise DistributionError(pair.refused)
    script = staging.read(pair.script)
    return inject(script, None if pair.source_map is None else staging.read(pair.source_map))


def _hashes(pair: Pair, injected: Injected) -> dict[str, dict[bytes, bytes]]:
    found = {pair.script: changed_hashes(injected.given_script, injected.script)}
    if pair.source_map and injected.given_map is not None and injected.source_map is not None:
        found[pair.source_map] = changed_hashes(injected.given_map, injected.source_map)
    return found


def _check_copies(staging: Staging, path: str) -> None:
    """Raise ConfigurationError before anything is written if a copy could not be made again."""
    for suffix in precompressed.COMPRESSORS:
        if path + suffix in staging.sources:
            precompressed.check_compressor(suffix)


def _copies(
    staging: Staging, path: str, given: bytes, made: Collection[Splice]
) -> Iterator[tuple[str, bytes]]:
    """Yield the compressed copies of `path` that differ from it, also those of a stopped run."""
    for suffix in precompressed.COMPRESSORS:
        if path + suffix in staging.sources:
            content = splices.apply(given, made)
            new = precompressed.compressed_again(suffix, staging.read(path + suffix), content)
            if new is not None:
                yield path + suffix, new


def _fix_hashes(
    staging: Staging, texts: Sequence[Text], outcomes: Sequence[Injection]
) -> list[str]:
    """Put in the texts whose hashes change; return their paths, and those of copies.

    Injection gives the same bytes each time, so this is right for a run that was stopped, too.
    """
    injected = {each.pair.script for each in outcomes}
    checking = [each.pair.script for each in outcomes if each.holds_hashes]
    checking += [path for path in staging.sources if is_script(path) and path not in injected]
    if not texts and not checking:
        return []
    hashes = IntegrityHashes()
    for each in outcomes:
        if each.error is None:
            found = each.hashes or _hashes(each.pair, _injected(staging, each.pair))
            for path, changed in found.items():
                hashes.learn(path, changed)
    for script in checking:
        hashes.check_script(script, staging.read(script), Change.INJECTED)
    return [path for text in texts for path in _fix_text(staging, text, hashes)]


def _fix_text(staging: Staging, text: Text, hashes: IntegrityHashes) -> Iterator[str]:
    new = text.rewritten(staging.read(text.path), hashes)
    if new is None:
        return
    _check_copies(staging, text.path)
    staging.put(text.path, [new])
    yield text.path
    for copy, content in _copies(staging, text.path, new, ()):
        staging.put(copy, [content])
        yield copy
