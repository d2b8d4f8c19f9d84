"""What a killed run leaves is deleted by the next, and is never packed."""

from __future__ import annotations

from shutil import rmtree

import pytest

from .front_end import in_sdist, shipped, tree, with_map, write
from .press import INJECT, STRIP, Press

_SETUPTOOLS = """
import os
from setuptools.command.bdist_wheel import bdist_wheel

class Killed(bdist_wheel):
    def write_wheelfile(self, *arguments, **named):
        if os.environ.get("KILLED"):
            os._exit(9)
        super().write_wheelfile(*arguments, **named)
"""
_HATCH = """
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class KilledHook(BuildHookInterface):
    def initialize(self, version, build_data):
        builder = self.build_config.builder
        listed = builder.recurse_included_files
        def killed():
            yield from listed()
            if os.environ.get("KILLED"):
                os._exit(9)
        builder.recurse_included_files = killed
"""
_WITH_MAPS = ("app.js", "one.js", "inline.js")
LEFT = {
    f"press/static/.{'0' * 40}.sentry-artifacts.pyc": b"let a",
    f"press/static/.{'1' * 40}.sentry-artifacts.tmp": b"let b",
}


def _may_be_killed(press: Press) -> None:
    if press.back_end == "hatch":
        (press.folder / "hatch_build.py").write_text(_HATCH)
        press.configure("[tool.hatch.build.targets.wheel.hooks.custom]")
    else:
        (press.folder / "killing.py").write_text(_SETUPTOOLS)
        press.configure("[tool.setuptools.cmdclass]", 'bdist_wheel = "killing.Killed"')


@pytest.mark.parametrize("options", [(STRIP,), (INJECT,)], ids=["strip", "inject"])
def test_a_build_that_is_killed_while_it_packs_changes_nothing_of_the_next(
    press: Press, options: tuple[str, ...]
) -> None:
    if press.back_end == "setuptools":
        write(press.folder / "shared", with_map("one.js"))
    press.configure(*options)
    _may_be_killed(press)
    assert press.build(KILLED="1").code == 9
    (left,) = press.temporary.glob("sentry-artifacts-*")
    assert any(left.rglob("*.js"))

    assert press.build().code == 0
    assert not left.exists()
    files = shipped(press.wheel)
    for name in press.on_server():
        if name.endswith(("app.js", "one.js") if INJECT in options else _WITH_MAPS):
            assert press.map_of(name) == f"{name.rpartition('/')[2]}.map"
    # The folder of its own that setuptools builds in had the files of the killed build.
    press.wheel.unlink()
    rmtree(press.folder / "build", ignore_errors=True)
    assert press.build().code == 0
    assert shipped(press.wheel) == files


@pytest.mark.parametrize("options", [(), (STRIP, INJECT)], ids=["as it is", "changed"])
def test_what_a_killed_injection_left_in_the_project_is_never_packed(
    press: Press, options: tuple[str, ...]
) -> None:
    press.configure('include = ["**"]', *options)
    write(press.folder, LEFT)
    before = tree(press.folder)
    assert press.build().code == 0

    assert not [path for path in shipped(press.wheel) if ".sentry-artifacts" in path]
    assert not [name for name in press.on_server() if ".sentry-artifacts" in name]
    assert tree(press.folder, "dist", "build", "press.egg-info") == before


def test_nor_into_an_sdist(press: Press) -> None:
    write(press.folder, LEFT)
    if press.back_end == "hatch":
        press.project.edit("targets.wheel.hooks.sentry", "hooks.sentry")
    found = [path for path in in_sdist(press.build_sdist()) if ".sentry-artifacts" in path]
    assert not found


def test_a_hook_of_the_wheel_alone_keeps_sdists_clean_too(hatch: Press) -> None:
    (path,) = [path for path in LEFT if path.endswith(".pyc")]
    write(hatch.folder, {path: b"let a"})
    assert path not in in_sdist(hatch.build_sdist())
