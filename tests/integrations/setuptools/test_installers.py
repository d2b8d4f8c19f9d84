"""Whoever installs a setuptools project uploads nothing, whatever stands in its files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.machine import module, tool, uv
from tests.support.project import Project
from tests.support.sentry_contents import releases

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wheels")]

PIP = ("{pip}",)
INSTALLERS = {
    "pip install sdist": (*PIP, "install", "{sdist}"),
    "pip install .": (*PIP, "install", "."),
    "pip install -e": (*PIP, "install", "-e", "."),
    "pip wheel": (*PIP, "wheel", "--no-deps", "-w", "dist", "{sdist}"),
    "pip download": (*PIP, "download", "--no-deps", "-d", "dist", "{sdist}"),
    "uv pip install sdist": ("pip", "install", "{sdist}"),
    "uv pip install .": ("pip", "install", "."),
    "uv pip install -e": ("pip", "install", "-e", "."),
    "uv pip install --no-cache": ("pip", "install", "--no-cache", "{sdist}"),
}


# One project has a class of its own for `bdist_wheel`, and one has faulty options.
CASES = [
    *(("setuptools_faulty", installer) for installer in INSTALLERS),
    ("setuptools_cmdclass", "pip install sdist"),
    ("setuptools_cmdclass", "uv pip install -e"),
]


@pytest.mark.parametrize(("name", "installer"), CASES)
def test_no_installer_uploads_and_each_says_that_the_order_does_not_count(
    copy: Callable[[str], Project], server: LocalServer, name: str, installer: str
) -> None:
    project = copy(name)
    environment = str(project.folder.parent / "environment")
    assert project.run(*uv("venv", environment)).code == 0
    assert project.run(*module("build", "--sdist", "--no-isolation")).code == 0
    (sdist,) = project.folder.glob("dist/*.tar.gz")
    given = [argument.format(pip="", sdist=sdist) for argument in INSTALLERS[installer]]
    if installer.startswith("pip"):
        command = module("pip", "--python", environment, *given[1:], "-v")
    else:
        command = tool("uv", *given, "--python", environment, "-v")
    result = project.run(*command, SENTRY_ARTIFACTS="upload")

    assert result.code == 0, result.output
    # To download a project, pip asks for its metadata alone.
    told = [] if installer == "pip download" else ["SENTRY_ARTIFACTS=upload does not count"]
    assert {order for line in result.lines for order in told if order in line} == set(told)
    assert len(set(result.lines)) == len(told), result.output
    assert releases(server) == []
    # The plugin was there, in the environment of the build.
    assert "hatch_sentry_artifacts" in result.output.replace("-", "_")
