"""Finds what will keep stack traces from being resolved, from facts about scripts and maps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.kinds import is_script_map, without_map_suffix
from hatch_sentry_artifacts.assets.names import browser_form
from hatch_sentry_artifacts.assets.original_sources.missing_texts import (
    lacking_texts,
    offer_of_texts,
)
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.scripts.line_comments import LINE_END
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts

_COMPRESSED = (".gz", ".br", ".zst")
# Bundlers give scripts that only load styles, or only export types, maps without mappings.
_TRIVIAL_BYTES = 500
# More than a compressed empty file has with its header and name.
_EMPTY_COMPRESSED_BYTES = 300


@dataclass(frozen=True, slots=True)
class Script:
    r"""What the checks need to know of a script.

    `lines` counts those that "\n" ends, and the last. `map_path` is where its map lies, None
    without one; `inline` are the facts of one that it carries itself. `read` gives all of it.
    `wrong_from` is the offset of what is not UTF-8.
    """

    path: str
    name: str
    size: int
    sha1: str
    lines: int
    debug_id: str | None
    reference: str | None
    map_path: str | None
    inline: MapFacts | None
    read: Callable[[], bytes]
    wrong_from: int | None = None


@dataclass(frozen=True, slots=True)
class SourceMap:
    """What the checks need to know of a map; `wrong_from` is as with a script."""

    path: str
    name: str
    facts: MapFacts
    wrong_from: int | None = None


def check(
    scripts: Sequence[Script],
    maps: Sequence[SourceMap],
    sizes: Mapping[str, int],
    tree: SourceTree | None = None,
    *,
    embedded: bool = False,
) -> tuple[Finding, ...]:
    """What is wrong, by path. `sizes` has all files of the distribution, selected or not.

    `tree` is where they come from, if that is on disk; `embedded`, that maps were given the texts
    that are there, if any are. It is asked only where something is wrong.
    """
    by_path = {each.path: each for each in scripts}
    facts = {each.path: each.facts for each in maps}
    names = {each.path: each.name for each in scripts} | {each.path: each.name for each in maps}
    findings: list[Finding] = []
    for script in scripts:
        own = facts.get(script.map_path) if script.map_path else script.inline
        findings += _script_findings(script, own, sizes, tree)
        findings += _not_utf_8(script.path, script.wrong_from)
        if script.inline:
            findings += _map_findings(script.path, script.inline)
            findings += lacking_texts(script.path, script.inline, names)
    used = {script.map_path for script in scripts}
    for source_map in maps:
        if not is_script_map(source_map.path):
            continue
        findings += _map_findings(source_map.path, source_map.facts)
        # Else that is the problem which is told already.
        if source_map.facts.problem is None:
            findings += _not_utf_8(source_map.path, source_map.wrong_from)
        if source_map.path in used:
            offer = offer_of_texts(source_map.path, tree, embedded=embedded)
            findings += lacking_texts(source_map.path, source_map.facts, names, offer)
        elif not source_map.facts.empty:
            findings.append(_without_script(source_map, by_path, sizes))
    findings += _same_debug_ids(scripts)
    findings += _unheard_names(names)
    return tuple(sorted(findings, key=lambda finding: (finding.path, finding.rule)))


def maps_more_lines(facts: MapFacts, lines: int, read: Callable[[], bytes]) -> bool:
    """Whether the map is of a script with more lines than this one, which has `lines` at least.

    Only then is the script read again, for its other line ends.
    """
    return facts.lines > lines and facts.lines > _all_lines(read())


def _all_lines(script: bytes) -> int:
    return sum(1 for _ in LINE_END.finditer(script)) + 1


def _script_findings(
    script: Script, own: MapFacts | None, sizes: Mapping[str, int], tree: SourceTree | None
) -> Iterator[Finding]:
    if script.reference and not script.map_path:
        yield _missing_map(script, script.reference, sizes, tree)
    if not script.size:
        yield from _empty_script(script, own, sizes)
    elif own and not own.problem and not own.lines and script.size > _TRIVIAL_BYTES:
        yield Finding(
            script.map_path or script.path,
            "bad-map",
            f"has no mappings, but {script.path} has {script.size} bytes of code; build both again",
        )
    elif own and maps_more_lines(own, script.lines, script.read):
        yield Finding(
            script.map_path or script.path,
            "bad-map",
            f"maps {own.lines} lines, but {script.path} has {_all_lines(script.read())}: "
            "script and map are not from the same build; build both again",
        )


def _empty_script(
    script: Script, own: MapFacts | None, sizes: Mapping[str, int]
) -> Iterator[Finding]:
    """Only an empty script that once had content; bundlers make others, and nobody misses them."""
    compressed = [
        script.path + ending
        for ending in _COMPRESSED
        if sizes.get(script.path + ending, 0) > _EMPTY_COMPRESSED_BYTES
    ]
    if compressed:
        message = f"is empty, while {compressed[0]} is not; ship the plain file too"
    elif own and (own.lines or own.problem):
        message = "is empty, although it has a map; build it again"
    else:
        return
    yield Finding(script.path, "empty-script", message)


def _missing_map(
    script: Script, reference: str, sizes: Mapping[str, int], tree: SourceTree | None
) -> Finding:
    relative = tuple(sourcemaps.relative_references(script.name, reference))
    wanted = (sourcemaps.referenced_path(script.path, each) for each in relative)
    unselected = next((path for path in wanted if path in sizes), None)
    on_disk = (tree.find(script.path, each) for each in relative) if tree else iter(())
    rule = "missing-map"
    if unselected:
        advice = (
            f"but {unselected} is there but not selected; let `include`, `exclude` and `paths` "
            "hold it"
        )
    elif tree and (file := next(filter(None, on_disk), None)):
        rule = "map-left-out"
        advice = (
            f"which is on disk ({tree.shown(file)}), but the build leaves it out; include it in "
            'the build, and set `source-maps = "strip"` if it is not to ship'
        )
    elif sourcemaps.is_elsewhere(reference):
        advice = (
            "which is not among the files to upload; ship the map and refer to it there, "
            "unless Sentry can fetch it from that address"
        )
    else:
        advice = "but the map is not there; ship it, or exclude the script if nobody needs its map"
    return Finding(script.path, rule, f"refers to {reference}, {advice}")


def _map_findings(path: str, facts: MapFacts) -> Iterator[Finding]:
    if facts.empty:
        yield Finding(path, "empty-map", "is empty; build it again, or leave it out with `exclude`")
    elif facts.problem:
        message = f"no source map can be read from it: {facts.problem}; build it again"
        yield Finding(path, "bad-map", message)


def _not_utf_8(path: str, wrong_from: int | None) -> Iterator[Finding]:
    if wrong_from is not None:
        yield Finding(
            path,
            "not-utf-8",
            f"is not UTF-8, from byte {wrong_from} on: Sentry does not find such a file in an "
            "artifact bundle, and may read a release file wrongly; let the build write UTF-8",
        )


def _without_script(
    source_map: SourceMap, scripts: Mapping[str, Script], sizes: Mapping[str, int]
) -> Finding:
    likely = without_map_suffix(source_map.path)
    script = scripts.get(likely)
    if script and script.inline:
        reason = f"{likely} carries a map of its own"
    elif script and script.reference:
        reason = f"{likely} refers to {script.reference} instead"
    elif script and source_map.facts.lines > script.lines:
        lines = source_map.facts.lines
        reason = f"{likely} is from another build, for the map is of at least {lines} lines"
    elif script:
        reason = f"{likely} does not refer to it, and another script could mean it too"
    elif likely in sizes:
        reason = f"{likely} is there but not selected"
    else:
        reason = "none refers to it, or is named like it"
    return Finding(
        source_map.path,
        "map-without-script",
        f"belongs to no script: {reason}; fix the script's sourceMappingURL comment, "
        "or leave the map out with `exclude`",
    )


def _same_debug_ids(scripts: Sequence[Script]) -> Iterator[Finding]:
    owners: dict[str, list[Script]] = {}
    for script in scripts:
        if script.debug_id:
            owners.setdefault(script.debug_id, []).append(script)
    for debug_id, group in owners.items():
        others = [each.path for each in group if each.sha1 != group[0].sha1]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            yield Finding(
                group[0].path,
                "same-debug-id",
                f"has the debug id {debug_id}, as {others[0]}{more} with other content has; Sentry "
                "would take one map for all: let the build give each its own id",
            )


def _unheard_names(names: Mapping[str, str]) -> Iterator[Finding]:
    for path, name in names.items():
        heard = browser_form(name)
        if heard != name:
            yield Finding(
                path,
                "name-cannot-match",
                f"no browser reports the name {name}, but {heard}; "
                "write the prefix in `paths` that way",
            )
