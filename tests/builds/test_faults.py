"""What is left, said and changed where the upload does not happen, or fails, or cannot begin."""

from __future__ import annotations

import pytest

from tests.support.project import READ_ONLY_TOKEN
from tests.support.sentry_contents import releases

from .front_end import front_end, in_package, integrity, script, shipped, tree, with_map, write
from .press import AS_FILES, INJECT, STRIP, Press

MADE = ("dist", "build", "press.egg-info")
WARNING = (
    "ships without its source maps, and Sentry does not have them all: "
    "build it again, with the upload, before you release it"
)


def _warnings(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("warning: ")]


def test_a_failed_upload_changes_nothing_and_another_build_fixes_it(press: Press) -> None:
    press.configure(STRIP, INJECT, AS_FILES, 'validate = "off"')
    before = tree(press.folder)
    failed = press.build(SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN)

    assert failed.code != 0
    assert _warnings(failed.lines) == [f"warning: {press.wheel.name} {WARNING}"]
    assert tree(press.folder, *MADE) == before
    assert not list(press.temporary.iterdir())
    first = shipped(press.wheel)
    press.wheel.unlink()
    assert press.build().code == 0
    assert shipped(press.wheel) == first
    assert "~/static/app.js.map" in press.on_server()


@pytest.mark.slow
def test_with_on_error_warn_the_wheel_is_not_taken_for_complete(hatch: Press) -> None:
    hatch.configure(STRIP, 'on-error = "warn"')
    result = hatch.build(SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN)

    assert result.code == 0
    assert len(_warnings(result.lines)) == 2
    assert WARNING in result.lines[-1]


@pytest.mark.parametrize(
    "environment",
    [{"SENTRY_ARTIFACTS": "dry-run"}, {"SENTRY_AUTH_TOKEN": ""}],
    ids=["dry run", "no token"],
)
def test_a_build_that_uploads_nothing_strips_too_and_warns(
    press: Press, environment: dict[str, str]
) -> None:
    press.configure(STRIP)
    result = press.build(**environment)

    assert result.code == 0, result.output
    assert "static/app.js.map" not in in_package(shipped(press.wheel))
    assert _warnings(result.lines) == [f"warning: {press.wheel.name} {WARNING}"]
    assert releases(press.server) == []


@pytest.mark.slow
def test_a_dry_run_shows_the_maps_that_the_wheel_does_not_hold(hatch: Press) -> None:
    hatch.configure(STRIP)
    result = hatch.build(SENTRY_ARTIFACTS="dry-run")

    assert "~/static/app.js  Sourcemap: app.js.map" in result.output
    assert "~/static/app.js.map" in result.output
    assert "~/static/inline.js.map" in result.output


def test_with_the_order_off_the_wheel_is_the_same_and_nothing_is_said(press: Press) -> None:
    press.configure(STRIP)
    result = press.build(SENTRY_ARTIFACTS="off")

    assert (result.code, result.lines) == (0, [])
    assert "static/app.js.map" not in in_package(shipped(press.wheel))
    assert releases(press.server) == []


@pytest.mark.slow
def test_inject_warns_of_no_maps_where_nothing_is_uploaded(hatch: Press) -> None:
    hatch.configure(INJECT)
    result = hatch.build(SENTRY_ARTIFACTS="dry-run")

    assert _warnings(result.lines) == []


FAULTS = {
    "two maps": (
        {"static/inline.js.map": b"{}"},
        (
            "press/static/inline.js carries its map itself, and there is also "
            "press/static/inline.js.map"
        ),
    ),
    "zst": (
        {"static/app.js.zst": b"x"},
        "press/static/app.js.zst: a .zst copy cannot be made again",
    ),
    "hash in a script": (
        {"static/loader.js": f'load("{integrity(with_map("app.js")["app.js"])}")'.encode()},
        (
            "press/static/loader.js holds the integrity hash of press/static/app.js, which ships "
            "without its sourceMappingURL comment"
        ),
    ),
}


@pytest.mark.parametrize(("files", "error"), FAULTS.values(), ids=list(FAULTS))
def test_what_cannot_be_stripped_fails_the_build_and_is_named(
    hatch: Press, files: dict[str, bytes], error: str
) -> None:
    write(hatch.folder / "press", files)
    hatch.configure(STRIP)
    before = tree(hatch.folder)
    result = hatch.build()

    assert result.code != 0
    assert [line.startswith(f"error: {error}") for line in result.lines] == [True], result.output
    assert tree(hatch.folder, "dist") == before
    assert hatch.project.wheels == []
    assert not [path for path in hatch.temporary.iterdir() if path.is_dir()]


def test_a_fault_of_setuptools_build_is_one_line_too(setuptools: Press) -> None:
    write(setuptools.folder / "press", FAULTS["two maps"][0])
    setuptools.configure(STRIP)
    result = setuptools.build()

    assert result.code == 2
    assert FAULTS["two maps"][1] in result.lines[-1]
    assert setuptools.project.wheels == []
    assert not list(setuptools.temporary.iterdir())


def test_strip_brings_no_findings_that_are_not_there_without(hatch: Press) -> None:
    dangling = script("gone.js") + b"//# sourceMappingURL=gone.js.map\n"
    write(hatch.folder / "press", {"static/gone.js": dangling})
    hatch.configure(STRIP)
    result = hatch.build()

    assert _warnings(result.lines) == [
        (
            "warning: press/static/gone.js: refers to gone.js.map, but the map is not there; "
            "ship it, or exclude the script if nobody needs its map [missing-map]"
        )
    ]
    assert in_package(shipped(hatch.wheel))["static/gone.js"] == dangling


@pytest.mark.slow
def test_with_validate_error_a_stripped_project_is_uploaded(press: Press) -> None:
    press.configure(STRIP, 'validate = "error"')

    assert press.build().code == 0
    assert len(press.on_server()) == len(["app", "app map", "inline", "inline map", "plain"])


def test_files_that_are_not_selected_stay_as_they_are(press: Press) -> None:
    press.configure(STRIP, INJECT, 'exclude = ["app.*"]')
    assert press.build().code == 0

    given = front_end()
    files = in_package(shipped(press.wheel))
    same = {path for path in given if "inline" not in path and "plain" not in path}
    assert {path: files[path] for path in same} == {path: given[path] for path in same}
    assert "~/static/app.js" not in press.on_server()
