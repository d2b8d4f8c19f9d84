"""Old and new setuptools and hatchling, on every Python that this machine has."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.end_to_end.test_uploads import SHOP
from tests.support.machine import tool
from tests.support.project import READ_ONLY_TOKEN, Project
from tests.support.sentry_contents import contents, releases, shipped

from .builds import PROJECTS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

NEWEST = ""
# Setuptools before 66 does not run on Python 3.12 and later
# (https://setuptools.pypa.io/en/stable/history.html).
BUILDS = [
    *(("setuptools", NEWEST, f"3.{minor}") for minor in range(10, 15)),
    ("setuptools", "61.0.0", "3.11"),
    ("setuptools", "70.0.0", "3.12"),
    ("setuptools", "80.9.0", "3.13"),
    *(("hatchling", NEWEST, f"3.{minor}") for minor in range(10, 15)),
    ("hatchling", "1.24.0", "3.12"),
    ("hatchling", "1.27.0", "3.13"),
]
OLD_PYTHON = "3.11"


def interpreter(version: str) -> str:
    """Return the path of Python `version`, such as "3.12"; skip the test where there is none."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    name = "python.exe" if sys.platform == "win32" else f"bin/python{version}"
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/{name}"))
    found = str(installed[-1]) if installed else shutil.which(f"python{version}")
    if found is None:
        pytest.skip(f"this machine has no Python {version}")
    return found


def _build(project: Project, tool_name: str, version: str, python: str) -> tuple[str, ...]:
    """Return the command that builds a wheel with that version of a build tool, on that Python."""
    constraints = project.folder.parent / "constraints.txt"
    constraints.write_text(f"{tool_name}=={version}\n" if version else "", "utf-8")
    build = ("build", "--wheel", "--build-constraint", str(constraints), "-v")
    return tool("uv", *build, "--python", interpreter(python))


@pytest.mark.parametrize(
    ("tool_name", "version", "python"),
    BUILDS,
    ids=lambda value: value or "newest",
)
def test_the_release_holds_exactly_what_the_wheel_ships(
    copy: Callable[[str], Project], server: LocalServer, tool_name: str, version: str, python: str
) -> None:
    if tool_name == "hatchling":
        project, release, names = copy("shop"), "1.2.0", SHOP
    else:
        release, names = PROJECTS["setuptools_package_data"]
        project = copy("setuptools_package_data")
    result = project.run(*_build(project, tool_name, version, python))

    assert result.code == 0, result.output
    assert not version or f"{tool_name}=={version}" in result.output
    assert contents(server, release) == shipped(project.wheel, names)


@pytest.mark.parametrize(
    ("version", "python"),
    [("61.0.0", "3.10"), (NEWEST, "3.12")],
    ids=lambda value: value or "newest",
)
def test_the_wheel_survives_a_failed_upload(
    copy: Callable[[str], Project], server: LocalServer, version: str, python: str
) -> None:
    project = copy("setuptools_package_data")
    build = _build(project, "setuptools", version, python)
    result = project.run(*build, SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN)

    assert result.code == 2
    assert [line for line in result.lines if line.startswith("error: ")]
    assert shipped(project.wheel, PROJECTS["setuptools_package_data"][1])
    assert releases(server) == []


@pytest.mark.parametrize("command", ["bdist_wheel", "sentry_artifacts"])
@pytest.mark.parametrize("wheel", [False, True], ids=["without-wheel", "with-wheel"])
def test_a_setuptools_that_makes_no_wheels_says_what_to_install(
    copy: Callable[[str], Project], server: LocalServer, command: str, *, wheel: bool
) -> None:
    kiosk = copy("setuptools_package_data")
    environment = kiosk.folder.parent / "environment"
    made = kiosk.run(*tool("uv", "venv", str(environment), "--python", interpreter(OLD_PYTHON)))
    assert made.code == 0, made.output
    wanted = ["hatch-sentry-artifacts" + ("[setuptools]" if wheel else ""), "setuptools==61.0.0"]
    install = tool("uv", "pip", "install", "--python", str(environment), *wanted)
    installed = kiosk.run(*install)
    assert installed.code == 0, installed.output
    (python,) = [*environment.glob("bin/python"), *environment.glob("Scripts/python.exe")]
    call = (str(python), "-c", "import setuptools; setuptools.setup()", command)
    result = kiosk.run(*call)

    if wheel:
        assert result.code == 0, result.output
        release, names = PROJECTS["setuptools_package_data"]
        assert contents(server, release) == shipped(kiosk.wheel, names)
    else:
        assert result.code == 1
        assert result.lines == [
            (
                "error: sentry-artifacts: this setuptools makes no wheels by itself: install "
                "'hatch-sentry-artifacts[setuptools]', which brings the package wheel, "
                "or setuptools 70.1 or later"
            )
        ]
