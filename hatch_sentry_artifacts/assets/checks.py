"""Finds what keeps stack traces from being resolved, from facts about scripts and maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.file_facts import File, read_whole
from hatch_sentry_artifacts.assets.kinds import is_script, is_script_map
from hatch_sentry_artifacts.assets.original_sources.missing_texts import (
    lacking_texts,
    offer_of_texts,
)
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.scripts.comments import same_code
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts
from hatch_sentry_artifacts.assets.source_maps.pairing import Pairing, all_lines, maps_more_lines

_COMPRESSED = (".gz", ".br", ".zst")
# Scripts that only load styles, or only export types, have maps without mappings.
_TRIVIAL_BYTES = 500
# More than a compressed empty file has with its header and name.
_EMPTY_COMPRESSED_BYTES = 300
_LONGEST_REFERENCE = 4096


def check(
    files: Sequence[File],
    pairing: Pairing,
    debug_ids: Mapping[str, str],
    sizes: Mapping[str, int],
    tree: SourceTree | None = None,
    *,
    embedded: bool = False,
) -> tuple[Finding, ...]:
    """Return the findings, by path.

    `debug_ids` are those of the files, by path. `sizes` has all files of the distribution, selected
    or not. `tree` is the project on disk that they come from, if there is one; it is searched only
    for files with a finding. `embedded` is whether missing texts were put into the maps.
    """
    names = {file.path: file.name for file in files}
    scripts = [file for file in files if not file.facts.is_map]
    maps = {file.path: file for file in files if file.facts.is_map}
    findings: list[Finding] = []
    for script in scripts:
        source_map = maps.get(pairing.maps.get(script.path, ""))
        findings += _script_findings(script, source_map, sizes, tree)
        findings += _not_javascript(script)
        findings += _two_debug_ids(script)
        findings += _not_utf_8(script)
        if script.facts.source_map:
            findings += _map_findings(script.path, script.facts.source_map)
            findings += lacking_texts(script.path, script.facts.source_map, names)
    used = frozenset(pairing.maps.values())
    for file in maps.values():
        facts = file.facts.source_map
        if facts is None or not (file.path in used or is_script_map(file.path)):
            continue
        findings += _map_findings(file.path, facts)
        # Otherwise the finding above already says so.
        if facts.problem is None:
            findings += _not_utf_8(file)
        if file.path in used:
            offer = offer_of_texts(file.path, tree, embedded=embedded)
            findings += lacking_texts(file.path, facts, names, offer)
        elif not (facts.empty or facts.foreign):
            findings.append(_lone_map(file.path, pairing))
    findings += _same_debug_ids(scripts, debug_ids)
    return tuple(sorted(findings, key=lambda finding: (finding.path, finding.rule)))


def _script_findings(
    script: File, source_map: File | None, sizes: Mapping[str, int], tree: SourceTree | None
) -> Iterator[Finding]:
    if script.facts.reference and not source_map:
        yield _missing_map(script, script.facts.reference, sizes, tree)
    own = source_map.facts.source_map if source_map else script.facts.source_map
    path = source_map.path if source_map else script.path
    size = script.member.size
    if not size:
        yield from _empty_script(script, own, sizes)
    elif own and not own.problem and not own.lines and size > _TRIVIAL_BYTES:
        yield Finding(
            path,
            "bad-map",
            f"has no mappings, but {script.path} has {size} bytes of code; build both again",
        )
    elif own and maps_more_lines(own, script.pairing_script):
        yield Finding(
            path,
            "bad-map",
            f"maps {own.lines} lines, but {script.path} has {all_lines(script.pairing_script)}: "
            "script and map are not from the same build; build both again",
        )


def _empty_script(
    script: File, own: MapFacts | None, sizes: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield the finding of an empty script that once had content; other empty ones are usual."""
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
    script: File, reference: str, sizes: Mapping[str, int], tree: SourceTree | None
) -> Finding:
    relative = tuple(sourcemaps.relative_references(script.name, reference))
    wanted = (sourcemaps.referenced_path(script.path, each) for each in relative)
    unselected = next((path for path in wanted if path in sizes), None)
    on_disk = (tree.find(script.path, each) for each in relative) if tree else iter(())
    rule = "missing-map"
    if unselected and is_script(unselected):
        advice = "which is a script, not a source map; fix its sourceMappingURL comment"
    elif unselected:
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
        problem = facts.problem.removesuffix("; build it again")
        message = f"no source map can be read from it: {problem}; build it again"
        yield Finding(path, "bad-map", message)


def _not_javascript(file: File) -> Iterator[Finding]:
    if file.facts.other_content:
        yield Finding(
            file.path,
            "not-javascript",
            f"is no JavaScript, but {file.facts.other_content}: it gets no debug id; give it "
            "another name, or leave it out with `exclude` if no stack trace needs it",
        )


def _two_debug_ids(file: File) -> Iterator[Finding]:
    *others, last = file.facts.ids.registered or ("",)
    if others:
        yield Finding(
            file.path,
            "two-debug-ids",
            f"registers the debug ids {', '.join(others)} and {last}: its events have the last "
            "one, so that one counts; let only one tool make debug ids",
        )


def _not_utf_8(file: File) -> Iterator[Finding]:
    if file.facts.wrong_from is not None and file.facts.other_content is None:
        yield Finding(
            file.path,
            "not-utf-8",
            f"is not UTF-8, from byte {file.facts.wrong_from} on: Sentry does not find such a file "
            "in an artifact bundle, and may read a release file wrongly; let the build write UTF-8",
        )


def _lone_map(path: str, pairing: Pairing) -> Finding:
    return Finding(
        path,
        "map-without-script",
        f"belongs to no script: {pairing.reason_alone(path)}; fix the script's sourceMappingURL "
        "comment, or leave the map out with `exclude`",
    )


def _same_debug_ids(scripts: Sequence[File], debug_ids: Mapping[str, str]) -> Iterator[Finding]:
    owners: dict[str, list[File]] = {}
    for script in scripts:
        if script.path in debug_ids:
            owners.setdefault(debug_ids[script.path], []).append(script)
    for debug_id, group in owners.items():
        others = [each.path for each in group[1:] if not _same_code(each, group[0])]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            yield Finding(
                group[0].path,
                "same-debug-id",
                f"has the debug id {debug_id}, as {others[0]}{more} with other content has; Sentry "
                "would take one map for all: let the build give each its own id",
            )


def _same_code(one: File, other: File) -> bool:
    """Return whether two scripts are the same except for the references in their comments."""
    if one.facts.sha1 == other.facts.sha1:
        return True
    # No reference is longer than that; so the scripts need not be read.
    if abs(one.member.size - other.member.size) > _LONGEST_REFERENCE:
        return False
    return same_code(read_whole(one.member), read_whole(other.member))
