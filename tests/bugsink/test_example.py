"""The example, built as in a release pipeline: a real Bugsink shows its TypeScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.machine import module

from .example import (
    CALLED,
    HATCH_BUILD,
    PYTHON_BUILD,
    SOURCE,
    THROWN,
    VERSION,
    Example,
    copy_example,
    run,
)
from .server import Bugsink, Frame

pytestmark = pytest.mark.slow

BUNDLE = 'upload-as = "artifact-bundle"'
INJECT = 'debug-ids = "inject"'
STRIP = 'source-maps = "strip"'


@pytest.fixture(scope="module")
def by_hatch(bugsink: Bugsink, tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Return the example, built by `hatch build`."""
    folder = tmp_path_factory.mktemp("example") / "pinboard"
    example = copy_example(folder, bugsink.make_project(), "hatchling", (BUNDLE, INJECT))
    example.build(*HATCH_BUILD)
    return example


def in_typescript(example: Example) -> list[Frame]:
    """Return the frames of the error as they were written.

    For the function, Bugsink shows the name that the source map has for the place: of a call, that
    of what is called; of `new`, none.
    """
    lines = example.source.splitlines()

    def frame(text: str, function: str | None) -> Frame:
        number = example.line_of(text)
        return Frame(SOURCE, number, function, lines[number - 1].strip())

    return [frame(CALLED, "takeFirst"), frame(THROWN, None)]


def minified(example: Example) -> list[Frame]:
    """Return the error's frames as the browser reports them, with what Bugsink says of each."""
    remark = f"(no sourcemap for debug_id {example.debug_id})"
    return [Frame(place.url, place.line, place.function, remark=remark) for place in example.places]


def shown(example: Example) -> list[Frame]:
    return example.project.shows(example.places, example.debug_id, VERSION)


def test_an_error_in_a_minified_script_shows_file_line_and_function(by_hatch: Example) -> None:
    assert shown(by_hatch) == in_typescript(by_hatch)


def test_without_the_upload_the_same_error_stays_minified(
    by_hatch: Example, bugsink: Bugsink
) -> None:
    nothing_uploaded = bugsink.make_project()

    assert nothing_uploaded.shows(by_hatch.places, by_hatch.debug_id, VERSION) == minified(by_hatch)


def test_a_second_build_of_the_same_is_reported_as_a_success(by_hatch: Example) -> None:
    before = by_hatch.wheel.read_bytes()
    done = by_hatch.build(*HATCH_BUILD)

    assert by_hatch.wheel.read_bytes() == before
    assert f"release {VERSION}: 8 uploaded" in done.output
    assert shown(by_hatch) == in_typescript(by_hatch)


def test_explain_finds_the_same_places_and_names_in_the_wheel(by_hatch: Example) -> None:
    found = []
    for place in by_hatch.places:
        where = f"{place.url}:{place.line}:{place.column}"
        arguments = ("explain", "--json", where, "--from", str(by_hatch.wheel))
        done = run(module("hatch_sentry_artifacts", *arguments), by_hatch.folder, {})
        assert done.code == 0, done.output
        found.append(json.loads(done.out)["original"])

    assert [(each["source"], each["line"], each["name"]) for each in found] == [
        (frame.file, frame.line, frame.function) for frame in shown(by_hatch)
    ]
    assert [each["function"] for each in found] == [
        "a function without a name in takeFromEach",
        "takeFirst",
    ]


@pytest.mark.parametrize(
    ("back_end", "command"),
    [("hatchling", HATCH_BUILD), ("setuptools", PYTHON_BUILD)],
    ids=["hatch build", "setuptools, python -m build --wheel"],
)
def test_maps_that_do_not_ship_are_found(
    bugsink: Bugsink, tmp_path: Path, back_end: str, command: tuple[str, ...]
) -> None:
    options = (BUNDLE, INJECT, STRIP)
    example = copy_example(tmp_path / "pinboard", bugsink.make_project(), back_end, options)
    example.build(*command)

    assert shown(example) == in_typescript(example)
