"""References: which source map a script means."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.assets.sourcemaps import (
    TAIL_BYTES,
    ReferenceFinder,
    find_map,
    is_inline,
    sourcemap_header,
)


def reference(script: str | bytes, block: int = 1 << 20) -> str | None:
    content = script.encode() if isinstance(script, str) else script
    finder = ReferenceFinder()
    for start in range(0, len(content), block):
        finder.feed(content[start : start + block])
    return finder.reference()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a()\n//# sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n\n", "a.js.map"),
        ("a()\r\n//# sourceMappingURL=a.js.map\r\n", "a.js.map"),
        ("a()\n//@ sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n  //#  sourceMappingURL=a.js.map  ", "a.js.map"),
        ("a();//# sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n//# sourceMappingURL=../maps/a.js.map?v=1", "../maps/a.js.map?v=1"),
        ("a()\n//# sourceMappingURL=https://h/a.js.map", "https://h/a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n//# debugId=1-2", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n/* end */", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n/*! licence\n * of a\n */\n", "a.js.map"),
        ("a()\n//# sourceMappingURL=one.map\n//# sourceMappingURL=two.map", "two.map"),
        ("a()\u2028//# sourceMappingURL=a.js.map", "a.js.map"),
        ("", None),
        ("a()", None),
        ("a()\n//# sourceMappingURL=", None),
        ("a()\n//# sourceMappingURL=a b.map", None),
        ('x="//# sourceMappingURL=worker.js.map"', None),
        ('x="//# sourceMappingURL="+y', None),
        ("x=`\n//# sourceMappingURL=worker.js.map\n`", None),
        ('x="\\n//# sourceMappingURL=worker.js.map";\n//# sourceMappingURL=a.js.map', "a.js.map"),
        ("//# sourceMappingURL=a.js.map\nmore()", None),
        ("/*# sourceMappingURL=a.css.map */", None),
    ],
)
def test_the_last_comment_behind_all_code_counts(script: str, expected: str | None) -> None:
    assert reference(script) == expected


@pytest.mark.parametrize("block", [1, 7, 1000, TAIL_BYTES, 1 << 20])
def test_a_long_script_is_read_in_blocks(block: int) -> None:
    script = "x=1;" * 40_000 + "\n//# sourceMappingURL=a.js.map\n"
    assert reference(script, block=max(block, 64)) == "a.js.map"


def test_bytes_that_are_not_utf_8_do_no_harm() -> None:
    assert reference(b"a('\xff\xfe')\n//# sourceMappingURL=a.js.map") == "a.js.map"


def test_an_inline_map_is_one_that_needs_no_header() -> None:
    assert is_inline("data:application/json;base64,e30=")
    assert not is_inline("database.js.map")


NAMES = {
    "shop/static/app.js": "~/static/app.js",
    "shop/static/app.js.map": "~/static/app.js.map",
    "shop/maps/a b.map": "~/maps/a%20b.map",
    "shop/cdn.map": "https://cdn.example/cdn.map",
}
CDN = "https://cdn.example"
BY_NAME = {name: path for path, name in NAMES.items()}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("app.js.map", "shop/static/app.js.map"),
        ("./app.js.map?v=1#x", "shop/static/app.js.map"),
        ("../maps/a%20b.map", "shop/maps/a b.map"),
        ("/static/app.js.map", "shop/static/app.js.map"),
        ("~/static/app.js.map", "shop/static/app.js.map"),
        ("http://any.example/static/app.js.map", "shop/static/app.js.map"),
        ("https://cdn.example/cdn.map", "shop/cdn.map"),
        ("gone.js.map", None),
        ("../../../../etc/passwd", None),
        ("https://cdn.example/other.map", None),
    ],
)
def test_a_reference_is_followed_in_the_wheel_and_by_url(given: str, found: str | None) -> None:
    assert find_map("shop/static/app.js", "~/static/app.js", given, NAMES, BY_NAME) == found


@pytest.mark.parametrize(
    ("script", "given", "map_name", "header"),
    [
        ("~/static/app.js", "app.js.map", "~/static/app.js.map", "app.js.map"),
        ("~/static/app.js", "app.js.map", None, "app.js.map"),
        ("~/js/app.js", "app.js.map", "~/maps/app.js.map", "/maps/app.js.map"),
        ("~/js/grün.js", "grün.js.map", "~/js/gr%C3%BCn.js.map", "/js/gr%C3%BCn.js.map"),
        ("~/app.js", "app.js.map", f"{CDN}/app.js.map", f"{CDN}/app.js.map"),
        (f"{CDN}/a/app.js", "app.js.map", f"{CDN}/a/app.js.map", "app.js.map"),
    ],
)
def test_the_header_leads_to_the_name_that_the_map_has(
    script: str, given: str, map_name: str | None, header: str
) -> None:
    assert sourcemap_header(script, given, map_name) == header
