"""Which wheel a command takes where none is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.finding import choose_wheels, current_release
from hatch_sentry_artifacts.configuration.options import Source
from hatch_sentry_artifacts.configuration.project import Project
from hatch_sentry_artifacts.errors import ConfigurationError
from tests.support import make_wheel

Built = Callable[..., Path]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Put a wheel into dist/, built so many seconds after the first."""
    dist = tmp_path / "dist"
    dist.mkdir()

    def build(version: str, seconds: int, *, name: str = "kettle", file: str = "") -> Path:
        wheel = make_wheel(dist, name, version)
        if file:
            wheel = wheel.rename(dist / file)
        os.utime(wheel, (1_700_000_000 + seconds,) * 2)
        return wheel

    return build


def project(folder: Path, version: str | None, name: str | None = "kettle") -> Project:
    return Project(folder, name, version, Source({}))


def test_the_wheel_of_the_project_s_version_is_taken_before_newer_ones(
    built: Built, tmp_path: Path
) -> None:
    hotfix, later = built("2.0.1", 0), built("3.0", 5)
    choice = choose_wheels(project(tmp_path, "2.0.1"))

    assert choice.paths == [hotfix]
    assert [wheel.path for wheel in choice.others] == [later]
    assert str(choice) == (
        f"{hotfix.name} is taken, of the project's version 2.0.1; in {tmp_path / 'dist'} there is "
        f"also {later.name}"
    )


def test_a_version_that_pyproject_does_not_state_leaves_the_wheel_built_last(
    built: Built, tmp_path: Path
) -> None:
    built("3.0", 0)
    last = built("2.0.1", 5)
    choice = choose_wheels(project(tmp_path, None))

    assert choice.paths == [last]
    assert choice.why == "the one built last, as pyproject.toml states no version"


def test_where_the_project_s_version_was_not_built_that_is_told(
    built: Built, tmp_path: Path
) -> None:
    last = built("2.0", 0)
    choice = choose_wheels(project(tmp_path, "2.1"))

    assert choice.paths == [last]
    assert "none of the project's version 2.1" in choice.why


def test_wheels_for_several_platforms_go_together(built: Built, tmp_path: Path) -> None:
    one = built("2.0", 0, file="kettle-2.0-cp311-cp311-linux_x86_64.whl")
    other = built("2.0", 5, file="kettle-2.0-cp312-cp312-linux_x86_64.whl")
    assert choose_wheels(project(tmp_path, "2.0")).paths == [one, other]
    assert choose_wheels(project(tmp_path, None)).paths == [one, other]


@pytest.mark.parametrize("stated", ["2024.01.05", "2024.1.5"])
def test_versions_are_compared_as_versions_and_come_from_the_metadata(
    built: Built, tmp_path: Path, stated: str
) -> None:
    padded = built("2024.01.05", 0, file="kettle-2024.1.5-py3-none-any.whl")
    built("2024.2.1", 5)
    assert choose_wheels(project(tmp_path, stated)).paths == [padded]
    assert current_release(project(tmp_path, stated)) == ("kettle", "2024.01.05")


def test_a_file_that_is_no_wheel_hides_none(built: Built, tmp_path: Path) -> None:
    wheel = built("2.0", 0)
    tmp_path.joinpath("dist", "kettle-9.0-py3-none-any.whl").write_bytes(b"not finished")
    assert choose_wheels(project(tmp_path, None)).paths == [wheel]


def test_wheels_of_other_projects_are_not_taken(built: Built, tmp_path: Path) -> None:
    built("9.0", 5, name="teapot")
    with pytest.raises(ConfigurationError, match="no wheel of kettle"):
        choose_wheels(project(tmp_path, "9.0"))
    built("2.0", 0)
    with pytest.raises(ConfigurationError, match="wheels of kettle, teapot: name the wheel"):
        choose_wheels(project(tmp_path, "9.0", None))
