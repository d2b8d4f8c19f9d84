"""Every way in which Hatchling puts files into a wheel, with maps stripped and ids put in."""

from __future__ import annotations

import pytest

from .front_end import front_end, in_package, script, shipped, tree, with_map, write
from .press import AS_FILES, INJECT, STRIP, Press

TABLE = "[tool.hatch.build.targets.wheel]\n"
PACKAGES = 'packages = ["press"]\n'

FORCED_FILES = """
[tool.hatch.build.targets.wheel.force-include]
"made/one.js" = "press/static/one.js"
"made/one.js.map" = "press/static/one.js.map"
"made/two" = "press/static/two"
"""
SHARED = """
[tool.hatch.build.targets.wheel.shared-data]
"made/two" = "share/press"
"made/one.js" = "share/one.js"
"made/one.js.map" = "share/one.js.map"
"""
DATA = "press-1.0.data/data/share"


def _make(press: Press) -> None:
    """Scripts that lie outside of the package."""
    write(press.folder / "made", with_map("one.js"))
    write(press.folder / "made/two", with_map("two.js"))


def _insert(press: Press, text: str) -> None:
    hooks = "[tool.hatch.build.targets.wheel.hooks.sentry]"
    press.project.edit(hooks, f"{text}\n{hooks}")


def _assert_stripped(press: Press, scripts: dict[str, str]) -> None:
    """Assert that the wheel's scripts have neither map nor comment, and the server has both."""
    press.configure(STRIP)
    before = tree(press.folder)
    result = press.build()

    assert result.code == 0, result.output
    assert "warning" not in result.output, result.output
    files = shipped(press.wheel)
    held = press.on_server()
    for path, name in scripts.items():
        plain = path.rpartition("/")[2]
        assert files[path] == script(plain) + b"\n"
        assert f"{path}.map" not in files
        assert held[name] == files[path]
        assert held[f"{name}.map"] == with_map(plain)[f"{plain}.map"]
        assert press.map_of(name) == f"{plain}.map"
    assert tree(press.folder, "dist") == before


def test_files_and_folders_that_are_forced_in_are_stripped(hatch: Press) -> None:
    _make(hatch)
    _insert(hatch, FORCED_FILES)
    scripts = {
        "press/static/one.js": "~/static/one.js",
        "press/static/two/two.js": "~/static/two/two.js",
    }
    _assert_stripped(hatch, scripts)


def test_shared_data_is_stripped(hatch: Press) -> None:
    _make(hatch)
    _insert(hatch, SHARED)
    scripts = {f"{DATA}/one.js": "~/share/one.js", f"{DATA}/press/two.js": "~/share/press/two.js"}
    _assert_stripped(hatch, scripts)


@pytest.mark.slow
def test_shared_data_gets_debug_ids(hatch: Press) -> None:
    _make(hatch)
    _insert(hatch, SHARED)
    hatch.configure(INJECT, AS_FILES)
    assert hatch.build().code == 0

    files, held = shipped(hatch.wheel), hatch.on_server()
    for path in (f"{DATA}/one.js", f"{DATA}/press/two.js"):
        assert b"//# debugId=" in files[path]
        assert b'"debugId"' in files[f"{path}.map"]
    assert held["~/share/one.js"] == files[f"{DATA}/one.js"]


LAYOUTS = {
    "packages": ("src/press", 'packages = ["src/press"]\n', "press/static"),
    "only-include": ("press", 'only-include = ["press"]\n', "press/static"),
    "sources, table": (
        "press",
        'only-include = ["press"]\n[tool.hatch.build.targets.wheel.sources]\n"press" = "gazette"\n',
        "gazette/static",
    ),
    "sources, prefix": (
        "press",
        'only-include = ["press"]\n[tool.hatch.build.targets.wheel.sources]\n"" = "gazette"\n',
        "gazette/press/static",
    ),
    "include and artifacts": (
        "press",
        'include = ["press/*.py"]\nartifacts = ["press/static/**"]\n',
        "press/static",
    ),
}
QUICK = {"packages", "sources, prefix"}


@pytest.mark.parametrize(
    ("place", "table", "static"),
    [
        pytest.param(*LAYOUTS[name], id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name in LAYOUTS
    ],
)
def test_every_layout_is_stripped(hatch: Press, place: str, table: str, static: str) -> None:
    if place != "press":
        (hatch.folder / "src").mkdir()
        (hatch.folder / "press").rename(hatch.folder / place)
    (hatch.folder / ".gitignore").write_text("static/\n" if "artifacts" in table else "")
    hatch.project.edit(PACKAGES, table)
    _assert_stripped(hatch, {f"{static}/app.js": "~/" + static.partition("/")[2] + "/app.js"})


HOOKS = """
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LaterHook(BuildHookInterface):
    def initialize(self, version, build_data):
        with self.build_config.set_build_data(build_data):
            list(self.build_config.builder.recurse_included_files())
        made = Path(self.root, "press", "static")
        made.joinpath("late.js").write_text("late();\\n//# sourceMappingURL=late.js.map\\n")
        made.joinpath("late.js.map").write_text('{"version":3,"sources":[],"mappings":""}')
        build_data["force_include"][str(Path(self.root, "made/one.js.map"))] = "press/one.js.map"
        build_data["force_include"][str(Path(self.root, "made/one.js"))] = "press/one.js"
"""


def test_what_a_later_hook_makes_or_forces_in_is_stripped_too(hatch: Press) -> None:
    _make(hatch)
    (hatch.folder / "hatch_build.py").write_text(HOOKS)
    hatch.configure(STRIP, "[tool.hatch.build.targets.wheel.hooks.custom]")
    assert hatch.build().code == 0

    files = shipped(hatch.wheel)
    assert files["press/static/late.js"] == b"late();\n\n"
    assert files["press/one.js"] == script("one.js") + b"\n"
    assert not [path for path in files if path.endswith(".js.map")]


@pytest.mark.slow
def test_a_folder_for_temporary_files_inside_of_the_project_changes_nothing(hatch: Press) -> None:
    hatch.configure(STRIP, INJECT)
    inside = hatch.folder / "temporary"
    inside.mkdir()
    assert hatch.build(TMPDIR=str(inside)).code == 0

    assert in_package(shipped(hatch.wheel)).keys() == front_end().keys() - {
        "static/app.js.map",
        "static/app.js.map.gz",
    }
    assert not list(inside.iterdir())


@pytest.mark.slow
def test_an_editable_wheel_after_a_standard_one_is_as_ever(hatch: Press) -> None:
    _make(hatch)
    _insert(hatch, SHARED)
    hatch.configure(STRIP)
    both = 'versions = ["standard", "editable"]\ndev-mode-dirs = ["."]\n'
    hatch.project.edit(TABLE, TABLE + both)
    result = hatch.build()

    assert result.code == 0, result.output
    assert "~/share/one.js.map" in hatch.on_server()
    editable = shipped(hatch.wheel)  # it has the other's name
    assert "press/static/app.js" not in editable
    assert {name: editable[f"{DATA}/{name}"] for name in with_map("one.js")} == with_map("one.js")
