"""Where a wheel lands: what is the dist/ of a checkout, and what only looks like it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.builds.landing import Landing, find_landing

UV = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old*"]\n'
HATCH = '[tool.hatch.envs.default]\nworkspace.members = [{path = "packages/*"}]\n'
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a project in a folder of that path."""

    def make_project(path: str, more: str = "") -> Path:
        folder = tmp_path.resolve() / path
        folder.mkdir(parents=True, exist_ok=True)
        text = f'[project]\nname = "{folder.name}"\n{more}'
        folder.joinpath("pyproject.toml").write_text(text, "utf-8")
        return folder

    return make_project


def unpacked(project: Path, to: str) -> Path:
    """Return the unpacked sdist of `project`, in a temporary folder or wherever `to` leads."""
    folder = project.parent / to
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("dist", ".git"))
    folder.joinpath("PKG-INFO").write_text("Metadata-Version: 2.1\n", "utf-8")
    return folder


def test_the_dist_of_the_project_is_its_own(make: Make) -> None:
    project = make("shop")
    assert find_landing(project, project / "dist") == Landing(project)


def test_a_build_from_the_unpacked_sdist_lands_in_the_project_s_dist(make: Make) -> None:
    project = make("shop")
    assert find_landing(unpacked(project, "temporary"), project / "dist") == Landing(project)


@pytest.mark.parametrize(
    "destination",
    ["out", "dist/wheels", "tmp/dist", "build/tox/.pkg/dist", ".tox/dist", "../dist", ".nox/t/tmp"],
)
@pytest.mark.parametrize("from_sdist", [False, True])
def test_another_folder_is_not(make: Make, destination: str, *, from_sdist: bool) -> None:
    project = make("shop")
    root = unpacked(project, "temporary") if from_sdist else project
    assert find_landing(root, project / destination).doubt


def test_the_dist_of_another_project_is_not(make: Make) -> None:
    project, other = make("shop"), make("other")
    assert find_landing(project, other / "dist").doubt
    assert find_landing(unpacked(project, "temporary"), other / "dist").doubt


def test_an_unpacked_sdist_is_no_checkout_however_it_is_built(make: Make) -> None:
    sdist = unpacked(make("shop"), "theirs")
    again = unpacked(sdist, "temporary")
    for root in (sdist, again):
        assert "is an unpacked sdist" in find_landing(root, sdist / "dist").doubt


def test_a_copy_that_a_test_runner_made_is_no_checkout(make: Make) -> None:
    copy = make("shop/.nox/tests/shop")
    assert "lies below .nox" in find_landing(copy, copy / "dist").doubt


@pytest.mark.parametrize("workspace", [UV, HATCH], ids=["uv", "hatch"])
def test_a_member_lands_in_the_dist_of_its_workspace(make: Make, workspace: str) -> None:
    top = make("all", workspace)
    member, second = make("all/packages/shop"), make("all/packages/forum")

    assert find_landing(member, top / "dist") == Landing(member)
    assert find_landing(second, top / "dist") == Landing(second)
    assert find_landing(unpacked(second, "../../temporary"), top / "dist") == Landing(second)
    # Its own dist/ is its own too.
    assert find_landing(member, member / "dist") == Landing(member)


def test_a_workspace_of_hatch_may_stand_in_hatch_toml(make: Make) -> None:
    top, member = make("all"), make("all/packages/shop")
    text = '[envs.default]\nworkspace.members = ["packages/*"]\n'
    top.joinpath("hatch.toml").write_text(text, "utf-8")
    assert find_landing(member, top / "dist") == Landing(member)


@pytest.mark.parametrize("path", ["packages/oldest", "tools/shop"])
def test_what_is_no_member_does_not_land_in_the_workspace_s_dist(make: Make, path: str) -> None:
    top, outsider = make("all", UV), make(f"all/{path}")
    for root in (outsider, unpacked(outsider, "../../temporary")):
        assert find_landing(root, top / "dist").doubt


def test_an_unpacked_sdist_among_the_members_is_none(make: Make) -> None:
    top, project = make("all", UV), make("shop")
    theirs = unpacked(project, "all/packages/theirs")
    assert find_landing(theirs, top / "dist").doubt


def test_a_project_of_a_monorepo_lands_in_the_dist_of_the_checkout(
    make: Make, tmp_path: Path
) -> None:
    top = tmp_path.resolve() / "repository"
    project = make("repository/python/shop")
    top.joinpath(".git").mkdir()
    temporary = unpacked(project, "../../temporary")

    assert find_landing(project, top / "dist") == Landing(project)
    assert find_landing(temporary, top / "dist") == Landing(project)


def test_without_version_control_or_a_workspace_a_folder_above_is_no_checkout(
    make: Make, tmp_path: Path
) -> None:
    project = make("folder/shop")
    top = tmp_path / "folder"
    for root in (project, unpacked(project, "../temporary")):
        assert find_landing(root, top / "dist").doubt


def test_a_submodule_belongs_to_a_checkout_of_its_own(make: Make, tmp_path: Path) -> None:
    project = make("repository/vendor/theirs")
    tmp_path.joinpath("repository", ".git").mkdir()
    project.joinpath(".git").write_text("gitdir: ../../.git/modules/theirs\n", "utf-8")
    assert find_landing(project, tmp_path / "repository" / "dist").doubt


def test_an_order_finds_the_project_of_an_unpacked_sdist_above_the_wheel(make: Make) -> None:
    project = make("shop")
    landing = find_landing(unpacked(project, "temporary"), project / "build" / "wheels")
    assert landing.doubt
    assert landing.project == project


@pytest.mark.parametrize(
    ("path", "in_cache"),
    [
        ("uv/builds-v0/.tmpAbCdEf", True),
        ("uv/builds-v12/.tmpAbCdEf/wheel", True),
        ("uv/builds-v0/shop/dist", False),
        ("builds-v2/.tmpAbCdEf", False),
        ("builds-v2/shop/dist", False),
        ("builds-vendor/shop/dist", False),
    ],
)
def test_uv_s_cache_is_known_by_its_layout(tmp_path: Path, path: str, *, in_cache: bool) -> None:
    cache = tmp_path / "uv"
    cache.mkdir()
    cache.joinpath("CACHEDIR.TAG").write_text("", "utf-8")
    landing = find_landing(tmp_path, tmp_path / path)
    assert landing.in_uv_cache is in_cache


def test_a_checkout_below_a_folder_that_is_called_as_uv_s_is_a_checkout(make: Make) -> None:
    project = make("builds-v2/shop")
    assert find_landing(project, project / "dist") == Landing(project)
