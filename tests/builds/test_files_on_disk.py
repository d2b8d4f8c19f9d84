"""Builds look into the project for what their wheels lack: texts of sources, and maps."""

from __future__ import annotations

import json

import pytest

from tests.support.machine import module

from .front_end import REFERENCE, in_package, script, shipped, tree, with_bare_map, write
from .press import AS_FILES, EMBED, INJECT, STRIP, Press

MADE = ("dist", "build", "press.egg-info")
TEXT = "function greet() {}\r\n// ü\n"
SOURCES = ["../../web/new.ts", "../../.env", "webpack://press/./web/new.ts"]


def _bare_map() -> bytes:
    """Return a map whose sources lie in the project, but outside of the package."""
    keys = json.loads(with_bare_map("new.js")["new.js.map"])
    keys |= {"sources": SOURCES, "x_more": [1.50]}
    return json.dumps(keys, separators=(",", ":")).encode()


def _make(press: Press) -> dict[str, bytes]:
    files = {
        "static/new.js": script("new.js") + REFERENCE + b"new.js.map\n",
        "static/new.js.map": _bare_map(),
    }
    write(press.folder / "press", files)
    write(press.folder, {"web/new.ts": TEXT.encode(), ".env": b"secret"})
    return files


def test_texts_of_sources_are_uploaded_and_ship_nowhere(press: Press) -> None:
    files = _make(press)
    press.configure(EMBED)
    before = tree(press.folder)
    result = press.build()

    assert result.code == 0, result.output
    ships = in_package(shipped(press.wheel))
    assert {path: ships[path] for path in files} == files
    names = json.dumps(SOURCES, separators=(",", ":")).encode()
    text = json.dumps(TEXT, ensure_ascii=False).encode()
    whole = names + b',"sourcesContent":[' + text + b",null,null]"
    assert press.on_server()["~/static/new.js.map"] == _bare_map().replace(names, whole)
    assert "lacks the text of 2 of 3 sources (../../.env, " in result.output
    assert tree(press.folder, *MADE) == before
    assert not list(press.temporary.iterdir())


def test_maps_that_do_not_ship_and_have_an_id_get_texts_too(press: Press) -> None:
    _make(press)
    press.configure(EMBED, STRIP, INJECT, AS_FILES)
    assert press.build().code == 0

    assert "static/new.js.map" not in in_package(shipped(press.wheel))
    held = press.on_server()
    uploaded = json.loads(held["~/static/new.js.map"])
    assert uploaded["sourcesContent"] == [TEXT, None, None]
    assert f"//# debugId={uploaded['debugId']}\n".encode() in held["~/static/new.js"]
    assert not list(press.temporary.iterdir())


def test_a_build_that_finds_texts_offers_them(press: Press) -> None:
    _make(press)
    result = press.build()

    assert result.code == 0, result.output
    assert press.on_server()["~/static/new.js.map"] == _bare_map()
    offer = 'or set `sources-content = "embed"`: 1 of them can be read from the project'
    assert offer in result.output


LEAVES_OUT = {
    "hatch": "[tool.hatch.build.targets.wheel]\nexclude = ['new.js.map']\n",
    "setuptools": "[tool.setuptools.exclude-package-data]\npress = ['static/new.js.map']\n",
}


def test_a_map_that_the_build_leaves_out_is_not_called_missing(press: Press) -> None:
    _make(press)
    table = LEAVES_OUT[press.back_end]
    if press.back_end == "hatch":
        press.project.edit(table.partition("\n")[0] + "\n", table)
    else:
        press.project.edit("[tool.sentry-artifacts]\n", f"{table}\n[tool.sentry-artifacts]\n")
    result = press.build()

    assert result.code == 0, result.output
    warnings = [line for line in result.lines if "warning" in line]
    assert len(warnings) == 1, result.output
    assert (
        "press/static/new.js: refers to new.js.map, which is on disk (press/static/new.js.map), "
        "but the build leaves it out; include it in the build, and set"
    ) in warnings[0]


def _upload(press: Press, path: str) -> str:
    command = module("hatch_sentry_artifacts", "upload", path, "--release", "1.0")
    done = press.project.run(*command, "--sources-content", "embed")
    assert done.code == 0, done.output
    return done.err


def test_of_a_folder_the_project_around_it_gives_the_texts(hatch: Press) -> None:
    _make(hatch)
    before = tree(hatch.folder)
    _upload(hatch, "press")

    uploaded = json.loads(hatch.on_server()["~/static/new.js.map"])
    assert uploaded["sourcesContent"] == [TEXT, None, None]
    assert tree(hatch.folder) == before


def test_of_a_finished_wheel_nothing_is_on_disk(hatch: Press) -> None:
    _make(hatch)
    assert hatch.build(SENTRY_ARTIFACTS="off").code == 0
    said = _upload(hatch, f"dist/{hatch.wheel.name}")

    assert hatch.on_server()["~/static/new.js.map"] == _bare_map()
    assert 'as `sources-content = "embed"` reads files that a finished wheel is without' in said


@pytest.mark.slow
def test_files_from_outside_of_the_package_are_found_where_they_come_from(hatch: Press) -> None:
    _make(hatch)
    write(hatch.folder, {"made/b.js.map": _bare_map().replace(b"../../web", b"../web")})
    write(hatch.folder, {"made/b.js": script("b.js") + REFERENCE + b"b.js.map\n"})
    hooks = "[tool.hatch.build.targets.wheel.hooks.sentry]"
    forced = '[tool.hatch.build.targets.wheel.force-include]\n"made" = "press/static/deep/er"\n'
    shared = '[tool.hatch.build.targets.wheel.shared-data]\n"made" = "share/press"\n'
    hatch.project.edit(hooks, f"{forced}\n{shared}\n{hooks}")
    hatch.configure(EMBED)
    assert hatch.build().code == 0

    held = hatch.on_server()
    for name in ("~/static/deep/er/b.js.map", "~/share/press/b.js.map"):
        assert json.loads(held[name])["sourcesContent"][0] == TEXT


@pytest.mark.slow
def test_setuptools_finds_packages_and_data_files_where_they_come_from(setuptools: Press) -> None:
    _make(setuptools)
    write(setuptools.folder, {"shared/b.js.map": _bare_map().replace(b"../../web", b"../web")})
    write(setuptools.folder, {"shared/b.js": script("b.js") + REFERENCE + b"b.js.map\n"})
    (setuptools.folder / "lib/deep").mkdir(parents=True)
    (setuptools.folder / "press").rename(setuptools.folder / "lib/deep/press")
    (setuptools.folder / "web").rename(setuptools.folder / "lib/deep/web")
    write(setuptools.folder, {"web/new.ts": b"shared"})
    where = "include-package-data = false\n"
    setuptools.project.edit(where, f'{where}package-dir = {{"" = "lib/deep"}}\n')
    setuptools.configure(EMBED)
    result = setuptools.build()

    assert result.code == 0, result.output
    held = setuptools.on_server()
    assert json.loads(held["~/share/press/b.js.map"])["sourcesContent"][0] == "shared"
    assert json.loads(held["~/static/new.js.map"])["sourcesContent"][0] == TEXT
