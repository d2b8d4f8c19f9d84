"""Paths as Windows and macOS have them: backslashes, drive letters, names that differ in case."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.naming.naming import Naming, table_naming, url_names
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.integrations.setuptools.wheels import real_folder
from tests.support import make_wheel


@pytest.mark.parametrize(
    ("dist_dir", "real"),
    [
        (PurePosixPath("/shop/dist/.tmp-a1b2c_d3"), PurePosixPath("/shop/dist")),
        (PurePosixPath("/shop/dist/tmpa1b2c_d3"), PurePosixPath("/shop/dist")),
        (PurePosixPath("/shop/dist"), PurePosixPath("/shop/dist")),
        (PurePosixPath("/shop/tmp"), PurePosixPath("/shop/tmp")),
        (PurePosixPath("/shop/tmp-wheels"), PurePosixPath("/shop/tmp-wheels")),
        (PurePosixPath("tmpa1b2c_d3"), PurePosixPath("tmpa1b2c_d3")),
        (PureWindowsPath(r"C:\shop\dist\.tmp-a1b2c_d3"), PureWindowsPath(r"C:\shop\dist")),
        (PureWindowsPath(r"C:\shop\dist\tmpa1b2c_d3"), PureWindowsPath(r"C:\shop\dist")),
        (PureWindowsPath("C:/shop/dist/tmpa1b2c_d3"), PureWindowsPath(r"C:\shop\dist")),
        (PureWindowsPath(r"\\host\share\dist\tmpa1b2c_d3"), PureWindowsPath(r"\\host\share\dist")),
        (PureWindowsPath(r"D:\dist"), PureWindowsPath(r"D:\dist")),
        (PureWindowsPath(r"C:tmpa1b2c_d3"), PureWindowsPath(r"C:tmpa1b2c_d3")),
    ],
    ids=str,
)
def test_the_temporary_folder_of_a_build_is_seen_through(
    dist_dir: PurePath, real: PurePath
) -> None:
    assert real_folder(dist_dir) == real


def test_names_that_differ_in_case_are_different_names() -> None:
    # Of such a wheel, Windows and macOS install one file in place of the other; but URLs differ in
    # case, a server on Linux serves both, and so both are uploaded.
    assert url_names(
        ["shop/static/App.js", "shop/static/app.js", "Shop/static/APP.js"], Naming()
    ) == {
        "shop/static/App.js": "~/static/App.js",
        "shop/static/app.js": "~/static/app.js",
        "Shop/static/APP.js": "~/static/APP.js",
    }


def test_a_wheel_with_names_that_differ_in_case_is_read_as_it_is(tmp_path: Path) -> None:
    scripts = {"shop/static/App.js": b"1", "shop/static/app.js": b"22"}
    with open_distribution(make_wheel(tmp_path, files=scripts)) as wheel:
        assets = collect(wheel, include=DEFAULT_PATTERNS).assets

    assert [(asset.name, asset.size) for asset in assets] == [
        ("~/static/App.js", 1),
        ("~/static/app.js", 2),
    ]


def test_a_key_of_paths_counts_in_its_own_case_alone() -> None:
    paths = {"shop/Static": "~/a"}
    assert url_names(["shop/Static/x.js", "shop/static/x.js"], table_naming(paths)) == {
        "shop/Static/x.js": "~/a/x.js"
    }
