"""The step of the release pipeline, for what builds a project and where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.proposals.advice import Code
from hatch_sentry_artifacts.proposals.bundlers import find_bundlers
from hatch_sentry_artifacts.proposals.front_end import find_front_end
from hatch_sentry_artifacts.proposals.pipeline import pipeline_sections
from hatch_sentry_artifacts.proposals.project_files import read_project_files

HATCHLING = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
"""
SETUPTOOLS = "[build-system]\nrequires = ['setuptools']\n"
UV = "[build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'\n"
PACKAGE = '{"scripts": {"build": "vite build"}}'
CONNECTED = Options(organization="acme", project=("web",))
TOKEN = "SENTRY_AUTH_TOKEN: ${{ secrets.SENTRY_AUTH_TOKEN }}"


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in {".git/HEAD": "", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def _steps(folder: Path, files: Mapping[str, str], options: Options = CONNECTED) -> dict[str, str]:
    """Return the lines to copy of each section, by its title."""
    _write(folder, files)
    project = read_project_files(folder)
    front_end = find_front_end(project, find_bundlers(folder))
    found = pipeline_sections(project, front_end, ("shop/static", "shop/my ui"), options)
    return {
        each.title: "\n".join(
            line for part in each.parts if isinstance(part, Code) for line in part.lines
        )
        for each in found
    }


def test_github_gets_all_tags_the_front_end_and_the_secret(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": HATCHLING,
        ".github/workflows/release.yml": "- run: pipx run build\n",
        ".github/workflows/test.yml": "- run: pytest\n",
        "ui/package.json": PACKAGE,
        "ui/package-lock.json": "{}",
    }
    assert _steps(tmp_path, files) == {
        "Release pipeline: GitHub Actions, into .github/workflows/release.yml": f"""\
- uses: actions/checkout@v5
  with:
    fetch-depth: 0    # all tags
- run: npm ci && npm run build
  working-directory: ui
- run: pipx run build
  env:
    HATCH_BUILD_HOOK_ENABLE_SENTRY: "true"
    {TOKEN}"""
    }


def test_gitlab_gets_all_tags(tmp_path: Path) -> None:
    files = {"pyproject.toml": SETUPTOOLS, ".gitlab-ci.yml": "a:\n", "package.json": PACKAGE}
    assert _steps(tmp_path, files) == {
        "Release pipeline: GitLab, .gitlab-ci.yml": """\
release:
  rules:
    - if: $CI_COMMIT_TAG
  variables:
    GIT_DEPTH: "0"    # all tags
    SENTRY_ARTIFACTS: "upload"
  script:
    - pip install build
    - npm install && npm run build
    - python -m build"""
    }


def test_other_back_ends_inject_build_and_upload(tmp_path: Path) -> None:
    assert _steps(tmp_path, {"pyproject.toml": UV}, Options()) == {
        "Release pipeline": """\
export SENTRY_AUTH_TOKEN=…
export SENTRY_ORG=…
export SENTRY_PROJECT=…
uvx hatch-sentry-artifacts inject shop/static
uvx hatch-sentry-artifacts inject 'shop/my ui'
uv build
uvx hatch-sentry-artifacts upload"""
    }


def test_gitlab_s_images_have_pip_for_other_back_ends_too(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": UV.replace("uv_build", "flit_core"),
        ".gitlab-ci.yml": "a:\n",
        "my ui/package.json": PACKAGE,
    }
    (lines,) = _steps(tmp_path, files).values()
    assert [line.strip() for line in lines.partition("script:\n")[2].splitlines()] == [
        "- pip install build hatch-sentry-artifacts",
        "- (cd 'my ui' && npm install && npm run build)",
        "- hatch-sentry-artifacts inject shop/static",
        "- hatch-sentry-artifacts inject 'shop/my ui'",
        "- python -m build",
        "- hatch-sentry-artifacts upload",
    ]


def test_a_project_of_a_monorepo_is_built_in_its_folder(tmp_path: Path) -> None:
    files = {
        ".github/workflows/x.yml": "run: uv build\n",
        ".gitlab-ci.yml": "a:\n",
        "uv.lock": "",
        "packages/shop/pyproject.toml": HATCHLING,
        "packages/shop/ui #1/package.json": PACKAGE,
    }
    _write(tmp_path, files)
    project = read_project_files(tmp_path / "packages/shop")
    front_end = find_front_end(project, find_bundlers(project.folder))
    github, gitlab = pipeline_sections(project, front_end, ("x",), CONNECTED)
    assert github.title.endswith("into .github/workflows/x.yml")
    assert isinstance(github.parts[0], Code)
    assert isinstance(gitlab.parts[0], Code)
    assert github.parts[0].lines[4:8] == (
        "- run: npm install && npm run build",
        '  working-directory: "packages/shop/ui #1"',
        "- run: uv build",
        "  working-directory: packages/shop",
    )
    assert gitlab.parts[0].lines[-3:] == (
        "    - cd packages/shop",
        "    - \"(cd 'ui #1' && npm install && npm run build)\"",
        "    - uv build",
    )


def test_uv_is_set_up_on_github(tmp_path: Path) -> None:
    files = {"pyproject.toml": UV, ".github/x.yml": ""}
    (lines,) = _steps(tmp_path, files).values()
    assert "- uses: astral-sh/setup-uv@" in lines


def test_both_services_have_a_section(tmp_path: Path) -> None:
    files = {"pyproject.toml": UV, ".gitlab-ci.yml": "a:\n", ".github/dependabot.yml": ""}
    assert list(_steps(tmp_path, files)) == [
        "Release pipeline: GitHub Actions",
        "Release pipeline: GitLab, .gitlab-ci.yml",
    ]


def test_hatch_build_is_told_of_the_versions_that_install_nothing(tmp_path: Path) -> None:
    files = {"pyproject.toml": HATCHLING, ".gitlab-ci.yml": "script: [hatch build]\n"}
    (lines,) = _steps(tmp_path, files).values()
    assert "[tool.hatch.envs.hatch-build]" in lines


@pytest.mark.parametrize(
    "files",
    [
        {
            "pyproject.toml": f"{HATCHLING}[tool.hatch.build.hooks.custom]\n",
            "hatch_build.py": "run(['npm', 'ci'])\n",
        },
        {
            "pyproject.toml": f"{HATCHLING}[tool.hatch.build.targets.wheel.hooks.custom]\n"
            "path = 'a.py'\n",
            "a.py": "run(['esbuild'])\n",
        },
        {"pyproject.toml": f"{HATCHLING}[tool.hatch.build.hooks.jupyter-builder]\n"},
        {"pyproject.toml": SETUPTOOLS, "setup.py": "run('yarn build')\n"},
    ],
)
def test_what_the_build_of_the_wheel_makes_is_no_step(
    tmp_path: Path, files: dict[str, str]
) -> None:
    (lines,) = _steps(tmp_path, {**files, "package.json": PACKAGE}).values()
    assert "npm" not in lines


def test_a_hook_that_makes_no_scripts_leaves_the_step(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": f"{HATCHLING}[tool.hatch.build.hooks.custom]\n",
        "hatch_build.py": "compile_translations()\n",
        "package.json": PACKAGE,
    }
    (lines,) = _steps(tmp_path, files).values()
    assert "npm run build" in lines


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile && pnpm run build"),
        ("yarn.lock", "yarn install --frozen-lockfile && yarn run build"),
        (".yarnrc.yml", "yarn install --immutable && yarn run build"),
        ("bun.lock", "bun install --frozen-lockfile && bun run build"),
        ("package-lock.json", "npm ci && npm run build"),
    ],
)
def test_the_lock_file_says_who_installs(tmp_path: Path, lock: str, command: str) -> None:
    files = {"pyproject.toml": UV, "ui/package.json": PACKAGE, f"ui/{lock}": ""}
    (lines,) = _steps(tmp_path, files).values()
    assert f"(cd ui && {command})" in lines
