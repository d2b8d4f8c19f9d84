"""Follows a place in a script to its artifact, to the map, and to the original."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.assets.scripts.comments import read_ending
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.assets.source_maps.references import is_inline
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.explain.artifacts import (
    Artifact,
    Artifacts,
    CandidateStatus,
    Kind,
    Place,
    Search,
)
from hatch_sentry_artifacts.explain.position import Position
from hatch_sentry_artifacts.explain.source_map import (
    CONTEXT_LINES,
    MAPS_NOTHING,
    Original,
    Unresolved,
    find_original,
    read_map,
    require_ecma426,
)
from hatch_sentry_artifacts.explain.urls import map_url

# In the order in which Sentry asks for them.
_HEADERS = ("Sourcemap", "X-SourceMap")
COMMENT = "comment"
BY_DEBUG_ID = Place.DEBUG_ID.value


@dataclass(frozen=True)
class MapLink:
    """The link from a script to its map.

    `found_in` is the header's name, or COMMENT, or BY_DEBUG_ID, which needs no reference. `search`
    is None for a map that is in the reference itself.
    """

    reference: str | None
    found_in: str
    search: Search | None

    @property
    def inline(self) -> bool:
        """Whether the reference is the map."""
        return self.search is None


@dataclass(frozen=True)
class Explanation:
    """The steps of the resolution, up to its end.

    `caveats` name the servers with another result. `reason` says why the place is not resolved;
    `error` is set if that is not the artifacts' fault, so that the result is unknown.
    """

    position: Position
    artifacts: Artifacts
    script: Search
    link: MapLink | None = None
    original: Original | None = None
    caveats: tuple[str, ...] = ()
    reason: str | None = None
    error: SentryArtifactsError | None = None

    @property
    def resolved(self) -> bool:
        """Whether Sentry would show the original; without a line, whether the map is there."""
        return self.reason is None and self.error is None

    @property
    def maps_nothing(self) -> bool:
        """Whether the map is there, and is empty."""
        return self.reason == MAPS_NOTHING


def explain(
    position: Position, artifacts: Artifacts, *, context: int = CONTEXT_LINES
) -> Explanation:
    """Explain how Sentry resolves `position` with the artifacts.

    The excerpt of the original has up to `context` lines before and behind the place.
    """
    found = Explanation(position, artifacts, artifacts.find(Kind.SCRIPT, position.url))
    try:
        script = _answering(found.script, artifacts, "script")
        link = _link_by_debug_id(artifacts)
        if link is None:
            script = script.completed()
            found = replace(found, script=replace(found.script, artifact=script))
            link = _link(position.url, script, artifacts)
        found = replace(found, link=link)
        source_map = _answering(link.search, artifacts, "map") if link.search else None
        if position.line is not None:
            content = _map_content(link, source_map)
            original = find_original(
                read_map(content),
                position.line,
                position.column,
                lambda: script.read().decode("utf-8", "replace"),
                context=context,
            )
            found = replace(found, original=original)
    except Unresolved as problem:
        return replace(found, reason=str(problem))
    except SentryArtifactsError as error:
        return replace(found, error=error)
    return replace(found, caveats=tuple(_caveats(found)))


def _caveats(found: Explanation) -> Iterator[str]:
    """Return the servers on which a frame that resolves here does not, as tests on them showed."""
    by_id = any(
        each.place is Place.DEBUG_ID and each.status is CandidateStatus.ANSWERS
        for each in found.script.candidates
    )
    if by_id and found.link is not None and found.link.found_in != BY_DEBUG_ID:
        which = "a map inside of it" if found.link.inline else "a map that it refers to"
        yield (
            "the script is found by its debug id, and for such a script older servers (Sentry "
            f"23.7.1, for one) look for a map of the same debug id alone, not for {which}"
        )
    if found.original is not None and found.original.near:
        yield (
            "the map maps nothing there, and this is its mapping before that place, or its first: "
            "Sentry shows that up to August 2025; later versions leave the frame as it is. Is it "
            "the map of another build, or the line that of another script?"
        )


def _answering(search: Search, artifacts: Artifacts, what: str) -> Artifact:
    if search.artifact is None:
        asked = "URL" if artifacts.debug_id is None else "debug id or URL"
        raise Unresolved(f"no artifact answers for the {what}'s {asked}")
    return search.artifact


def _link_by_debug_id(artifacts: Artifacts) -> MapLink | None:
    """Return the link to the map with the event's debug id, if there is one."""
    search = artifacts.find(Kind.MAP, None)
    return MapLink(None, BY_DEBUG_ID, search) if search.artifact is not None else None


def _link(url: str, script: Artifact, artifacts: Artifacts) -> MapLink:
    for header in _HEADERS:
        reference = script.header(header)
        if reference:
            break
    else:
        header = COMMENT
        reference = read_ending(script.read()).url
    if reference is None:
        also = "" if artifacts.debug_id is None else ", and no map has the debug id"
        raise Unresolved(f"the script refers to no map, by header or by comment{also}")
    if is_inline(reference):
        return MapLink(reference, header, None)
    return MapLink(reference, header, artifacts.find(Kind.MAP, map_url(url, reference)))


def _map_content(link: MapLink, source_map: Artifact | None) -> bytes:
    require_ecma426()
    if source_map is not None:
        return source_map.read()
    try:
        return read_inline_map((link.reference or "").encode()).content
    except SentryArtifactsError as error:
        raise Unresolved(str(error)) from None
