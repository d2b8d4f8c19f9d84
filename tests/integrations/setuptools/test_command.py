"""The setuptools command `sentry_artifacts`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.configuration.options import OPTIONS
from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.project import Project
from tests.support.sentry_contents import contents, files, releases, shipped

from .builds import BUILD_HERE, CALL, PROJECTS, SETUP, steps

COMMAND = (*CALL, "sentry_artifacts")
KIOSK, KIOSK_NAMES = PROJECTS["setuptools_package_data"]
UPLOADED = ["kiosk-1.1.0-py3-none-any.whl: 2 files", "release 1.1.0: 2 uploaded"]


@pytest.fixture
def kiosk(copy: Callable[[str], Project]) -> Project:
    return copy("setuptools_package_data")


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(("sentry_artifacts",), marks=pytest.mark.smoke),
        ("bdist_wheel", "sentry_artifacts"),
        ("sentry_artifacts", "bdist_wheel"),
        pytest.param(("sdist", "bdist_wheel", "sentry_artifacts"), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_it_uploads_the_wheel_and_builds_it_if_need_be(
    kiosk: Project, server: LocalServer, commands: tuple[str, ...]
) -> None:
    result = kiosk.run(*CALL, *commands)

    assert result.code == 0, result.output
    assert steps(result) == UPLOADED
    assert contents(server, KIOSK) == shipped(kiosk.wheel, KIOSK_NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["setuptools_setup_py", "setuptools_cmdclass"])
def test_it_takes_the_wheel_of_a_project_s_own_command(
    copy: Callable[[str], Project], server: LocalServer, name: str
) -> None:
    project = copy(name)
    if name == "setuptools_cmdclass":
        project.folder.joinpath("setup.py").write_text("import setuptools\nsetuptools.setup()\n")
    result = project.run(*SETUP, "sentry_artifacts")

    assert result.code == 0, result.output
    release, names = PROJECTS[name]
    assert contents(server, release) == shipped(project.wheel, names)


def test_it_needs_no_table(kiosk: Project, server: LocalServer) -> None:
    kiosk.edit("[tool.sentry-artifacts]", "[tool.other]")
    result = kiosk.run(*COMMAND, "--organization", "acme", "--project", "web")

    assert result.code == 0, result.output
    assert contents(server, KIOSK) == shipped(kiosk.wheel, KIOSK_NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["off", "dry-run"])
def test_it_uploads_whatever_the_environment_orders(
    kiosk: Project, server: LocalServer, order: str
) -> None:
    assert kiosk.run(*COMMAND, SENTRY_ARTIFACTS=order).code == 0
    assert releases(server) == [KIOSK]


@pytest.mark.slow
def test_it_is_passed_through_a_front_end_as_an_option_of_the_build(
    kiosk: Project, server: LocalServer
) -> None:
    elsewhere = kiosk.folder.parent / "elsewhere"
    result = kiosk.run(*BUILD_HERE, "-o", str(elsewhere), "-C--build-option=sentry_artifacts")

    assert result.code == 0, result.output
    assert steps(result) == UPLOADED
    assert len(list(elsewhere.glob("*.whl"))) == 1
    assert releases(server) == [KIOSK]


def test_options_on_the_command_line_win_over_the_table(
    kiosk: Project, server: LocalServer
) -> None:
    kiosk.configure('release = "table"', 'dist = "table"', "finalize-release = true")
    options = {
        "--release": "{name}-{version}",
        "--project": "web,other",
        "--paths": "kiosk/static=~/assets, kiosk/none=~/none",
        "--include": "*.js, *.css",
        "--report": "report.json",
    }
    given = [part for option in options.items() for part in option]
    result = kiosk.run(*COMMAND, *given, "--no-finalize-release")

    assert result.code == 0, result.output
    held = files(server, "kiosk-1.1.0")
    assert {name: file["dist"] for name, file in held.items()} == {
        "~/assets/app.js": "table",
        "~/assets/app.js.map": "table",  # its script refers to it
    }
    report = json.loads(kiosk.folder.joinpath("report.json").read_text("utf-8"))
    assert report["projects"] == ["web", "other"]


@pytest.mark.slow
def test_setup_cfg_may_hold_its_options_too(kiosk: Project, server: LocalServer) -> None:
    kiosk.folder.joinpath("setup.cfg").write_text("[sentry_artifacts]\nrelease = cfg\n", "utf-8")

    assert kiosk.run(*COMMAND).code == 0
    assert releases(server) == ["cfg"]


@pytest.mark.slow
def test_a_dry_run_shows_the_plan_and_sends_nothing(kiosk: Project, server: LocalServer) -> None:
    result = kiosk.run(*COMMAND, "--dry-run")

    assert result.code == 0
    assert result.lines[-1] == f"release {KIOSK}: dry run: 2 planned, nothing sent"
    assert releases(server) == []


@pytest.mark.smoke
@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(("sentry_artifacts",), marks=pytest.mark.slow),
        ("bdist_wheel", "sentry_artifacts"),
    ],
    ids=" ".join,
)
def test_all_wrong_options_are_told_before_anything_is_built(
    kiosk: Project, server: LocalServer, commands: tuple[str, ...]
) -> None:
    kiosk.configure("timeout = 0")
    result = kiosk.run(*CALL, *commands, "--workers", "many", "--paths", "kiosk")

    assert result.code == 2
    wrong = [line for line in result.err.splitlines() if "must be" in line or "prefix" in line]
    assert [line.removeprefix("sentry-artifacts: error: ").partition(":")[0] for line in wrong] == [
        "tool.sentry-artifacts.timeout",
        "--paths",
        "--workers",
    ]
    assert kiosk.wheels == []
    assert not kiosk.folder.joinpath("build").exists()
    assert releases(server) == []


@pytest.mark.slow
def test_an_unknown_option_is_refused(kiosk: Project) -> None:
    result = kiosk.run(*COMMAND, "--relaese", "1")

    assert result.code == 1
    assert "error: option --relaese not recognized" in result.err


def test_help_lists_every_option_on_80_columns(kiosk: Project) -> None:
    result = kiosk.run(*COMMAND, "--help")

    assert result.code == 0
    for key in (*OPTIONS, "dry-run", "no-create-release", "no-finalize-release"):
        assert f"  --{key} " in result.out
    assert "a list of slugs" not in result.out
    assert max(len(line) for line in result.out.splitlines()) <= 80
    listed = kiosk.run(*CALL, "--help-commands")
    assert "  sentry_artifacts  upload the scripts and source maps of the wheel" in listed.out


@pytest.mark.slow
def test_without_a_token_it_fails(kiosk: Project) -> None:
    result = kiosk.without("SENTRY_AUTH_TOKEN").run(*COMMAND)

    assert result.code == 2
    assert [line for line in result.lines if "no token: set SENTRY_AUTH_TOKEN" in line]
    assert kiosk.wheel


@pytest.mark.slow
def test_a_command_of_the_project_that_calls_it_uploads_once(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    project = copy("setuptools_cmdclass")
    shutil.move(project.folder / "brewing.py", project.folder / "releasing.py")
    project.edit('bdist_wheel = "brewing.Brew"', 'release = "releasing.Release"')
    project.folder.joinpath("releasing.py").write_text(
        "from setuptools import Command\n"
        "class Release(Command):\n"
        "    user_options = []\n"
        "    def initialize_options(self): pass\n"
        "    def finalize_options(self): pass\n"
        "    def run(self): self.run_command('sentry_artifacts')\n",
        "utf-8",
    )
    result = project.run(*CALL, "release")

    assert result.code == 0, result.output
    assert steps(result) == [f"{project.wheel.name}: 2 files", "release 4.1.0: 2 uploaded"]
