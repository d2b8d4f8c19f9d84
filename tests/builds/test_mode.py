"""Gating: who uploads, and who never does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hatch_sentry_artifacts.builds.mode import UploadMode, is_for_installer, own_project, read_mode
from hatch_sentry_artifacts.errors import ConfigurationError


@pytest.mark.parametrize(
    ("environment", "order"),
    [
        ({}, UploadMode.NONE),
        ({"SENTRY_ARTIFACTS": ""}, UploadMode.NONE),
        ({"SENTRY_ARTIFACTS": "upload"}, UploadMode.UPLOAD),
        ({"SENTRY_ARTIFACTS": "dry-run"}, UploadMode.DRY_RUN),
        ({"SENTRY_ARTIFACTS": "off"}, UploadMode.OFF),
        ({"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true"}, UploadMode.UPLOAD),
        ({"HATCH_BUILD_HOOK_ENABLE_SENTRY": "1"}, UploadMode.UPLOAD),
        ({"HATCH_BUILD_HOOKS_ENABLE": "true"}, UploadMode.UPLOAD),
        ({"HATCH_BUILD_HOOKS_ENABLE": "yes"}, UploadMode.NONE),
        ({"HATCH_BUILD_HOOKS_ENABLE": "true", "SENTRY_ARTIFACTS": "off"}, UploadMode.OFF),
        ({"HATCH_BUILD_HOOKS_ENABLE": "true", "SENTRY_ARTIFACTS": "dry-run"}, UploadMode.DRY_RUN),
    ],
)
def test_the_environment_gives_the_order(environment: dict[str, str], order: UploadMode) -> None:
    assert read_mode(environment) is order


@pytest.mark.parametrize("value", ["uplaod", "true", "Upload", "0"])
def test_another_word_is_an_error_rather_than_a_guess(value: str) -> None:
    with pytest.raises(ConfigurationError, match="upload, dry-run or off"):
        read_mode({"SENTRY_ARTIFACTS": value})


@pytest.mark.parametrize(
    ("environment", "destination", "installs"),
    [
        ({"PIP_BUILD_TRACKER": "/x"}, "/project/dist", True),
        ({}, "/home/me/.cache/uv/builds-v0/.tmpAbc/wheel", True),
        ({}, "/home/me/.cache/uv/builds-v12", True),
        ({}, "/project/.tox/.pkg/dist", True),
        ({}, "/home/me/builds-v/dist", False),
        ({}, "/project/dist", False),
    ],
)
def test_installers_are_known_by_what_they_leave(
    environment: dict[str, str], destination: str, *, installs: bool
) -> None:
    assert is_for_installer(environment, Path(destination)) is installs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.joinpath("dist").mkdir(parents=True)
    folder.joinpath("pyproject.toml").write_text("[project]\nname = 'shop'\n", "utf-8")
    return folder


def test_a_wheel_in_the_project_s_dist_is_its_own(project: Path) -> None:
    assert own_project(project, project / "dist") == project.resolve()


def test_a_build_from_an_unpacked_sdist_is_the_project_s_own(project: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    shutil.copytree(project, unpacked)
    assert own_project(unpacked, project / "dist") == project.resolve()


def test_a_wheel_elsewhere_is_not(project: Path, tmp_path: Path) -> None:
    assert own_project(project, tmp_path / "elsewhere") is None


def test_a_wheel_in_another_project_is_not(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    other.joinpath("pyproject.toml").write_text("[project]\nname = 'other'\n", "utf-8")
    assert own_project(project, other / "dist") is None


def test_a_project_inside_another_one_is_found(project: Path) -> None:
    inner = project / "packages" / "inner"
    inner.mkdir(parents=True)
    inner.joinpath("pyproject.toml").write_text("[project]\nname = 'inner'\n", "utf-8")
    assert own_project(inner, inner / "dist") == inner.resolve()
    # A workspace's shared dist/ does not belong to its member.
    assert own_project(inner, project / "dist") is None
