"""Old and new build back ends: none documents how files are left out, or when they may change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integrations.setuptools.test_matrix import NEWEST, interpreter
from tests.support.machine import tool

from .front_end import (
    front_end,
    in_package,
    script,
    shipped,
    tree,
    with_bare_map,
    with_map,
    write,
)
from .press import AS_FILES, EMBED, INJECT, KEEP, STRIP, MakePress
from .test_hatch_files import DATA, FORCED_FILES, SHARED

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

BUILDS = [
    ("hatchling", "1.24.0", "3.10"),
    ("hatchling", "1.27.0", "3.12"),
    ("hatchling", NEWEST, "3.13"),
    ("hatchling", NEWEST, "3.14"),
    ("setuptools", "61.0.0", "3.10"),
    ("setuptools", "70.0.0", "3.12"),
    ("setuptools", NEWEST, "3.13"),
    ("setuptools", NEWEST, "3.14"),
]


@pytest.mark.parametrize(
    ("tool_name", "version", "python"), BUILDS, ids=lambda value: value or "newest"
)
def test_the_wheel_ships_neither_maps_nor_comments_and_has_ids_and_texts_are_uploaded(
    make_press: MakePress, tmp_path: Path, tool_name: str, version: str, python: str
) -> None:
    press = make_press("hatch" if tool_name == "hatchling" else "setuptools")
    write(press.folder / "made", with_map("one.js"))
    write(press.folder / "made/two", with_map("two.js"))
    write(press.folder / "shared", with_map("one.js"))
    for folder in ("press/static", "shared", "made/two"):
        write(press.folder / folder, with_bare_map("bare.js"))
        # Where its map says.
        write(press.folder / folder, {"../source/bare.js.ts": folder.encode()})
    if tool_name == "hatchling":
        hooks = "[tool.hatch.build.targets.wheel.hooks.sentry]"
        press.project.edit(hooks, f"{FORCED_FILES}\n{SHARED}\n{hooks}")
    # What is uploaded comes from the side file, then.
    press.configure(STRIP, INJECT, EMBED, AS_FILES, KEEP)
    write(press.folder, {".gitignore": b"/build/\n"})
    before = tree(press.folder)
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(f"{tool_name}=={version}\n" if version else "")
    build = ("build", "--wheel", "--build-constraint", str(constraints), "-v")
    result = press.project.run(*tool("uv", *build, "--python", interpreter(python)))

    assert result.code == 0, result.output
    assert not version or f"{tool_name}=={version}" in result.output
    wheel = shipped(press.wheel)
    assert not [path for path in wheel if path.endswith((".js.map", ".js.map.gz"))]
    assert in_package(wheel).keys() >= front_end().keys() - {
        "static/app.js.map",
        "static/app.js.map.gz",
    }
    held = press.on_server()
    scripts = {path: each for path, each in wheel.items() if path.endswith(".js")}
    assert len(scripts) == (10 if tool_name == "hatchling" else 6)
    for path, content in scripts.items():
        assert b"sourceMappingURL" not in content
        assert b"//# debugId=" in content
        assert script(path.rpartition("/")[2]) in content
        name = "~/" + path.removeprefix("press-1.0.data/data/").removeprefix("press/")
        assert held[name] == content
        assert f"{name}.map" in held or "plain" in name
    assert any(path.startswith(DATA) for path in scripts)
    for path in scripts:
        if path.endswith("/bare.js"):
            name = "~/" + path.removeprefix("press-1.0.data/data/").removeprefix("press/")
            (text,) = json.loads(held[f"{name}.map"])["sourcesContent"]
            assert text in {"press/static", "shared", "made/two"}
    assert (press.folder / "build/source-maps/press-1.0.sentry.zip").is_file()
    assert tree(press.folder, "dist", "build", "press.egg-info") == before
