"""What users run: each front end, with a build environment of its own that installs the plugin."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.support.machine import module, tool, uv
from tests.support.project import Project
from tests.support.sentry_contents import contents, releases, shipped

from .test_orders import OUTSIDE
from .test_uploads import NOTEBOOK, SHOP

pytestmark = pytest.mark.usefixtures("wheels")

HATCH = tool("hatch", "build")
BUILD = module("build")
UV = uv("build")
# As users do, but with an interpreter that finds hatchling's command in an environment of its own.
HATCHLING = uv("run", "--isolated", "--no-project", "--with", "hatchling,hatch-sentry-artifacts")
FRONT_ENDS = {
    "hatch build": HATCH,
    "hatchling build": (*HATCHLING, "hatchling", "build"),
    "python -m build": BUILD,
    "uv build": UV,
}
every_front_end = pytest.mark.parametrize("command", FRONT_ENDS.values(), ids=list(FRONT_ENDS))


@every_front_end
def test_each_front_end_uploads_what_the_wheel_ships(
    shop: Project, server: LocalServer, command: tuple[str, ...]
) -> None:
    result = shop.run(*command)

    assert result.code == 0, result.output
    assert [line.partition(" (")[0] for line in result.lines] == [
        f"{shop.wheel.name}: 4 files",
        "release 1.2.0: 4 uploaded",
    ]
    assert releases(server) == ["1.2.0"]
    assert contents(server, "1.2.0") == shipped(shop.wheel, SHOP)


@pytest.mark.parametrize(
    "command",
    [BUILD, pytest.param(UV, marks=pytest.mark.slow)],
    ids=["python -m build", "uv build"],
)
def test_a_build_from_the_unpacked_sdist_finds_sentryclirc_and_writes_the_report_in_the_project(
    copy: Callable[[str], Project], server: LocalServer, command: tuple[str, ...]
) -> None:
    notebook = copy("notebook").without("SENTRY_AUTH_TOKEN", "SENTRY_URL")
    # Outside of the sdist, so that the unpacked one cannot be where it is found.
    notebook.folder.joinpath(".gitignore").write_text(".sentryclirc\n", "utf-8")
    clirc = f"[defaults]\nurl = {server.url}\n[auth]\ntoken = {DEFAULT_TOKEN}\n"
    notebook.folder.joinpath(".sentryclirc").write_text(clirc, "utf-8")
    result = notebook.run(*command, SENTRY_ARTIFACTS="upload")

    assert result.code == 0, result.output
    (sdist,) = notebook.folder.glob("dist/*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if name.endswith(".sentryclirc")]
    assert contents(server, "notebook-clock@0.3.1") == shipped(notebook.wheel, NOTEBOOK)
    report = json.loads(notebook.folder.joinpath("reports", "sentry.json").read_text("utf-8"))
    assert report["summary"] == {"uploaded": 4}


def test_the_plugin_is_installed_only_where_a_hook_that_is_off_by_default_is_enabled(
    copy: Callable[[str], Project], server: LocalServer, wheels: Path
) -> None:
    gallery = copy("gallery")
    silent = gallery.run(*UV, "--wheel", "-v", SENTRY_ARTIFACTS="upload")

    assert (silent.code, silent.lines) == (0, [])
    assert "hatchling==" in silent.output
    assert "hatch-sentry-artifacts" not in silent.output
    assert releases(server) == []

    loud = gallery.run(*UV, "--wheel", "-v", HATCH_BUILD_HOOK_ENABLE_SENTRY="true")
    assert loud.code == 0, loud.output
    (plugin,) = wheels.glob("hatch_sentry_artifacts-*.whl")
    assert f"hatch-sentry-artifacts=={plugin.name.split('-')[1]}" in loud.output
    names = {f"gallery/static/{file}": f"~/static/{file}" for file in ("app.js", "app.js.map")}
    assert contents(server, "4.0") == shipped(gallery.wheel, names)


@pytest.mark.slow
@pytest.mark.parametrize("command", [HATCH, UV], ids=["hatch build", "uv build"])
def test_hatch_s_order_enables_the_hook_in_other_front_ends_too(
    copy: Callable[[str], Project], server: LocalServer, command: tuple[str, ...]
) -> None:
    result = copy("gallery").run(*command, HATCH_BUILD_HOOK_ENABLE_SENTRY="true")

    assert result.code == 0, result.output
    assert releases(server) == ["4.0"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [(*HATCH,), (*BUILD, "-o"), (*UV, "-o")],
    ids=["hatch build", "python -m build -o", "uv build -o"],
)
def test_a_wheel_outside_of_the_project_is_uploaded_only_on_order(
    shop: Project, server: LocalServer, tmp_path: Path, command: tuple[str, ...]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    result = shop.run(*command, str(elsewhere))

    assert result.code == 0
    (line,) = result.lines
    assert OUTSIDE.fullmatch(line)
    assert len(list(elsewhere.glob("*.whl"))) == 1
    assert releases(server) == []
    assert shop.run(*command, str(elsewhere), SENTRY_ARTIFACTS="upload").code == 0
    assert releases(server) == ["1.2.0"]


@pytest.mark.slow
@every_front_end
def test_each_front_end_shows_all_errors_of_the_configuration(
    copy: Callable[[str], Project], server: LocalServer, command: tuple[str, ...]
) -> None:
    faulty = copy("faulty")
    result = faulty.run(*command)

    assert result.code == {BUILD: 1}.get(command, 2)
    for key in ("organization", "relaese", "workers", "auth-token", "paths"):
        assert f"tool.hatch.build.targets.wheel.hooks.sentry.{key}: " in result.output
    assert faulty.wheels == []
    assert releases(server) == []


@pytest.mark.slow
@every_front_end
def test_each_front_end_fails_on_a_refusal_and_keeps_the_wheel(
    shop: Project, command: tuple[str, ...]
) -> None:
    result = shop.run(*command, SENTRY_AUTH_TOKEN="b" * 40)

    assert result.code == {BUILD: 1, UV: 2}.get(command, 3)
    assert "(401: Invalid token)" in result.output
    assert shop.wheel


@pytest.mark.slow
@every_front_end
def test_each_front_end_says_what_is_missing_without_a_token(
    shop: Project, server: LocalServer, command: tuple[str, ...]
) -> None:
    result = shop.without("SENTRY_AUTH_TOKEN").run(*command)

    assert result.code == 0
    assert len(result.lines) == 1
    assert "SENTRY_AUTH_TOKEN is not set" in result.lines[0]
    assert releases(server) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [(*HATCH, "-t", "sdist"), (*BUILD, "--sdist"), (*UV, "--sdist")],
    ids=["hatch build", "python -m build", "uv build"],
)
def test_an_sdist_uploads_nothing(
    shop: Project, server: LocalServer, command: tuple[str, ...]
) -> None:
    result = shop.run(*command, SENTRY_ARTIFACTS="upload")

    assert (result.code, result.lines) == (0, [])
    assert releases(server) == []


@pytest.mark.slow
def test_a_member_is_uploaded_from_the_dist_of_its_workspace(
    shop: Project, server: LocalServer, tmp_path: Path
) -> None:
    tmp_path.joinpath("pyproject.toml").write_text(
        '[project]\nname = "all"\nversion = "0"\n[tool.uv.workspace]\nmembers = ["shop"]\n', "utf-8"
    )
    result = replace(shop, folder=tmp_path).run(*UV, "--package", "shop")

    assert result.code == 0, result.output
    assert releases(server) == ["1.2.0"]
