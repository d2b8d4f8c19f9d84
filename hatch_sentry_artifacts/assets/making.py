"""Makes the assets of a file: one for each name that it is uploaded under."""

from __future__ import annotations

from collections.abc import Iterator

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.file_facts import File
from hatch_sentry_artifacts.assets.naming.naming import Named
from hatch_sentry_artifacts.assets.source_maps import references as sourcemaps


def make_assets(
    file: File, source_map: File | None, debug_id: str | None, named: Named
) -> Iterator[Asset]:
    """Yield the file under its first name, and a script under its other names, too.

    A map needs none of those: the headers of all of them lead to its first name.
    """
    first = named.names[0]
    for name in named.names if not file.facts.is_map else (first,):
        yield Asset(
            file.path,
            name,
            file.member.size,
            file.facts.sha1,
            file.facts.crc32,
            _headers(file, source_map, name),
            file.member.open,
            debug_id,
            file.member.deflated,
            registers_id=debug_id in file.facts.ids.registered,
            carries_map=file.facts.source_map is not None and not file.facts.is_map,
            named_as_map=file.facts.is_map,
            rule=named.rule.name,
            also_named="" if name == first else first,
        )


def _headers(file: File, source_map: File | None, name: str) -> dict[str, str]:
    reference = file.facts.reference
    if not (reference or source_map):
        return {}
    map_name = source_map.name if source_map else None
    return {"Sourcemap": sourcemaps.sourcemap_header(name, reference, map_name)}
