"""What a build by setuptools says, and how it ends, where the upload cannot work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.project import READ_ONLY_TOKEN, Project
from tests.support.sentry_contents import releases, scripts_in, shipped

from .builds import BUILD_HERE, CALL, PROJECTS, UV_HERE, command, without_index

BUILDS = {
    "bdist_wheel": (*CALL, "bdist_wheel"),
    "sentry_artifacts": (*CALL, "sentry_artifacts"),
    "python -m build": BUILD_HERE,
    "uv build": UV_HERE,
    "build option": (*BUILD_HERE, "-C--build-option=sentry_artifacts"),
}
KIOSK, KIOSK_NAMES = PROJECTS["setuptools_package_data"]
slow = pytest.mark.slow


@pytest.fixture
def kiosk(copy: Callable[[str], Project]) -> Project:
    """Return a project in whose dist/ an older wheel of the same name lies already."""
    project = copy("setuptools_package_data")
    dist = project.folder / "dist"
    dist.mkdir()
    dist.joinpath("kiosk-1.1.0-py3-none-any.whl").write_text("an older one", "utf-8")
    return project


@pytest.mark.parametrize(
    ("name", "on_error"),
    [
        ("python -m build", "fail"),
        ("uv build", "fail"),
        ("bdist_wheel", "warn"),
        pytest.param("bdist_wheel", "fail", marks=slow),
        pytest.param("sentry_artifacts", "fail", marks=slow),
        pytest.param("sentry_artifacts", "warn", marks=slow),
        pytest.param("build option", "fail", marks=slow),
        pytest.param("python -m build", "warn", marks=slow),
        pytest.param("uv build", "warn", marks=slow),
    ],
)
def test_the_wheel_survives_a_failed_upload(
    kiosk: Project, server: LocalServer, name: str, on_error: str
) -> None:
    kiosk.configure(f'on-error = "{on_error}"')
    result = kiosk.run(*BUILDS[name], SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN, **without_index(kiosk))

    told = [line for line in result.lines if ": 403 " in line]  # a port may hold 403 too
    assert len(told) == 1
    if on_error == "fail":
        # Front ends have exit codes of their own.
        assert result.code == {"uv build": 2, "python -m build": 1, "build option": 1}.get(name, 3)
        assert told[0].startswith("error: ")
    else:
        assert result.code == 0, result.output
        assert told[0].startswith("warning: ")
        assert told[0].endswith('(the build goes on, since on-error is "warn")')
    # The folder in which a front end's wheel is made is gone by then.
    assert result.lines[-1] == (
        "the wheel is finished and stays in dist; to send what is missing: "
        f"hatch-sentry-artifacts upload dist/{kiosk.wheel.name}"
    )
    left = {file.name for file in kiosk.folder.joinpath("dist").iterdir()}
    assert left - {".gitignore"} == {kiosk.wheel.name}  # uv makes that file
    assert shipped(kiosk.wheel, KIOSK_NAMES)
    assert releases(server) == []


def test_all_errors_of_the_table_come_at_once_before_anything_is_built(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    faulty = copy("setuptools_faulty")
    result = faulty.run(*BUILD_HERE)

    assert result.code == 1
    keys = ("organization", "relaese", "workers", "auth-token", "paths")
    told = [line for line in result.output.splitlines() if "tool.sentry-artifacts." in line]
    assert [line.removeprefix("sentry-artifacts: error: ").partition(":")[0] for line in told] == [
        f"tool.sentry-artifacts.{key}" for key in keys
    ]
    assert "sntrys_" not in result.output
    assert faulty.wheels == []
    assert not faulty.folder.joinpath("build").exists()
    assert releases(server) == []


@slow
@pytest.mark.parametrize("table", ["sentry-artifacts = 3", "[[tool.sentry-artifacts]]"])
@pytest.mark.parametrize("run", ["bdist_wheel", "sentry_artifacts"])
def test_a_table_that_is_none_is_refused(kiosk: Project, table: str, run: str) -> None:
    pyproject = kiosk.folder / "pyproject.toml"
    text = pyproject.read_text("utf-8").replace(
        "[tool.setuptools]", f"[tool]\n{table}\n[tool.setuptools]"
    )
    text = text.replace("[tool]\n[[", "[[").partition("[tool.sentry-artifacts]\norg")[0]
    pyproject.write_text(text, "utf-8")
    result = kiosk.run(*CALL, run)

    assert result.code == 2
    assert result.lines == [
        "error: tool.sentry-artifacts: must be a table, [tool.sentry-artifacts]"
    ]


@slow
def test_two_configurations_are_refused(kiosk: Project) -> None:
    kiosk.configure("[tool.hatch.build.targets.wheel.hooks.sentry]")
    result = kiosk.run(*CALL, "bdist_wheel")

    assert result.code == 2
    assert "tool.hatch.build.targets.wheel.hooks.sentry and tool.sentry-artifacts" in result.err
    assert kiosk.folder.joinpath("dist", "kiosk-1.1.0-py3-none-any.whl").read_text() == (
        "an older one"
    )


@slow
def test_an_order_that_is_none_stops_the_build_before_it_begins(kiosk: Project) -> None:
    result = kiosk.run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS="nonsense")

    assert result.code == 2
    assert result.lines == [
        "error: SENTRY_ARTIFACTS is 'nonsense'; it must be upload, dry-run or off"
    ]
    assert not kiosk.folder.joinpath("build").exists()


@slow
def test_off_is_silent_even_where_the_table_is_wrong(copy: Callable[[str], Project]) -> None:
    result = copy("setuptools_faulty").run(*CALL, "bdist_wheel", SENTRY_ARTIFACTS="off")

    assert (result.code, result.lines) == (0, [])


@slow
def test_a_wheel_without_scripts_is_built_with_a_warning(
    kiosk: Project, server: LocalServer
) -> None:
    kiosk.edit('"static/*"', '"static/*.css"')
    result = kiosk.run(*BUILD_HERE)

    assert result.code == 0
    assert scripts_in(kiosk.wheel) == set()
    assert len(result.lines) == 1
    assert result.lines[0].startswith(f"warning: {kiosk.wheel.name}: nothing to upload")
    assert releases(server) == []


@slow
@pytest.mark.parametrize("run", ["bdist_wheel", "sentry_artifacts"])
def test_a_wheel_that_cannot_be_told_from_others_is_not_uploaded(
    copy: Callable[[str], Project], server: LocalServer, run: str
) -> None:
    project = copy("setuptools_cmdclass")
    project.edit(
        "        wheel.replace(",
        "        wheel.with_name('other.whl').touch()\n        wheel.replace(",
        "brewing.py",
    )
    result = project.run(*command("setuptools_cmdclass", run))

    way_out = (
        "nothing was uploaded: the project's bdist_wheel does not tell which wheel in dist is its; "
        "run `hatch-sentry-artifacts upload` with that wheel afterwards"
    )
    kind = "warning" if run == "bdist_wheel" else "error"
    assert result.lines == [f"{kind}: {way_out}"]
    assert result.code == (0 if run == "bdist_wheel" else 2)
    assert len(project.wheels) == 2
    assert releases(server) == []
