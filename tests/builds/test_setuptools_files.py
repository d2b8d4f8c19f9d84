"""Data files, flags and other commands of setuptools, with maps stripped and ids put in."""

from __future__ import annotations

import sys

import pytest

from tests.integrations.setuptools.builds import CALL

from .front_end import front_end, in_package, script, shipped, tree, with_map, write
from .press import INJECT, STRIP, Press

DATA = "press-1.0.data/data/share/press"
MADE = ("dist", "build", "press.egg-info")


def test_data_files_are_stripped(setuptools: Press) -> None:
    write(setuptools.folder / "shared", with_map("one.js"))
    setuptools.configure(STRIP)
    before = tree(setuptools.folder)
    result = setuptools.build()

    assert result.code == 0, result.output
    files, held = shipped(setuptools.wheel), setuptools.on_server()
    assert files[f"{DATA}/one.js"] == script("one.js") + b"\n"
    assert f"{DATA}/one.js.map" not in files
    assert held["~/share/press/one.js"] == files[f"{DATA}/one.js"]
    assert held["~/share/press/one.js.map"] == with_map("one.js")["one.js.map"]
    assert tree(setuptools.folder, *MADE) == before


def test_a_build_folder_of_an_earlier_build_changes_nothing(setuptools: Press) -> None:
    setuptools.configure(STRIP, INJECT)
    assert setuptools.build().code == 0
    first = shipped(setuptools.wheel)
    setuptools.wheel.unlink()
    assert setuptools.build().code == 0

    assert shipped(setuptools.wheel) == first


@pytest.mark.parametrize("commands", [["sentry_artifacts"], ["bdist_wheel", "sentry_artifacts"]])
def test_options_of_the_command_change_the_wheel_that_it_builds(
    setuptools: Press, commands: list[str]
) -> None:
    command = [*CALL, *commands, "--source-maps", "strip", "--debug-ids=inject"]
    command += ["--upload-as=release-files"]
    result = setuptools.project.run(*command)

    assert result.code == 0, result.output
    files = in_package(shipped(setuptools.wheel))
    assert "static/app.js.map" not in files
    assert b"//# debugId=" in files["static/app.js"]
    assert setuptools.on_server()["~/static/app.js"] == files["static/app.js"]
    assert setuptools.map_of("~/static/app.js") == "app.js.map"


def test_options_of_the_command_win_over_the_table(setuptools: Press) -> None:
    setuptools.configure(STRIP)
    assert setuptools.project.run(*CALL, "sentry_artifacts", "--source-maps=ship").code == 0

    assert in_package(shipped(setuptools.wheel)) == front_end()


def test_an_editable_wheel_is_as_ever(setuptools: Press) -> None:
    setuptools.configure(STRIP, INJECT)
    before = tree(setuptools.folder)
    program = "from setuptools import build_meta; build_meta.build_editable('dist')"
    result = setuptools.project.run(sys.executable, "-c", program)

    assert (result.code, result.lines) == (0, []), result.output
    assert tree(setuptools.folder, *MADE) == before


def test_a_map_that_a_command_of_the_project_packs_all_the_same_is_found(
    setuptools: Press,
) -> None:
    setuptools.configure(STRIP)
    (setuptools.folder / "packing.py").write_text(
        "from pathlib import Path\n"
        "from setuptools.command.bdist_wheel import bdist_wheel\n"
        "class Packing(bdist_wheel):\n"
        "    def write_wheelfile(self, *arguments, **named):\n"
        "        Path(self.bdist_dir, 'press/static/app.js.map').write_text('{}')\n"
        "        super().write_wheelfile(*arguments, **named)\n"
    )
    setuptools.project.edit(
        "[tool.setuptools.package-data]",
        '[tool.setuptools.cmdclass]\nbdist_wheel = "packing.Packing"\n\n'
        "[tool.setuptools.package-data]",
    )
    result = setuptools.build()

    assert result.code == 2
    assert "do not release it" in result.lines[-1]
    assert "press/static/app.js.map" in result.lines[-1]
