"""The commands that build setuptools projects, and what their wheels' files are called."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from tests.support.machine import Result, module, uv
from tests.support.project import Project

# In the environment that runs the tests, which has setuptools and the plugin.
SETUP = (sys.executable, "setup.py")
CALL = (sys.executable, "-c", "import setuptools; setuptools.setup()")
BUILD_HERE = module("build", "--wheel", "--no-isolation")
UV_HERE = uv("build", "--wheel", "--no-build-isolation")
# As users do, in an environment that is made for the build.
BUILD = module("build")
UV = uv("build")


def script(folder: str, name: str, file: str = "app.js") -> dict[str, str]:
    """Return a script in `folder` of the wheel, and its map, each with its URL name."""
    return {f"{folder}/{each}": f"{name}/{each}" for each in (file, f"{file}.map")}


_EXTENSION = "acme_garden-5.1.0.data/data/share/jupyter/labextensions/garden"
# For each project of tests/projects: the release, and the names of the files in its wheel.
PROJECTS: Mapping[str, tuple[str, dict[str, str]]] = {
    "setuptools_package_data": ("1.1.0", script("kiosk/static", "~/static")),
    "setuptools_setup_py": ("2.1.0", script("market/static", "~/static")),
    "setuptools_setup_cfg": ("3.1.0", script("bakery/static", "~/static")),
    "setuptools_cmdclass": ("4.1.0", script("brewery/static", "~/static")),
    "setuptools_namespace": (
        "acme-garden@5.1.0",
        script("acme/garden/static", "~/garden/static")
        | script(_EXTENSION, "~/lab/extensions/garden", "index.js"),
    ),
}


def without_index(project: Project) -> dict[str, str]:
    """Return what makes uv build here without a folder of wheels to install from."""
    file = project.machine.home / "uv.toml"
    file.write_text("no-index = true\n", "utf-8")
    return {"UV_CONFIG_FILE": str(file), "UV_FIND_LINKS": str(file.parent)}


def steps(result: Result) -> list[str]:
    """Return the lines that the plugin printed, without sizes and times."""
    return [line.partition(" (")[0] for line in result.lines]


def command(project: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs setuptools in a project, by its setup.py if it has one."""
    return (*(SETUP if project == "setuptools_setup_py" else CALL), *arguments)
