"""What comes into a wheel after its files were changed fails the build, or does no harm."""

from __future__ import annotations

import sys
import zipfile

import pytest

from tests.support.machine import Result
from tests.support.sentry_contents import releases

from .front_end import in_package, script, shipped, with_inline_map, with_map, write
from .press import INJECT, STRIP, Press

# Puts the front end into the unpacked wheel just before it is packed.
LATE_SETUP = """
import shutil
from pathlib import Path
from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel


class Late(bdist_wheel):
    def write_wheelfile(self, *arguments, **named):
        shutil.copytree("front", Path(self.bdist_dir, "press/late"))
        super().write_wheelfile(*arguments, **named)


setup(cmdclass={"bdist_wheel": Late})
"""
# Adds to the finished wheel; declared before this plugin's hook, it runs before it.
LATE_HOOK = """
import zipfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Late(BuildHookInterface):
    def finalize(self, version, build_data, artifact_path):
        with zipfile.ZipFile(artifact_path, "a") as wheel:
            for file in sorted(Path(self.root, "front").iterdir()):
                wheel.write(file, f"press/late/{file.name}")
"""
HOOKS = "[tool.hatch.build.targets.wheel.hooks"


def _add_late(press: Press, files: dict[str, bytes]) -> None:
    write(press.folder / "front", files)
    if press.back_end == "setuptools":
        press.folder.joinpath("setup.py").write_text(LATE_SETUP, "utf-8")
    else:
        press.folder.joinpath("hatch_build.py").write_text(LATE_HOOK, "utf-8")
        press.project.edit(f"{HOOKS}.sentry]", f"{HOOKS}.custom]\n{HOOKS}.sentry]")


def _build(press: Press) -> Result:
    if press.back_end == "setuptools":
        return press.project.run(sys.executable, "setup.py", "bdist_wheel")
    return press.build()


@pytest.mark.parametrize(
    ("option", "files", "named"),
    [
        (STRIP, with_map("widget.mjs"), ["widget.mjs", "widget.mjs.map"]),
        (STRIP, {"widget.js": with_inline_map("widget.js")}, ["widget.js"]),
        (INJECT, {"widget.js": script("widget.js")}, ["widget.js"]),
    ],
    ids=["strip", "strip inline", "inject"],
)
def test_late_files_that_would_ship_as_they_are_fail_the_build_and_are_named(
    press: Press, option: str, files: dict[str, bytes], named: list[str]
) -> None:
    _add_late(press, files)
    press.configure(option)
    result = _build(press)

    assert result.code != 0
    shown = ", ".join(f"press/late/{name}" for name in named)
    assert f"{shown}: came into {press.wheel.name} after " in result.output
    assert releases(press.server) == []


def test_late_files_of_no_concern_do_no_harm(press: Press) -> None:
    _add_late(press, {"plain.js": script("plain.js"), "late.css": b"a{}"})
    press.configure(STRIP)
    result = _build(press)

    assert result.code == 0, result.output
    with zipfile.ZipFile(press.wheel) as wheel:
        assert "press/late/plain.js" in wheel.namelist()


@pytest.mark.parametrize("length", [240, 255])
def test_names_as_long_as_names_can_be_are_changed_like_others(press: Press, length: int) -> None:
    name = "a" * (length - len(".js.map")) + ".js"
    write(press.folder / "press", {f"static/{each}": text for each, text in with_map(name).items()})
    press.configure(STRIP)
    result = press.build()

    assert result.code == 0, result.output
    files = in_package(shipped(press.wheel))
    assert files[f"static/{name}"] == script(name) + b"\n"
    assert f"static/{name}.map" not in files
