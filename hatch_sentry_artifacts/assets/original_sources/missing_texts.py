"""Finds the sources whose text a map lacks, and says how to provide it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps
from hatch_sentry_artifacts.assets.source_maps.facts import MapFacts

# Sources made by bundlers, which have no file and often no text.
_GENERATED = re.compile(
    r"(?:webpack://[^/]*/+)?(?:webpack/|\(webpack\)|external |ignored[ |]|container entry|"
    r"(?:consume|provide) (?:shared )?module|multi )|.*[| ](?:sync|lazy|namespace object)\b"
    r"|[\x00<]|rolldown:|vite/|\[synthetic:"
)
_SHOWN_SOURCES = 2
_OFFER = ', or set `sources-content = "embed"`: {} of them can be read from the project'
_NO_FILE = (
    ", as no such UTF-8 file of a source's type (.ts, .vue and others, but not .json) is in the "
    "project's folder"
)
_NO_TREE = (
    ', as `sources-content = "embed"` reads files that a finished wheel is without; it works where '
    "the wheel is built"
)


def lacking_texts(
    path: str,
    facts: MapFacts,
    names: Mapping[str, str],
    offer: Callable[[Sequence[str]], str] = lambda _: "",
) -> Iterator[Finding]:
    """Yield the findings about the map at `path`; `names` has the names of all uploads, by path."""
    lacking = [each for each in facts.lacking_content if not _needs_no_text(path, each, names)]
    if lacking:
        shown = ", ".join(lacking[:_SHOWN_SOURCES]) + (", …" if lacking[_SHOWN_SOURCES:] else "")
        yield Finding(
            path,
            "no-sources-content",
            f"lacks the text of {len(lacking)} of {facts.sources} sources ({shown}), so that "
            "Sentry cannot show their lines; let the bundler write `sourcesContent`"
            + offer(lacking),
        )


def offer_of_texts(
    path: str, tree: SourceTree | None, *, embedded: bool
) -> Callable[[Sequence[str]], str]:
    """Return a hint for a map at `path` that lacks the texts of some sources."""

    def offer(lacking: Sequence[str]) -> str:
        if tree is None:
            return _NO_TREE if embedded else ""
        if embedded:
            return _NO_FILE
        there = sum(tree.text(path, source) is not None for source in lacking)
        return _OFFER.format(there) if there else ""

    return offer


def _needs_no_text(path: str, source: str, names: Mapping[str, str]) -> bool:
    """Return whether a bundler made the source, or the source is uploaded as a file."""
    generated = _GENERATED.match(source) is not None
    return generated or sourcemaps.referenced_path(path, source) in names
