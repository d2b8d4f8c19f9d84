"""A place in what ships leads to the same line of TypeScript as in what was built."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.explain.source_map import Unresolved, find_original, read_map

pytest.importorskip("ecma426")

BUNDLE = Path(__file__).parents[1] / "explain/bundle/static"
REFERENCE = "//# sourceMappingURL="


def _original(source_map: bytes, script: str, line: int, column: int) -> tuple[str, int] | None:
    try:
        found = find_original(read_map(source_map), line, column, lambda: script)
    except Unresolved:
        return None
    return found.source, found.line


@pytest.mark.integration  # for it starts node for many places
@pytest.mark.parametrize("inject", [False, True], ids=["strip", "strip and inject"])
@pytest.mark.parametrize("name", ["page.js", "bare.js", "inline.js"])
def test_every_place_keeps_its_original(tmp_path: Path, name: str, *, inject: bool) -> None:
    sources = {f"shop/{each.name}": each for each in BUNDLE.iterdir()}
    shipment = prepare_shipment(
        sources,
        tmp_path,
        include=DEFAULT_PATTERNS,
        exclude=(),
        paths=None,
        inject=inject,
        strip=True,
    )
    before = (BUNDLE / name).read_text("utf-8")
    code, _, reference = before.partition(REFERENCE)
    beside = BUNDLE / f"{name}.map"
    inline = reference.strip().encode()
    given = beside.read_bytes() if beside.exists() else read_inline_map(inline).content
    after = shipment.changed.get(f"shop/{name}", BUNDLE / name).read_text("utf-8")
    map_after = shipment.unshipped[f"shop/{name}.map"].read_bytes()

    assert REFERENCE not in after
    moved = 1 if inject else 0
    found = 0
    for number, text in enumerate(code.splitlines(), 1):
        assert after.split("\n")[number - 1 + moved] == text
        for column in range(1, len(text) + 1, 7):
            original = _original(given, before, number, column)
            assert _original(map_after, after, number + moved, column) == original
            found += original is not None
    assert found > 50
