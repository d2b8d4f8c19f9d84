"""Builds with pdm-backend: uploads, debug ids and maps that do not ship, as with other hooks."""

from __future__ import annotations

import pytest

from tests.support.machine import Result, module

from .front_end import in_package, shipped, write
from .press import AS_FILES, INJECT, STRIP, MakePress, Press

BUILD = module("build", "--wheel", "--no-isolation")


@pytest.fixture
def pdm(make_press: MakePress) -> Press:
    pytest.importorskip("pdm.backend")
    return make_press("pdm")


def build(press: Press, **environment: str) -> Result:
    return press.project.run(*BUILD, **environment)


def test_a_build_uploads_what_the_wheel_holds(pdm: Press) -> None:
    done = build(pdm, SENTRY_ARTIFACTS="upload")
    assert done.code == 0, done.output

    files, held = in_package(shipped(pdm.wheel)), pdm.on_server()
    assert held["~/static/app.js"] == files["static/app.js"]
    assert held["~/static/app.js.map"] == files["static/app.js.map"]


def test_maps_are_uploaded_and_do_not_ship(pdm: Press) -> None:
    before = (pdm.folder / "press/static/app.js").read_bytes()
    pdm.configure(STRIP, INJECT, AS_FILES)
    done = build(pdm, SENTRY_ARTIFACTS="upload")
    assert done.code == 0, done.output

    files, held = in_package(shipped(pdm.wheel)), pdm.on_server()
    assert not any(path.endswith(".js.map") for path in files)
    assert b"sourceMappingURL" not in files["static/app.js"]
    assert b"//# debugId=" in files["static/app.js"]
    assert held["~/static/app.js"] == files["static/app.js"]
    assert pdm.map_of("~/static/app.js") == "app.js.map"
    assert (pdm.folder / "press/static/app.js").read_bytes() == before


def test_an_app_of_django_is_known_while_the_wheel_is_packed(pdm: Press) -> None:
    script = b"a();\n//# sourceMappingURL=/static/maps/a.js.map\n"
    source_map = (pdm.folder / "press/static/app.js.map").read_bytes()
    files = {"shop/__init__.py": b"", "shop/static/a.js": script}
    write(pdm.folder / "press", {**files, "shop/static/maps/a.js.map": source_map})
    pdm.project.edit('version = "1.0"', 'version = "1.0"\ndependencies = ["Django>=4"]')
    pdm.configure(STRIP, AS_FILES)
    assert build(pdm, SENTRY_ARTIFACTS="upload").code == 0

    assert b"sourceMappingURL" not in in_package(shipped(pdm.wheel))["shop/static/a.js"]
    assert "~/static/maps/a.js.map" in pdm.on_server()


def test_a_build_that_fails_to_upload_keeps_the_wheel(pdm: Press) -> None:
    done = build(pdm, SENTRY_ARTIFACTS="upload", SENTRY_AUTH_TOKEN="wrong")
    assert done.code != 0
    assert pdm.project.wheel.exists()


def test_an_order_without_a_table_fails(pdm: Press) -> None:
    pdm.project.edit("[tool.sentry-artifacts]", "[tool.other]")
    done = build(pdm, SENTRY_ARTIFACTS="upload")
    assert done.code != 0
    assert "has no table [tool.sentry-artifacts]" in done.output
    assert not pdm.project.wheels


@pytest.mark.parametrize("environment", [{"SENTRY_ARTIFACTS": "off"}, {"CI": ""}])
def test_other_builds_upload_nothing(pdm: Press, environment: dict[str, str]) -> None:
    done = build(pdm, **environment)
    assert done.code == 0
    assert pdm.project.wheel.exists()
    assert "uploaded  " not in done.output


def test_an_sdist_leaves_out_what_a_killed_run_of_inject_left(pdm: Press) -> None:
    from hatch_sentry_artifacts.assets.rewriting.staging import staged_beside

    left = staged_beside(pdm.folder / "press/static/app.js")
    left.write_bytes(b"half")
    done = pdm.project.run(*module("build", "--sdist", "--wheel", "--no-isolation"))
    assert done.code == 0, done.output
    assert left.name not in {path.rpartition("/")[2] for path in shipped(pdm.wheel)}
