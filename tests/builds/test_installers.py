"""Whoever installs gets the same files as the wheel has, whatever is wrong or ordered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.machine import Result, module, tool, uv
from tests.support.sentry_contents import releases

from .front_end import in_package, shipped, tree, write
from .press import INJECT, STRIP, Press

pytestmark = pytest.mark.slow

PIP = ("wheel", "--no-deps", "--no-build-isolation", "-w", "{wheels}", "{sdist}", "-v")
Build = Callable[..., tuple[Result, dict[str, bytes]]]


def _wheel_of_pip(press: Press, **environment: str) -> tuple[Result, dict[str, bytes]]:
    """Return what pip builds of the project's sdist, to install it."""
    wheels = press.folder.parent / "wheels"
    given = {"sdist": press.build_sdist(), "wheels": wheels}
    arguments = [argument.format(**given) for argument in PIP]
    result = press.project.run(*module("pip", *arguments), **environment)
    assert result.code == 0, result.output
    (wheel,) = wheels.glob("*.whl")
    return result, in_package(shipped(wheel))


def _told(result: Result) -> list[str]:
    """Return what the plugin's lines tell; uv puts a word before each, pip may show one twice."""
    kinds = {
        " SENTRY_ARTIFACTS=upload does not count ": "order",
        " ships without its source maps": "warning:",
    }
    return [
        next((kind for text, kind in kinds.items() if text in line), line)
        for line in dict.fromkeys(result.lines)
    ]


def test_pip_builds_what_the_pipeline_builds_and_says_nothing(press: Press) -> None:
    press.configure(STRIP, INJECT)
    result, files = _wheel_of_pip(press)

    assert result.lines == []
    assert releases(press.server) == []
    assert press.build().code == 0
    assert files == in_package(shipped(press.wheel))


def test_pip_says_that_the_order_does_not_count_and_that_the_maps_are_lost(press: Press) -> None:
    press.configure(STRIP)
    result, files = _wheel_of_pip(press, SENTRY_ARTIFACTS="upload")

    assert _told(result) == ["order", "warning:"]
    assert "ships without its source maps" in result.lines[-1]
    assert "static/app.js.map" not in files
    assert releases(press.server) == []


FAULTS = {
    "a wrong option": ("workers = 0", {}),
    "what cannot be stripped": ("", {"static/inline.js.map": b"{}"}),
}


@pytest.mark.parametrize(("option", "files"), FAULTS.values(), ids=list(FAULTS))
def test_no_fault_reaches_pip(press: Press, option: str, files: dict[str, bytes]) -> None:
    press.configure(STRIP, option)
    write(press.folder / "press", files)
    result, built = _wheel_of_pip(press, SENTRY_ARTIFACTS="upload")

    assert _told(result) == ["order"]
    assert "static/app.js.map" in built


INSTALLS = {
    "pip install": module("pip", "--python", "{environment}", "install", "{folder}", "-v"),
    "pip install -e": module("pip", "--python", "{environment}", "install", "-e", "{folder}", "-v"),
    "uv pip install": tool("uv", "pip", "install", "--python", "{environment}", "{folder}", "-v"),
    "uv pip install -e": tool(
        *("uv", "pip", "install", "--python", "{environment}", "-e", "{folder}", "-v")
    ),
}


@pytest.mark.usefixtures("wheels")
@pytest.mark.parametrize("name", INSTALLS)
def test_an_installed_project_has_no_maps_and_an_editable_one_its_own_files(
    press: Press, tmp_path: Path, name: str
) -> None:
    press.configure(STRIP, INJECT)
    before = tree(press.folder)
    environment = tmp_path / "environment"
    assert press.project.run(*uv("venv", str(environment))).code == 0
    given = {"environment": environment, "folder": press.folder}
    command = [argument.format(**given) for argument in INSTALLS[name]]
    result = press.project.run(*command, SENTRY_ARTIFACTS="upload")

    assert result.code == 0, result.output
    assert _told(result) == (["order"] if "-e" in name else ["order", "warning:"])
    assert releases(press.server) == []
    assert tree(press.folder, "build", "press.egg-info") == before
    found = {path.name for path in environment.rglob("press/static/*")}
    assert found >= {"app.js", "site.css.map"} or "-e" in name
    assert "app.js.map" not in found
