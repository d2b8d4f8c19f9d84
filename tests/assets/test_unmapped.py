"""Scripts without a source map: which are told, what wrote them, and what is not told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.assets.scripts.writers import find_writer
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.scripts.outputs import OUTPUTS, UNKNOWN, written
from tests.support import make_wheel

MINIFIED = b"function f(a){return a.b.c.d(" + b"a+1," * 60 + b"0)}f({});"


def collected(
    tmp_path: Path, files: Mapping[str, bytes], tree: SourceTree | None = None
) -> Collection:
    wheel = make_wheel(tmp_path, files={f"shop/static/{path}": files[path] for path in files})
    with open_distribution(wheel) as distribution:
        return collect(distribution, include=DEFAULT_PATTERNS, embedding=Embedding(tree))


def only(found: Collection) -> Finding:
    (finding,) = found.findings
    return finding


@pytest.mark.parametrize(
    ("tool", "script"), [(tool, script) for tool, scripts in OUTPUTS.items() for script in scripts]
)
def test_a_tool_is_recognized_by_its_marks(tool: str, script: bytes) -> None:
    writer = find_writer(script)

    assert writer is not None
    assert writer.name == tool


@pytest.mark.parametrize("script", UNKNOWN)
def test_what_has_no_marks_is_of_no_known_tool(script: bytes) -> None:
    assert find_writer(script) is None


def test_a_bundle_without_maps_is_told_with_the_switch_of_its_bundler(tmp_path: Path) -> None:
    found = collected(tmp_path, {"app.js": written("Vite")})

    assert str(only(found)) == (
        "shop/static/app.js: 1 of 1 scripts has no source map, so that Sentry cannot show original "
        "lines; Vite wrote it: set `build.sourcemap: true` in vite.config [no-map]"
    )


def test_small_chunks_are_told_with_the_bundle_beside_them(tmp_path: Path) -> None:
    files = {
        "assets/lazy-Bb1ENc1v.js": b"export const a=1;",
        "assets/cart-B_1ENc-v.js": b"export const b=1;",
        "assets/euro-Cb1ENc1v.js": b"export const c=1;",
        "assets/index-D9gUToFQ.js": written("Vite"),
        "theme.js": b"document.body.className = 'dark';\n",
    }
    finding = only(collected(tmp_path, files))

    assert (finding.rule, len(finding.others)) == ("no-map", 3)
    assert str(finding).startswith("shop/static/assets/index-D9gUToFQ.js, ")
    assert " and 1 more: 4 of 5 scripts have no source map" in str(finding)


def test_helpers_of_another_tool_in_a_bundle_are_not_taken_for_its_bundler(
    tmp_path: Path,
) -> None:
    files = {"app.js": written("webpack"), "chunk-12345678.js": written("esbuild")}
    finding = only(collected(tmp_path, files))

    assert "webpack wrote them" in finding.message
    assert finding.others == ("shop/static/chunk-12345678.js",)


def test_two_front_ends_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    files = {
        "shop/main.js": written("webpack"),
        "shop/small-0a1b2c3d.js": b"export const a=1;",
        "admin/index.js": written("Vite"),
        "admin/small-0a1b2c3d.js": b"export const a=1;",
    }
    found = {each.path: each for each in collected(tmp_path, files).findings}

    assert "webpack wrote them" in found["shop/static/shop/main.js"].message
    assert found["shop/static/shop/main.js"].others == ("shop/static/shop/small-0a1b2c3d.js",)
    assert "Vite wrote them" in found["shop/static/admin/index.js"].message


def test_minified_scripts_of_an_unknown_tool_are_told_too(tmp_path: Path) -> None:
    finding = only(collected(tmp_path, {"app.js": MINIFIED}))

    assert "let the tool that wrote it write source maps too" in finding.message


def test_scripts_that_people_wrote_are_not_told(tmp_path: Path) -> None:
    found = collected(tmp_path, {"app.js": b"// A\n" * 200, "b.js": b"a();", "empty.js": b""})

    assert (found.findings, found.note) == ((), "")


def test_libraries_are_counted_and_not_listed(tmp_path: Path) -> None:
    files = {
        "jquery.min.js": MINIFIED,
        "vendor/chart.js": written("Rollup"),
        "app.js": b"a();\n",
    }
    found = collected(tmp_path, files)

    assert found.findings == ()
    assert found.note.startswith("2 of 3 scripts are libraries without a source map")


def test_a_bundle_that_is_called_as_libraries_are_is_told_if_all_are(tmp_path: Path) -> None:
    files = {"app.min.js": MINIFIED, "jquery.min.js": b"/*! jQuery v3.7.1 | MIT */" + MINIFIED}
    found = collected(tmp_path, files)

    assert (only(found).path, only(found).others) == ("shop/static/app.min.js", ())
    assert found.note.startswith("1 of 2 scripts is a library without")


def test_a_map_without_reference_that_the_build_leaves_out_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "shop" / "static"
    folder.mkdir(parents=True)
    folder.joinpath("app.js.map").write_bytes(b"{}")
    tree = SourceTree(tmp_path / "src", lambda path: tmp_path / "src" / path)
    finding = only(collected(tmp_path, {"app.js": MINIFIED}, tree))

    assert finding.rule == "map-left-out"
    assert "on disk there is shop/static/app.js.map, which the build leaves out" in finding.message


def test_scripts_that_are_no_javascript_are_not_told(tmp_path: Path) -> None:
    found = collected(tmp_path, {"data.js": b'{"a": "' + b"x" * 900 + b'"}'})

    assert [each.rule for each in found.findings] == ["not-javascript"]
