"""What a build by hatchling brings to the server: exactly what the wheel ships."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.machine import module
from tests.support.project import Project
from tests.support.sentry_contents import contents, files, releases, scripts_in, shipped

SHOP = {
    "shop/static/js/app.js": "~/static/js/app.js",
    "shop/static/js/app.js.map": "~/static/js/app.js.map",
    "shop/static/js/check out.js": "~/static/js/check%20out.js",
    "shop/static/js/worker.mjs": "~/static/js/worker.mjs",
}
NOTEBOOK = {
    "clock/static/app.js": "https://cdn.example.com/clock/app.js",
    "clock/static/app.js.map": "https://cdn.example.com/clock/app.js.map",
    "notebook_clock-0.3.1.data/data/share/jupyter/labextensions/clock/static/app.js": (
        "~/lab/extensions/clock/static/app.js"
    ),
    "notebook_clock-0.3.1.data/data/share/jupyter/labextensions/clock/static/app.js.map": (
        "~/lab/extensions/clock/static/app.js.map"
    ),
}

BUILDING_HOOK = """
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildScripts(BuildHookInterface):
    def initialize(self, version, build_data):
        Path(self.root, "leaflet", "built.js").write_text("built();")
"""


@pytest.mark.smoke
def test_the_release_holds_exactly_what_the_wheel_ships(shop: Project, server: LocalServer) -> None:
    result = shop.build()

    assert result.code == 0
    assert result.lines[0] == (
        f"{shop.wheel.name}: 4 files (548 B) for release 1.2.0 of acme/web at {server.url}"
    )
    assert result.lines[1].startswith("release 1.2.0: 4 uploaded (")
    assert scripts_in(shop.wheel) == set(SHOP)
    assert releases(server) == ["1.2.0"]
    assert contents(server, "1.2.0") == shipped(shop.wheel, SHOP)


def test_a_script_is_stored_with_the_address_of_its_map(shop: Project, server: LocalServer) -> None:
    shop.build()

    headers = {name: file["headers"] for name, file in files(server, "1.2.0").items()}
    assert headers["~/static/js/app.js"]["Sourcemap"] == "app.js.map"
    assert "Sourcemap" not in headers["~/static/js/worker.mjs"]


@pytest.mark.parametrize(("name", "version"), [("forum", "2.0"), ("wiki", "3.0")])
def test_the_hook_may_stand_in_the_global_table_or_in_hatch_toml(
    copy: Callable[[str], Project], server: LocalServer, name: str, version: str
) -> None:
    project = copy(name)

    assert project.build().code == 0
    names = {f"{name}/static/{file}": f"~/static/{file}" for file in ("app.js", "app.js.map")}
    assert contents(server, version) == shipped(project.wheel, names)


def test_paths_name_the_files_of_packages_and_of_the_data_folder(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    notebook = copy("notebook")

    assert notebook.build().code == 0
    release = "notebook-clock@0.3.1"
    assert releases(server) == [release]
    assert contents(server, release) == shipped(notebook.wheel, NOTEBOOK)
    assert scripts_in(notebook.wheel) - set(NOTEBOOK) == {"clock/tools/uptime.js"}
    assert {file["dist"] for file in files(server, release).values()} == {"wheel-0.3.1"}


def test_scripts_that_an_earlier_hook_builds_are_uploaded(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    leaflet = copy("no_scripts")
    leaflet.folder.joinpath("hatch_build.py").write_text(BUILDING_HOOK, "utf-8")
    hooks = "[tool.hatch.build.targets.wheel.hooks"
    leaflet.edit(f"{hooks}.sentry]", f"{hooks}.custom]\n{hooks}.sentry]")

    assert leaflet.build().code == 0
    assert contents(server, "6.0") == {"~/built.js": b"built();"}


def test_the_report_lies_in_the_project_s_folder(copy: Callable[[str], Project]) -> None:
    notebook = copy("notebook")
    notebook.build()

    report = json.loads(notebook.folder.joinpath("reports", "sentry.json").read_text("utf-8"))
    assert report["ok"] is True
    assert report["projects"] == ["web", "other"]
    assert report["summary"] == {"uploaded": 4}
    assert {file["path"]: file["name"] for file in report["files"]} == NOTEBOOK


def test_building_again_sends_nothing_again(shop: Project, server: LocalServer) -> None:
    shop.build()
    before = files(server, "1.2.0")
    result = shop.build()

    assert result.lines[1].startswith("release 1.2.0: 4 unchanged (")
    assert files(server, "1.2.0") == before


def test_building_a_changed_script_replaces_it_alone(shop: Project, server: LocalServer) -> None:
    shop.build()
    before = files(server, "1.2.0")
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    result = shop.build(SENTRY_ARTIFACTS="upload")

    assert result.lines[1].startswith("release 1.2.0: 3 unchanged, 1 replaced (")
    assert contents(server, "1.2.0") == shipped(shop.wheel, SHOP)
    after = files(server, "1.2.0")
    assert [name for name in after if after[name] != before[name]] == ["~/static/js/worker.mjs"]


def test_nothing_is_printed_to_stdout(shop: Project) -> None:
    for order in ("", "dry-run"):
        assert shop.build(SENTRY_ARTIFACTS=order).out == ""


@pytest.mark.parametrize(
    ("target", "said"), [("sdist", []), ("wheel:editable", ["SENTRY_ARTIFACTS=upload"])]
)
def test_sdists_and_editable_wheels_upload_nothing(
    shop: Project, server: LocalServer, target: str, said: list[str]
) -> None:
    # Its editable wheel holds a path alone, so that hatchling needs no further package for it.
    shop.edit('exclude = ["*.test.js"]', 'dev-mode-dirs = ["."]')
    result = shop.run(*module("hatchling", "build", "-t", target), SENTRY_ARTIFACTS="upload")

    assert result.code == 0
    begin = "nothing uploaded to Sentry: "
    assert [line.partition(" does not count for an editable")[0] for line in result.lines] == [
        begin + order for order in said
    ]
    assert releases(server) == []


def test_a_wheel_without_scripts_is_built_with_a_warning(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    leaflet = copy("no_scripts")
    result = leaflet.build()

    assert result.code == 0
    assert result.lines == [
        (
            f"warning: {leaflet.wheel.name}: nothing to upload: looked for *.js, *.mjs, *.cjs, "
            "*.js.map, *.mjs.map, *.cjs.map among its 4 files; "
            "is the front end built before the wheel?"
        )
    ]
    assert releases(server) == []
