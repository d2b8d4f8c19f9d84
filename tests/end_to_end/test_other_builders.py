"""What docs/other-builders.md says, tried with each back end that runs no hooks of others."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.builds.front_end import shipped, with_map, write
from tests.support.machine import module, uv
from tests.support.project import Project
from tests.support.wheelhouse import TREE

pytestmark = pytest.mark.slow
DOCUMENT = TREE / "docs" / "other-builders.md"
BACK_ENDS = ("uv_build", "poetry-core", "flit-core", "maturin")
RUST = {
    "Cargo.toml": b'[package]\nname = "shop"\nversion = "1.2.0"\nedition = "2021"\n',
    "src/main.rs": b"fn main() {}\n",
}
COMMANDS = "The commands"
NOT_SHIPPED = "Maps that do not ship"

Start = Callable[[str], Project]


def _section(title: str) -> str:
    return DOCUMENT.read_text("utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _code(text: str, kind: str) -> str:
    return "\n".join(re.findall(rf"(?ms)^```{kind}[^\n]*\n(.*?)^```$", text))


def _commands(title: str) -> list[list[str]]:
    lines = _code(_section(title), "shell").splitlines()
    return [shlex.split(line, comments=True) for line in lines]


def _run(project: Project, commands: Iterable[list[str]]) -> str:
    """Run the commands; return what the last one says."""
    said = ""
    for tool, *arguments in commands:
        if tool == "python":
            # What builds is installed here, and not in an environment of the build's own.
            command = (*module(*arguments[1:]), "--no-isolation")
        else:
            ours = module("hatch_sentry_artifacts", *arguments)
            command = uv(*arguments) if tool == "uv" else ours
        done = project.run(*command)
        assert done.code == 0, done.output
        said = done.output
    return said


def _held(project: Project) -> dict[str, tuple[int, str]]:
    """Return size and debug id of each file in the only bundle that the server holds."""
    command = ["list", "--json", "--release", "shop@1.2.0"]
    done = project.run(*module("hatch_sentry_artifacts", *command))
    (bundle,) = json.loads(done.out)["bundles"]
    return {each["name"]: (each["size"], each["debug_id"]) for each in bundle["files"]}


def _id_of(script: bytes) -> str:
    return script.rpartition(b"//# debugId=")[2].split()[0].decode()


@pytest.fixture
def start(copy: Callable[[str], Project]) -> Start:
    """Give a project with the pyproject.toml of a section, and its built front end."""

    def make(title: str) -> Project:
        project = copy("wiki")
        shutil.rmtree(project.folder)
        package = {"__init__.py": b'"""A shop."""\n'}
        package.update({f"static/{name}": text for name, text in with_map("app.js").items()})
        write(project.folder / "src/shop", package)
        before = DOCUMENT.read_text("utf-8").partition("\n## ")[0]
        said = _code(_section(title), "toml") + _code(before, "toml")
        project.folder.joinpath("pyproject.toml").write_text(said, "utf-8")
        # uv has this back end built in, and looks for nothing elsewhere.
        settings = project.folder.parent / "uv.toml"
        settings.write_text("no-index = true\n", "utf-8")
        here = {"UV_CONFIG_FILE": str(settings), "UV_FIND_LINKS": str(settings.parent)}
        project.environment.update(here)
        return project

    return make


@pytest.mark.parametrize("title", BACK_ENDS)
def test_the_wheel_of_another_back_end_is_uploaded(start: Start, title: str) -> None:
    project = start(title)
    if title == "maturin":
        pytest.importorskip("maturin")
        if shutil.which("cargo") is None:
            pytest.skip("cargo is not installed")
        write(project.folder, RUST)
        for name in ("RUSTUP_HOME", "CARGO_HOME"):
            folder = Path.home() / f".{name.partition('_')[0].lower()}"
            project.environment[name] = os.environ.get(name, str(folder))
    inject, build, upload = _commands(COMMANDS)
    said = _run(project, [inject, *(_commands(title) or [build]), upload])

    assert "warning" not in said
    files = shipped(project.wheel)  # which compares RECORD with what is there
    script, source_map = files["shop/static/app.js"], files["shop/static/app.js.map"]
    assert _held(project) == {
        "~/static/app.js": (len(script), _id_of(script)),
        "~/static/app.js.map": (len(source_map), _id_of(script)),
    }


@pytest.fixture
def without_maps(start: Start) -> Project:
    """Give a project whose maps do not ship."""
    project = start("uv_build")
    project.configure(_code(_section(NOT_SHIPPED), "toml"))
    return project


def test_maps_that_do_not_ship_are_uploaded_from_the_folder(without_maps: Project) -> None:
    inject, _, _ = _commands(COMMANDS)
    said = _run(without_maps, [inject, *_commands("uv_build"), *_commands(NOT_SHIPPED)])

    assert "warning" not in said
    files = shipped(without_maps.wheel)
    assert "shop/static/app.js.map" not in files
    script = files["shop/static/app.js"]
    held = _held(without_maps)
    assert held["~/static/app.js"] == (len(script), _id_of(script))
    assert held["~/static/app.js.map"][1] == _id_of(script)


def test_what_a_back_end_leaves_out_is_told(without_maps: Project) -> None:
    inject, _, upload = _commands(COMMANDS)
    assert "[missing-map]" in _run(without_maps, [inject, *_commands("uv_build"), upload])


def test_each_section_is_tried() -> None:
    titles = re.findall(r"(?m)^## (\S+)$", DOCUMENT.read_text("utf-8"))
    assert titles == [*BACK_ENDS]
