"""What a wheel ships, and what the server holds, where maps are stripped and debug ids put in."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from .front_end import (
    front_end,
    in_package,
    in_sdist,
    integrity,
    script,
    shipped,
    source_map,
    tree,
    with_inline_map,
)
from .press import AS_FILES, INJECT, STRIP, Press

MAPS = {"static/app.js.map", "static/app.js.map.gz"}
DEBUG_ID = re.compile(rb"//# debugId=([0-9a-f-]{36})\n")


def _named(files: dict[str, bytes]) -> dict[str, bytes]:
    """Scripts and their maps, by their URL names."""
    scripts = (".js", ".js.map")
    return {f"~/{path}": each for path, each in files.items() if path.endswith(scripts)}


def test_strip_leaves_the_maps_and_the_comments_out_and_uploads_what_ships(press: Press) -> None:
    press.configure(STRIP)
    before = tree(press.folder)
    result = press.build()

    assert result.code == 0, result.output
    given = front_end()
    files = in_package(shipped(press.wheel))
    assert files.keys() == given.keys() - MAPS
    assert files["static/app.js"] == script("app.js") + b"\n"
    assert files["static/inline.js"] == script("inline.js") + b"\n"
    assert gzip.decompress(files["static/app.js.gz"]) == files["static/app.js"]
    assert integrity(files["static/app.js"]).encode() in files["templates/page.html"]
    same = {"static/plain.js", "static/site.css", "static/site.css.map"}
    assert {path: files[path] for path in same} == {path: given[path] for path in same}
    held = press.on_server()
    assert held == {
        **_named(files),
        "~/static/app.js.map": source_map("app.js"),
        "~/static/inline.js.map": source_map("inline.js"),
    }
    assert press.map_of("~/static/app.js") == "app.js.map"
    assert press.map_of("~/static/inline.js") == "inline.js.map"
    assert press.map_of("~/static/plain.js") is None
    assert not [line for line in result.lines if "warning" in line]
    assert tree(press.folder, "dist", "build", "press.egg-info") == before
    assert not list(press.temporary.iterdir())


def test_inject_gives_scripts_and_maps_one_id_and_ships_both(press: Press) -> None:
    press.configure(INJECT, AS_FILES)
    before = tree(press.folder)
    result = press.build()

    assert result.code == 0, result.output
    given = front_end()
    files = in_package(shipped(press.wheel))
    assert files.keys() == given.keys()
    (debug_id,) = DEBUG_ID.findall(files["static/app.js"])
    assert json.loads(files["static/app.js.map"])["debugId"] == debug_id.decode()
    assert b"//# sourceMappingURL=app.js.map\n" in files["static/app.js"]
    for name in ("inline.js", "plain.js"):
        assert DEBUG_ID.search(files[f"static/{name}"])
    for name in ("static/app.js", "static/app.js.map"):
        assert gzip.decompress(files[f"{name}.gz"]) == files[name]
    assert integrity(files["static/app.js"]).encode() in files["templates/page.html"]
    assert files["static/site.css.map"] == given["static/site.css.map"]
    assert press.on_server() == _named(files)
    assert tree(press.folder, "dist", "build", "press.egg-info") == before
    assert not list(press.temporary.iterdir())


@pytest.mark.smoke
def test_both_together_give_maps_with_ids_that_only_the_server_holds(press: Press) -> None:
    press.configure(STRIP, INJECT, AS_FILES)
    result = press.build()

    assert result.code == 0, result.output
    files = in_package(shipped(press.wheel))
    assert files.keys() == front_end().keys() - MAPS
    held = press.on_server()
    assert {name: held[name] for name in _named(files)} == _named(files)
    for name in ("app.js", "inline.js"):
        content = files[f"static/{name}"]
        (debug_id,) = DEBUG_ID.findall(content)
        assert json.loads(held[f"~/static/{name}.map"])["debugId"] == debug_id.decode()
        assert b"sourceMappingURL" not in content
        assert press.map_of(f"~/static/{name}") == f"{name}.map"
    assert integrity(files["static/app.js"]).encode() in files["templates/page.html"]
    assert gzip.decompress(files["static/app.js.gz"]) == files["static/app.js"]


def test_two_builds_give_the_same_wheel_and_send_nothing_again(press: Press) -> None:
    press.configure(STRIP, INJECT)
    epoch = {"SOURCE_DATE_EPOCH": "1700000000"}
    assert press.build(**epoch).code == 0
    first = press.wheel.read_bytes()
    press.wheel.unlink()
    result = press.build(**epoch)

    assert press.wheel.read_bytes() == first
    assert "5 unchanged" in result.lines[-1]


@pytest.mark.slow
def test_without_the_options_the_wheel_ships_what_the_project_has(press: Press) -> None:
    assert press.build().code == 0
    assert in_package(shipped(press.wheel)) == front_end()
    assert press.on_server()["~/static/inline.js"] == with_inline_map("inline.js")


@pytest.mark.slow
@pytest.mark.parametrize("option", [STRIP, INJECT])
def test_the_sdist_keeps_everything(press: Press, option: str) -> None:
    press.configure(option)
    held = in_sdist(press.build_sdist())
    assert {path: held[f"press/{path}"] for path in front_end()} == front_end()
