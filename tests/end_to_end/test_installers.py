"""Whoever installs a project uploads nothing, whatever stands in environment or configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.machine import Result, module, tool, uv
from tests.support.project import Project
from tests.support.sentry_contents import releases

pytestmark = pytest.mark.usefixtures("wheels")

PIP = "{pip}"
INSTALLERS = {
    "pip wheel": (PIP, "wheel", "--no-deps", "-w", "{wheels}", "{sdist}"),
    "pip install": (PIP, "install", "{sdist}"),
    "pip install -e": (PIP, "install", "-e", "{folder}"),
    "uv pip install": ("{uv}", "pip", "install", "{sdist}"),
    "uv pip install -e": ("{uv}", "pip", "install", "-e", "{folder}"),
}
ALL_INSTALLERS = INSTALLERS | {
    "pip install folder": (PIP, "install", "{folder}"),
    "pip install --dry-run": (PIP, "install", "--dry-run", "{sdist}"),
    "pip download": (PIP, "download", "--no-deps", "-d", "{wheels}", "{sdist}"),
    "uv pip install folder": ("{uv}", "pip", "install", "{folder}"),
    "uv pip install --no-cache": ("{uv}", "pip", "install", "--no-cache", "{sdist}"),
}
ORDERS = {"SENTRY_ARTIFACTS": "upload", "HATCH_BUILD_HOOK_ENABLE_SENTRY": "true"}


@dataclass(frozen=True)
class Computer:
    """Where a project is installed: an empty virtual environment beside it."""

    project: Project
    environment: Path
    wheels: Path

    def install(self, installer: tuple[str, ...], **environment: str) -> Result:
        """Run the installer, with its own output and that of the build shown."""
        (sdist,) = self.project.folder.glob("dist/*.tar.gz")
        values = {"sdist": sdist, "folder": self.project.folder, "wheels": self.wheels}
        name, *arguments = installer
        given = [argument.format(**values) for argument in arguments]
        if name == PIP:
            command = module("pip", "--python", str(self.environment), *given, "-v")
        else:
            command = tool("uv", *given, "--python", str(self.environment), "-v")
        # An installer may run anywhere, and so in the project's own folder too.
        return self.project.run(*command, **environment)


@pytest.fixture
def computer(copy: Callable[[str], Project], tmp_path: Path) -> Callable[[str], Computer]:
    def make(name: str) -> Computer:
        project = copy(name)
        made = project.run(*uv("venv", str(tmp_path / "environment")))
        assert made.code == 0, made.output
        assert project.run(*module("hatchling", "build", "-t", "sdist")).code == 0
        return Computer(project, tmp_path / "environment", tmp_path / "wheels")

    return make


def _assert_told(result: Result, server: LocalServer, order: str) -> None:
    """One line says that the order does not count; the installation goes on."""
    assert result.code == 0, result.output
    assert len(set(result.lines)) == 1, result.output
    assert result.lines[0].startswith(f"nothing uploaded to Sentry: {order} does not count ")
    assert releases(server) == []


def _assert_silent(result: Result, server: LocalServer) -> None:
    assert result.code == 0, result.output
    assert result.lines == []
    assert releases(server) == []


@pytest.mark.parametrize("installer", INSTALLERS.values(), ids=list(INSTALLERS))
def test_an_order_does_not_count_where_an_installer_builds_whatever_the_configuration_is(
    computer: Callable[[str], Computer], server: LocalServer, installer: tuple[str, ...]
) -> None:
    target = computer("faulty")

    _assert_told(target.install(installer, **ORDERS), server, "SENTRY_ARTIFACTS=upload")
    if "wheel" in installer:
        assert len(list(target.wheels.glob("faulty-5.0-*.whl"))) == 1
    elif "-e" not in installer:
        assert list(target.environment.rglob("faulty/static/app.js.map"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "environment"),
    [("shop", {}), ("forum", ORDERS), ("faulty", ORDERS)],
    ids=["no order", "global hook and orders", "faulty and orders"],
)
@pytest.mark.parametrize("installer", ALL_INSTALLERS.values(), ids=list(ALL_INSTALLERS))
def test_no_installer_uploads(
    computer: Callable[[str], Computer],
    server: LocalServer,
    installer: tuple[str, ...],
    name: str,
    environment: dict[str, str],
) -> None:
    result = computer(name).install(installer, **environment)
    if environment:
        _assert_told(result, server, "SENTRY_ARTIFACTS=upload")
    else:
        _assert_silent(result, server)


@pytest.mark.parametrize("order", ["nonsense", "dry-run"])
def test_other_orders_do_not_reach_installers_either(
    computer: Callable[[str], Computer], server: LocalServer, order: str
) -> None:
    installer = INSTALLERS["uv pip install"]

    _assert_silent(computer("shop").install(installer, SENTRY_ARTIFACTS=order), server)


@pytest.mark.parametrize(
    "name", [pytest.param("pip wheel", marks=pytest.mark.slow), "uv pip install"]
)
def test_a_hook_that_is_off_by_default_needs_no_plugin_to_install(
    computer: Callable[[str], Computer], server: LocalServer, name: str
) -> None:
    result = computer("gallery").install(INSTALLERS[name], SENTRY_ARTIFACTS="upload")

    _assert_silent(result, server)
    assert "sentry_artifacts" not in result.output.replace("-", "_")


@pytest.mark.slow
def test_uv_sync_uploads_nothing(shop: Project, server: LocalServer) -> None:
    for editable in ("--editable", "--no-editable"):
        result = shop.run(*uv("sync", editable, "--reinstall", "-v"), **ORDERS)
        _assert_told(result, server, "SENTRY_ARTIFACTS=upload")
