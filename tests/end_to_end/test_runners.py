"""What test runners and other installers build is no release, unless somebody orders it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.machine import Result, module
from tests.support.project import Project
from tests.support.sentry_contents import releases
from tests.support.wheelhouse import make_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

TOOLS = ("tox", "nox", "build")
ORDER = {"SENTRY_ARTIFACTS": "upload"}
ALL_HOOKS = {"HATCH_BUILD_HOOKS_ENABLE": "true"}
TOX = """[tox]
env_list = py
work_dir = {tox_root}/build/tox
[testenv]
package = wheel
commands = python -c "import shop"
[testenv:.pkg]
pass_env = *
[testenv:publish]
skip_install = true
pass_env = *
allowlist_externals = *
commands = PYTHON -m build --wheel --no-isolation --outdir {env_tmp_dir} .
"""
NOX = """import nox

@nox.session(venv_backend="none")
def tests(session):
    session.run("PYTHON", "-m", "build", "--wheel", "--no-isolation",
                "--outdir", session.create_tmp(), external=True)
"""
INSTALLER = """
import tempfile
from build import ProjectBuilder

with tempfile.TemporaryDirectory() as folder:
    ProjectBuilder(".").build("wheel", folder)
"""


@pytest.fixture
def tools(shared: Path, wheels: Path) -> Path:
    """Return a virtual environment with the tools, this plugin and hatchling."""

    def make(folder: Path) -> None:
        (plugin,) = wheels.glob("hatch_sentry_artifacts-*.whl")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = ("-m", "pip", "--python", str(folder), "install", "-q", *TOOLS, str(plugin))
        subprocess.run([sys.executable, *install], check=True, timeout=600)

    return make_once(shared / "tools", make)


Run = Callable[..., Result]


@pytest.fixture
def run(shop: Project, tools: Path, tmp_path: Path) -> Run:
    """Run a module of the tools' environment in the project."""
    (python,) = {*tools.glob("bin/python"), *tools.glob("Scripts/python.exe")}

    def run_tool(
        name: str, *arguments: str, folder: Path | None = None, **environment: str
    ) -> Result:
        for file in ("tox.ini", "noxfile.py"):
            text = {"tox.ini": TOX, "noxfile.py": NOX}[file].replace("PYTHON", str(python))
            shop.folder.joinpath(file).write_text(text, "utf-8")
        inside = shop.folder / "tmp"
        inside.mkdir(exist_ok=True)
        given = {**shop.environment, "TMPDIR": str(inside), **environment}
        command = (str(python), "-m", name, *arguments)
        return shop.machine.run(*command, folder=folder or shop.folder, **given)

    return run_tool


RUNNERS = {
    "tox with a work_dir of its own": ("tox", "run", "-e", "py"),
    "a nox session": ("nox", "-s", "tests"),
    "a tox environment that builds": ("tox", "run", "-e", "publish"),
}


@pytest.mark.parametrize("command", RUNNERS.values(), ids=list(RUNNERS))
@pytest.mark.parametrize("environment", [{}, ALL_HOOKS], ids=["", "all hooks"])
def test_a_test_runner_s_wheel_is_no_release(
    run: Run, server: LocalServer, command: tuple[str, ...], environment: Mapping[str, str]
) -> None:
    result = run(*command, **environment)

    assert result.code == 0, result.output
    assert releases(server) == []


@pytest.mark.parametrize("name", ["a nox session", "a tox environment that builds"])
def test_an_order_counts_in_a_test_runner_too(run: Run, server: LocalServer, name: str) -> None:
    result = run(*RUNNERS[name], **ORDER)

    assert result.code == 0, result.output
    assert releases(server) == ["1.2.0"]


def test_an_installer_with_its_temporary_folder_in_the_project_uploads_nothing(
    run: Run, shop: Project, server: LocalServer
) -> None:
    # As Poetry and PDM do; they install what a build requires from an index, and tests have none.
    shop.folder.joinpath("install.py").write_text(INSTALLER, "utf-8")
    result = run("install")

    assert result.code == 0, result.output
    assert "is no dist/ directly below the checkout" in result.output
    assert releases(server) == []


def _unpacked(project: Project, to: Path) -> Path:
    assert project.run(*module("build", "--sdist", "--no-isolation")).code == 0
    (sdist,) = project.folder.glob("dist/*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(to, filter="data")
    return to / sdist.name.removesuffix(".tar.gz")


@pytest.mark.parametrize("name", ["shop", "setuptools_package_data"])
def test_somebody_else_s_sdist_is_built_without_an_upload(
    copy: Callable[[str], Project], server: LocalServer, tmp_path: Path, name: str
) -> None:
    project = copy(name)
    sdist = _unpacked(project, tmp_path / "theirs")
    result = project.machine.run(
        *module("build", "--wheel", "--no-isolation"), folder=sdist, **project.environment
    )

    assert result.code == 0, result.output
    (line,) = result.lines
    assert "is an unpacked sdist" in line
    assert releases(server) == []


def test_a_checkout_below_a_folder_that_is_called_as_uv_s_is_uploaded(
    shop: Project, server: LocalServer, tmp_path: Path
) -> None:
    folder = shutil.copytree(shop.folder, tmp_path / "builds-v2" / "shop")
    command = module("build", "--wheel", "--no-isolation")
    result = shop.machine.run(*command, folder=folder, **shop.environment)

    assert result.code == 0, result.output
    assert releases(server) == ["1.2.0"]
