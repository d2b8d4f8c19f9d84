"""Which files of a project maps may lead to: those below it, and no others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.original_sources import source_tree
from hatch_sentry_artifacts.assets.original_sources.source_tree import (
    SourceTree,
    tree_of_build,
    tree_of_folder,
)

MAP = "shop/static/app.js.map"
needs_links = pytest.mark.skipif(os.name == "nt", reason="making links takes rights there")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for path, text in {
        "web/app.js.map": "{}",
        "web/app.ts": "app",
        "src/a b.ts": "with a space",
        "src/100%25.ts": "with a percent sign",
        "src/nested/c.ts": "\ufeffc\r\n",
        "web/App.VUE": "component",
        "web/service-account.json": "secret",
        "web/deploy_key": "secret",
        "prod.tfvars": "secret",
        "settings.py": "secret",
        ".env": "secret",
        ".git/config": "secret",
        "src/.hidden/x.ts": "secret",
        "../outside.ts": "secret",
        "../project-two/x.ts": "secret",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="")
    return folder


@pytest.fixture
def tree(project: Path) -> SourceTree:
    return SourceTree(project, {MAP: project / "web/app.js.map"}.get)


@pytest.mark.parametrize(
    ("relative", "text"),
    [
        ("app.ts", "app"),
        ("./app.ts", "app"),
        ("../src/a b.ts", "with a space"),
        ("../src/a%20b.ts", "with a space"),
        ("../src/100%25.ts", "with a percent sign"),
        ("../src/nested/../nested/c.ts", "c\r\n"),
        ("App.VUE", "component"),
        ("../../project/web/app.ts", "app"),
    ],
)
def test_a_source_is_found_from_where_the_map_lies_in_the_project(
    tree: SourceTree, relative: str, text: str
) -> None:
    assert tree.text(MAP, relative) == text


@pytest.mark.parametrize(
    "relative",
    [
        "",
        ".",
        "gone.ts",
        "../src",
        "service-account.json",
        "deploy_key",
        "../prod.tfvars",
        "../settings.py",
        "../.env",
        "../.git/config",
        "../src/.hidden/x.ts",
        "../../outside.ts",
        "..%2F..%2Foutside.ts",
        "../../project-two/x.ts",
        "webpack:///./app.ts",
        "webpack://shop/app.ts",
        "//host/app.ts",
        "\\\\host\\share\\app.ts",
        "app.ts?vue&type=script",
        "app.ts\x00",
        "%00",
        "\udc80.ts",
        "x" * 5000,
        "../" * 100 + "etc/passwd",
    ],
)
def test_nothing_else_is(tree: SourceTree, relative: str) -> None:
    assert tree.text(MAP, relative) is None


def test_an_absolute_path_is_not_read_even_inside_of_the_project(
    tree: SourceTree, project: Path
) -> None:
    file = project / "web" / "app.ts"
    for source in (str(file), file.as_uri(), str(file).replace("/", "%2F")):
        assert tree.text(MAP, source) is None


@needs_links
def test_links_count_as_what_they_lead_to(tree: SourceTree, project: Path) -> None:
    for name, target in {
        "in.ts": "../src/a b.ts",
        "out.ts": "../../outside.ts",
        "hidden.ts": "../.env",
        "key.ts": "deploy_key",
        "loop.ts": "loop.ts",
        "folder": "../..",
    }.items():
        (project / "web" / name).symlink_to(target)
    assert tree.text(MAP, "in.ts") == "with a space"
    for name in ("out.ts", "hidden.ts", "key.ts", "loop.ts", "folder/outside.ts"):
        assert tree.text(MAP, name) is None


@needs_links
def test_a_project_behind_a_link_is_one(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    tree = SourceTree(tmp_path / "link", {MAP: tmp_path / "link/web/app.js.map"}.get)
    assert tree.text(MAP, "../src/nested/c.ts") == "c\r\n"


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_pipe_is_not_waited_for(tree: SourceTree, project: Path) -> None:
    os.mkfifo(project / "web" / "pipe.ts")
    assert tree.text(MAP, "pipe.ts") is None


def test_only_utf_8_of_a_sensible_size_is_a_text(
    tree: SourceTree, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "web" / "image.ts").write_bytes(b"\x89PNG\xff")
    assert tree.text(MAP, "image.ts") is None
    monkeypatch.setattr(source_tree, "MOST_TEXT_BYTES", 3)
    assert tree.text(MAP, "app.ts") == "app"
    assert tree.text(MAP, "../src/a b.ts") is None


def test_a_map_that_a_script_carried_lies_where_the_script_does(project: Path) -> None:
    tree = SourceTree(project, {"shop/static/app.js": project / "web/app.js"}.get)
    assert tree.text(MAP, "app.ts") == "app"
    assert tree.text("shop/static/other.js.map", "app.ts") is None


def test_a_folder_belongs_to_the_project_around_it(project: Path) -> None:
    path, relative = "web/app.js.map", "../src/a%20b.ts"
    assert tree_of_folder(project / "web").text(path, "app.ts") == "app"
    assert tree_of_folder(project / "web").text(path, relative) is None
    (project / "pyproject.toml").write_text("")
    assert tree_of_folder(project / "web").text(path, relative) == "with a space"
    assert tree_of_folder(project / "web").text(path, "../../outside.ts") is None


def test_a_build_is_asked_for_its_files_once_and_only_if_it_matters(project: Path) -> None:
    asked = []

    def list_files() -> Mapping[str, Path]:
        asked.append(True)
        return {MAP: project / "web/app.js.map"}

    tree = tree_of_build(project, list_files)
    assert asked == []
    assert tree.text(MAP, "app.ts") == tree.text(MAP, "./app.ts") == "app"
    assert tree.text("elsewhere.js.map", "app.ts") is None
    assert asked == [True]


def test_a_build_that_cannot_tell_its_files_has_none(project: Path) -> None:
    def list_files() -> Mapping[str, Path]:
        raise FileNotFoundError("what another hook had forced in")

    assert tree_of_build(project, list_files).text(MAP, "app.ts") is None
