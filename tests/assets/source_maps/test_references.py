"""References: which source map a script means."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.assets.source_maps.references import (
    is_inline,
    sourcemap_header,
)


def test_an_inline_map_is_one_that_needs_no_header() -> None:
    assert is_inline("data:application/json;base64,e30=")
    assert not is_inline("database.js.map")


CDN = "https://cdn.example"


@pytest.mark.parametrize(
    ("script", "given", "map_name", "header"),
    [
        ("~/static/app.js", "app.js.map", "~/static/app.js.map", "app.js.map"),
        ("~/static/app.js", "app.js.map", None, "app.js.map"),
        ("~/static/app.js", "~/static/app.js.map", "~/static/app.js.map", "/static/app.js.map"),
        ("~/static/app.js", "~/gone.js.map", None, "/gone.js.map"),
        ("~/static/app.js", None, "~/static/app.js.map", "app.js.map"),
        ("~/static/a:b.js", None, "~/static/a:b.js.map", "/static/a:b.js.map"),
        ("~/js/app.js", "app.js.map", "~/maps/app.js.map", "/maps/app.js.map"),
        ("~/js/grün.js", "grün.js.map", "~/js/gr%C3%BCn.js.map", "/js/gr%C3%BCn.js.map"),
        ("~/app.js", "app.js.map", f"{CDN}/app.js.map", f"{CDN}/app.js.map"),
        ("~/js/app.js", r"..\maps\app.js.map", "~/maps/app.js.map", "../maps/app.js.map"),
        ("~/js/app.js", r"maps\gone.map?a\b", None, "maps/gone.map?a%5Cb"),
        ("~/js/app.js", " a\tp\np.js.map\x0c", None, "app.js.map"),
        ("~/js/app.js", "a\x0bb\x7f.map", None, "a%0Bb%7F.map"),
        ("~/my app.js", "my app.js.map", "~/my%20app.js.map", "/my%20app.js.map"),
        (f"{CDN}/a/app.js", "app.js.map", f"{CDN}/a/app.js.map", "app.js.map"),
    ],
)
def test_the_header_leads_to_the_name_that_the_map_has(
    script: str, given: str | None, map_name: str | None, header: str
) -> None:
    assert sourcemap_header(script, given, map_name) == header
