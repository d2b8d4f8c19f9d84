"""Formats an explanation as lines for people, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hatch_sentry_artifacts.explain.artifacts import (
    Artifact,
    Candidate,
    CandidateStatus,
    Place,
    Search,
)
from hatch_sentry_artifacts.explain.explanation import (
    COMMENT,
    Explanation,
    MapLink,
)
from hatch_sentry_artifacts.explain.near_misses import NearMiss
from hatch_sentry_artifacts.explain.source_map import Original

WIDTH = 80
_LONGEST_REFERENCE = 200
_TAB = "    "
_STATUSES = {
    CandidateStatus.ANSWERS: "answers",
    CandidateStatus.ABSENT: "not there",
    CandidateStatus.OTHER_DIST: "other dist",
    CandidateStatus.NOT_ASKED: "not asked",
}
_PLACES = {
    Place.DEBUG_ID: "by debug id",
    Place.BUNDLES: "in artifact bundles",
    Place.FILES: "in release files",
}


def explanation_lines(found: Explanation, *, labelled: bool = True) -> Iterator[str]:
    """Yield the explanation, up to 80 columns wide if names and URLs are short enough.

    With `labelled`, it says where the artifacts are.
    """
    yield from wrapped(_place(found))
    if labelled:
        yield from wrapped(f"in {found.artifacts.label}")
    yield ""
    yield "Script"
    yield from _search(found.script, found.artifacts.debug_id)
    if found.link is not None:
        yield ""
        yield "Source map"
        yield from _link(found.link, found.artifacts.debug_id)
    if found.original is not None:
        yield ""
        yield "Original"
        yield from _original(found.original)
    yield ""
    yield from wrapped(_conclusion(found))
    for caveat in found.caveats:
        yield from wrapped(f"But {caveat}{'' if caveat.endswith('?') else '.'}")


def explanation_object(found: Explanation) -> dict[str, Any]:
    """Return the explanation as an object of JSON."""
    link = found.link
    return {
        "url": found.position.url,
        "line": found.position.line,
        "column": found.position.column,
        "source": found.artifacts.label,
        "release": found.artifacts.release,
        "dist": found.artifacts.dist,
        "debug_id": found.artifacts.debug_id,
        "script": _search_object(found.script),
        "map": link
        and {
            "reference": link.reference and _short(link.reference),
            "found_in": link.found_in,
            "inline": link.inline,
            **(_search_object(link.search) if link.search else {}),
        },
        "original": found.original and _original_object(found.original),
        "resolved": found.resolved,
        **({"caveats": list(found.caveats)} if found.caveats else {}),
        "reason": found.reason or (str(found.error) if found.error else None),
    }


def original_place(original: Original) -> str:
    """Return the place in the source, and the function around it."""
    function = f", in {original.function}" if original.function else ""
    return f"{original.source}:{original.line}:{original.column}{function}"


def _place(found: Explanation) -> str:
    position = found.position
    line = f", line {position.line}" if position.line else ""
    return position.url + line + (f", column {position.column}" if position.column else "")


def _conclusion(found: Explanation) -> str:
    if found.reason:
        return f"It does not resolve: {found.reason}."
    if found.error:
        return "Whether it resolves is not known, since the files could not be looked into."
    if found.position.line is None:
        return "Script and map are there. With :LINE:COLUMN the original position is shown too."
    if found.position.column is None:
        return (
            "It resolves, here by the first thing in that line. Sentry needs a column for that: "
            "frames without one stay as they are."
        )
    return "It resolves."


def _search(search: Search, debug_id: str | None) -> Iterator[str]:
    place = Place.FILES
    answered = False
    for each in search.candidates:
        if each.place is not place:
            place = each.place
            yield f"  {_PLACES[place]}:"
        yield f"  {_STATUSES[each.status]:<11} {each.name}"
        if each.status is CandidateStatus.OTHER_DIST:
            yield from wrapped(f"only {_dists(each.dists)}", indent=14)
        if each.note:
            yield from wrapped(each.note, indent=14)
        if each.status is CandidateStatus.ANSWERS and search.artifact is not None and not answered:
            answered = True
            yield from _answer(search.artifact, each, debug_id)
    if search.near:
        yield "  Names that come near:"
    for near in search.near:
        dist = f" ({_dists([near.dist])})" if near.dist is not None else ""
        yield f"    {near.name}{dist}"
        yield from wrapped(near.reason, indent=6)


def _answer(artifact: Artifact, candidate: Candidate, debug_id: str | None) -> Iterator[str]:
    """Return a description of the artifact that was found."""
    if candidate.place is Place.DEBUG_ID:
        yield f"{'':14}{artifact.name}"
    of = [f"artifact bundle {artifact.bundle}"] if artifact.bundle is not None else []
    of += [_dists([artifact.dist])] if artifact.dist is not None else []
    if of:
        yield from wrapped(f"of {', '.join(of)}", indent=14)
    if candidate.place is not Place.DEBUG_ID and artifact.debug_id is not None:
        other = debug_id not in {None, artifact.debug_id}
        mistaken = ": it is that of another build" if other else ""
        yield from wrapped(f"its debug id is {artifact.debug_id}{mistaken}", indent=14)


def _dists(dists: Iterable[str | None]) -> str:
    return " and ".join("no dist" if dist is None else f"dist {dist}" for dist in dists)


def _link(link: MapLink, debug_id: str | None) -> Iterator[str]:
    where = "the comment in the script" if link.found_in == COMMENT else f"header {link.found_in}"
    if link.search is None:
        yield from wrapped(f"in the script itself, by {where}", indent=2)
        return
    if link.reference is not None:
        yield from wrapped(f"{where}: {_short(link.reference)}", indent=2)
    yield from _search(link.search, debug_id)


def _original(original: Original) -> Iterator[str]:
    yield f"  {original.source}:{original.line}:{original.column}"
    yield f"  function: {original.function or 'unknown'}"
    if original.name:
        yield f"  name there: {original.name}"
    if not original.excerpt:
        yield from wrapped("the map holds no text of that source", indent=2)
        return
    yield ""
    yield from _excerpt(original)


def _excerpt(original: Original) -> Iterator[str]:
    """Yield the lines with their numbers, cropped to the width around the marked place."""
    digits = len(str(original.excerpt[-1][0]))
    room = WIDTH - digits - 5
    marked = next(text for number, text in original.excerpt if number == original.line)
    marker = len(marked[: original.marker].replace("\t", _TAB))
    first = max(0, marker - room * 2 // 3) if marker >= room else 0
    for number, text in original.excerpt:
        shown = _cropped(text.replace("\t", _TAB), first, room)
        yield f"  {number:>{digits}} | {shown}".rstrip()
        if number == original.line:
            yield f"  {'':>{digits}} | {'^':>{marker - first + 1}}"


def _cropped(text: str, first: int, room: int) -> str:
    """Return the part of a line that fits, with marks where it was cut."""
    shown = text[first : first + room]
    if first and shown:
        shown = "…" + shown[1:]
    return shown[:-1] + "…" if len(text) > first + room else shown


def wrapped(text: str, indent: int = 0) -> Sequence[str]:
    """Return the text in lines of up to 80 columns; a word that is longer stays whole."""
    space = " " * indent
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _short(reference: str) -> str:
    if len(reference) <= _LONGEST_REFERENCE:
        return reference
    return reference[: _LONGEST_REFERENCE - 1] + "…"


def _search_object(search: Search) -> dict[str, Any]:
    return {
        "url": search.url,
        "candidates": [_candidate_object(each) for each in search.candidates],
        "artifact": search.artifact and _artifact_object(search.artifact),
        "near": [_near_object(each) for each in search.near],
    }


def _candidate_object(candidate: Candidate) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "place": candidate.place.value,
        "status": candidate.status.value,
        "dists": list(candidate.dists),
        "note": candidate.note,
    }


def _artifact_object(artifact: Artifact) -> dict[str, Any]:
    return {
        "name": artifact.name,
        "dist": artifact.dist,
        "bundle": artifact.bundle,
        "debug_id": artifact.debug_id,
        "size": artifact.size,
        "headers": dict(artifact.headers),
    }


def _near_object(near: NearMiss) -> dict[str, Any]:
    return {"name": near.name, "dist": near.dist, "reason": near.reason}


def _original_object(original: Original) -> dict[str, Any]:
    return {
        "source": original.source,
        "line": original.line,
        "column": original.column,
        "function": original.function,
        "name": original.name,
        "excerpt": [{"line": number, "text": text} for number, text in original.excerpt],
    }
