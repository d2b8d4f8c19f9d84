"""What a build by setuptools brings to the server: exactly what the wheel ships."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.machine import module
from tests.support.project import Project
from tests.support.sentry_contents import contents, files, releases, scripts_in, shipped

from .builds import BUILD_HERE, CALL, PROJECTS, UV_HERE, command, steps, without_index

FRONT_ENDS = {"python -m build": BUILD_HERE, "uv build": UV_HERE}
KIOSK, KIOSK_NAMES = PROJECTS["setuptools_package_data"]


@pytest.fixture
def kiosk(copy: Callable[[str], Project]) -> Project:
    return copy("setuptools_package_data")


@pytest.mark.parametrize("name", PROJECTS)
def test_the_release_holds_exactly_what_the_wheel_ships(
    copy: Callable[[str], Project], server: LocalServer, name: str
) -> None:
    project = copy(name)
    result = project.run(*command(name, "bdist_wheel"))

    assert result.code == 0, result.output
    release, names = PROJECTS[name]
    assert scripts_in(project.wheel) == set(names)
    assert releases(server) == [release]
    assert contents(server, release) == shipped(project.wheel, names)
    # One of them holds an extension of Jupyter, and names it otherwise than Jupyter does.
    assert [line for line in steps(result) if "[name-cannot-match]" not in line] == [
        f"{project.wheel.name}: {len(names)} files",
        f"release {release}: {len(names)} uploaded",
    ]


@pytest.mark.parametrize("front_end", FRONT_ENDS.values(), ids=list(FRONT_ENDS))
def test_each_front_end_uploads_once(
    kiosk: Project, server: LocalServer, front_end: tuple[str, ...]
) -> None:
    result = kiosk.run(*front_end, **without_index(kiosk))

    assert result.code == 0, result.output
    assert steps(result) == [f"{kiosk.wheel.name}: 2 files", f"release {KIOSK}: 2 uploaded"]
    assert contents(server, KIOSK) == shipped(kiosk.wheel, KIOSK_NAMES)
    assert files(server, KIOSK)["~/static/app.js"]["headers"]["Sourcemap"] == "app.js.map"


def test_a_dry_run_sends_nothing_and_keeps_stdout_to_setuptools(
    kiosk: Project, server: LocalServer
) -> None:
    result = kiosk.run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS="dry-run")

    assert result.code == 0
    assert result.lines[-1] == f"release {KIOSK}: dry run: 2 planned, nothing sent"
    assert "~/static/app.js  Sourcemap: app.js.map" in result.err
    assert "sentry" not in result.out
    assert releases(server) == []


def test_without_a_token_the_build_says_so_and_goes_on(kiosk: Project, server: LocalServer) -> None:
    result = kiosk.without("SENTRY_AUTH_TOKEN").run(*CALL, "bdist_wheel")

    assert result.code == 0
    assert len(result.lines) == 1
    assert "SENTRY_AUTH_TOKEN is not set" in result.lines[0]
    assert kiosk.wheel
    assert releases(server) == []


@pytest.mark.slow
def test_a_wheel_outside_of_the_project_is_uploaded_only_on_order(
    kiosk: Project, server: LocalServer
) -> None:
    elsewhere = str(kiosk.folder.parent / "elsewhere")
    result = kiosk.run(*BUILD_HERE, "-o", elsewhere)

    assert result.code == 0
    assert len(result.lines) == 1
    assert "is no dist/ directly below the checkout" in result.lines[0]
    assert releases(server) == []
    assert kiosk.run(*BUILD_HERE, "-o", elsewhere, SENTRY_ARTIFACTS="upload").code == 0
    assert releases(server) == [KIOSK]


@pytest.mark.slow
def test_a_project_of_which_the_table_says_nothing_takes_all_from_the_environment(
    kiosk: Project, server: LocalServer
) -> None:
    kiosk.edit('organization = "acme"\nproject = "web"\n', "")
    result = kiosk.run(*CALL, "bdist_wheel", SENTRY_ORG="acme", SENTRY_PROJECT="web")

    assert result.code == 0, result.output
    assert releases(server) == [KIOSK]


SILENT = {
    "sdist": module("build", "--sdist", "--no-isolation"),
    "editable": (
        *(CALL[0], "-c"),
        "from setuptools import build_meta; build_meta.build_editable('dist')",
    ),
}
MORE_SILENT = {
    "egg_info": (*CALL, "egg_info"),
    "bdist_egg": (*CALL, "bdist_egg"),
    "pip wheel": module("pip", "wheel", "--no-deps", "--no-build-isolation", "-w", "dist", "."),
}


TOLD = {SILENT["editable"], MORE_SILENT["pip wheel"]}


def _assert_not_followed(project: Project, server: LocalServer, build: tuple[str, ...]) -> None:
    """Assert that the order is not followed, and that one line says so where a wheel is built."""
    result = project.run(*build, SENTRY_ARTIFACTS="upload", PIP_VERBOSE="1")
    assert result.code == 0, result.output
    assert releases(server) == []
    told = ["nothing uploaded to Sentry: SENTRY_ARTIFACTS=upload"] if build in TOLD else []
    assert [line.partition(" does not count ")[0] for line in result.lines] == told


@pytest.mark.parametrize("build", SILENT.values(), ids=list(SILENT))
def test_what_is_no_wheel_for_others_uploads_nothing_and_reads_no_options(
    copy: Callable[[str], Project], server: LocalServer, build: tuple[str, ...]
) -> None:
    _assert_not_followed(copy("setuptools_faulty"), server, build)


@pytest.mark.slow
@pytest.mark.parametrize("build", MORE_SILENT.values(), ids=list(MORE_SILENT))
@pytest.mark.parametrize("name", ["setuptools_cmdclass", "setuptools_faulty"])
def test_other_commands_and_pip_upload_nothing_either(
    copy: Callable[[str], Project], server: LocalServer, name: str, build: tuple[str, ...]
) -> None:
    _assert_not_followed(copy(name), server, build)


def test_a_project_without_our_table_is_left_alone(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    project = copy("setuptools_package_data")
    project.edit("[tool.sentry-artifacts]", "[tool.other]")
    result = project.run(*CALL, "bdist_wheel")

    assert (result.code, result.lines) == (0, [])
    assert releases(server) == []


def test_a_table_that_is_misspelt_is_told_without_an_order_too(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    project = copy("setuptools_package_data")
    project.edit("[tool.sentry-artifacts]", "[tool.sentry_artifacts]")
    result = project.run(*CALL, "bdist_wheel")

    (line,) = result.lines
    assert result.code == 0
    assert line.startswith(
        "warning: nothing uploaded to Sentry: [tool.sentry_artifacts] counts for nothing, since "
        "the table's name is [tool.sentry-artifacts]"
    )
    assert project.run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS="off").lines == []
    assert releases(server) == []


@pytest.mark.parametrize(
    ("order", "part"),
    [("dry-run", "has no table [tool.sentry-artifacts]"), ("yes", 'did you mean "upload"?')],
)
def test_every_order_needs_the_table(copy: Callable[[str], Project], order: str, part: str) -> None:
    project = copy("setuptools_package_data")
    project.edit("[tool.sentry-artifacts]", "[tool.other]")
    result = project.run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS=order)

    assert result.code == 2
    assert part in result.lines[0]
    assert project.wheels == []


@pytest.mark.parametrize(
    ("table", "hint"),
    [("sentry_artifacts", "; did you mean it by [tool.sentry_artifacts]?"), ("other", "")],
)
def test_an_order_fails_where_no_table_says_what_to_upload(
    copy: Callable[[str], Project], server: LocalServer, table: str, hint: str
) -> None:
    project = copy("setuptools_package_data")
    project.edit("[tool.sentry-artifacts]", f"[tool.{table}]")
    result = project.run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS="upload")

    assert result.code == 2
    (line,) = result.lines
    assert line.startswith("error: the upload is ordered, but ")
    assert line.endswith(f"pyproject.toml has no table [tool.sentry-artifacts]{hint}")
    assert project.wheels == []
