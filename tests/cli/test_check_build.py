"""`check`: why a build of the project would not upload, and what is wrong with its wheel."""

from __future__ import annotations

import pytest

from tests.assets.scripts.outputs import written
from tests.support import make_wheel
from tests.support.shell import Result, Shell

HOOK = "[tool.hatch.build.targets.wheel.hooks.sentry]"
SETUPTOOLS = """
[build-system]
requires = ["setuptools", "hatch_sentry.artifacts>=1"]
[project]
name = "shop"
version = "1.2.0"
[tool.sentry-artifacts]
organization = "acme"
project = "web"
"""


@pytest.fixture(autouse=True)
def pipeline(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("HATCH_BUILD_HOOK_ENABLE_SENTRY", "true")


def told(done: Result) -> list[tuple[str, str]]:
    """Return what `check` says of the build and its wheel."""
    words = [line.split(None, 2) for line in done.out.splitlines()]
    kinds = {"build", "hook", "plugin", "table", "wheel", "version", "release", "back"}
    return [
        (word[0], f"{word[1]} {word[2]}")
        for word in words
        if word[0] in {"warning", "FAILED"} and word[1] in kinds
    ]


def edit(shell: Shell, old: str, new: str) -> None:
    file = shell.folder / "pyproject.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_nothing_is_told_where_a_build_would_upload(shell: Shell) -> None:
    done = shell.run("check")

    assert (done.code, told(done)) == (0, [])


@pytest.mark.parametrize(
    ("old", "new", "state", "part"),
    [
        (HOOK, "[tool.hatch.build.targets.wheel.hooks.sentry-artifacts]", "FAILED", "name it"),
        (HOOK, "[tool.hatch.build.targets.wheel.hook.sentry]", "FAILED", "name it"),
        (HOOK, "[tool.hatch.build.targets.sdist.hooks.sentry]", "FAILED", "name it"),
        (HOOK, "[tool.sentry-artifacts]", "FAILED", "is for setuptools"),
        (HOOK, "[tool.sentry_artifacts]", "FAILED", "is for setuptools"),
        (HOOK, "[tool.other]", "warning", "a build has no hook of ours: add"),
        ('dependencies = ["hatch-', 'dependencies = ["no-', "FAILED", "no build installs it"),
        ('"hatchling.build"', '"poetry.core.masonry.api"', "warning", "after the build"),
        ('"hatchling.build"', '"setuptools.build_meta"', "FAILED", "with setuptools: name it"),
    ],
)
def test_tables_and_requirements_that_keep_builds_from_uploading_are_told(
    shell: Shell, old: str, new: str, state: str, part: str
) -> None:
    edit(shell, old, new)
    done = shell.run("check", "-o", "acme", "-p", "web")

    assert [each for each in told(done) if each[0] == state and part in each[1]]
    assert done.code == (2 if state == "FAILED" else 0)


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("HATCH_BUILD_HOOK_ENABLE_SENTRY", "", "hook off: the table has"),
        ("HATCH_BUILD_HOOK_ENABLE_SENTRY", "True", "did you mean true?"),
        ("HATCH_BUILD_NO_HOOKS", "1", "hook off: HATCH_BUILD_NO_HOOKS is set"),
        ("SENTRY_ARTIFACTS", "off", "build SENTRY_ARTIFACTS=off"),
        ("SENTRY_ARTIFACTS", "dry-run", "sends nothing"),
        ("SENTRY_ARTIFACTS", "yes", 'did you mean "upload"?'),
        ("PIP_BUILD_TRACKER", "/tmp", "does not count where pip builds"),
    ],
)
def test_the_environment_is_looked_at(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, part: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert part in "".join(text for _, text in told(shell.run("check")))


def test_without_ci_and_order_the_doubt_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HATCH_BUILD_HOOK_ENABLE_SENTRY")
    monkeypatch.setenv("HATCH_BUILD_HOOKS_ENABLE", "true")
    edit(shell, "[project]", '[tool.hatch.build]\ndirectory = "../out"\n[project]')

    ((state, text),) = told(shell.run("check"))
    assert state == "warning"
    assert "is no dist/ directly below the checkout" in text


def test_a_setuptools_project_is_checked_too(shell: Shell) -> None:
    file = shell.folder / "pyproject.toml"
    file.write_text(SETUPTOOLS, "utf-8")
    assert told(shell.run("check")) == []
    edit(shell, ', "hatch_sentry.artifacts>=1"', "")
    ((_, missing),) = told(shell.run("check"))
    assert missing.startswith("plugin not in `requires`")
    edit(shell, "[tool.sentry-artifacts]", "[tool.sentry_artifacts]")
    states = [text for state, text in told(shell.run("check")) if state == "FAILED"]
    assert states[0].startswith("table [tool.sentry_artifacts] counts for nothing")


def wheel(shell: Shell, files: dict[str, bytes], version: str = "1.2.0") -> None:
    for old in shell.folder.glob("dist/*.whl"):
        old.unlink()
    make_wheel(shell.folder / "dist", version=version, files=files)


def test_the_newest_wheel_is_looked_at(shell: Shell) -> None:
    wheel(shell, {"shop/static/app.js": written("Vite")})

    ((_, text),) = told(shell.run("check"))
    assert "1 of 1 scripts has no source map" in text
    assert "`build.sourcemap: true`" in text


def test_without_a_wheel_that_is_told(shell: Shell) -> None:
    shell.folder.joinpath("dist").rename(shell.folder / "other")

    ((_, text),) = told(shell.run("check"))
    assert text.startswith("wheel none in ")


def test_a_release_of_another_name_is_told(shell: Shell) -> None:
    page = b'<script>Sentry.init({dsn: "https://a@b.example/1", release: "shop@1.0"})</script>'
    wheel(shell, {"shop/static/app.js": b"a();\n", "shop/templates/base.html": page})

    ((_, text),) = told(shell.run("check"))
    assert text.startswith(
        'release shop/templates/base.html tells Sentry the release "shop@1.0", but uploads go to '
    )
    wheel(shell, {"shop/static/app.js": page[8:-9].replace(b"shop@1.0", b"1.2.0")})
    assert told(shell.run("check")) == []


def test_a_release_that_is_put_in_later_is_not(shell: Shell) -> None:
    page = b'Sentry.init({dsn:"https://a@b.example/1",release:"{{ version }}"});'
    wheel(shell, {"shop/static/app.js": page, "shop/a.js": page.replace(b"{{ version }}", b"$V")})

    assert told(shell.run("check")) == []


def test_a_version_of_a_shallow_clone_is_told(shell: Shell) -> None:
    shell.folder.joinpath(".git").mkdir()
    shell.folder.joinpath(".git", "shallow").touch()
    wheel(shell, {"shop/static/app.js": b"a();\n"}, "0.1.dev1+g1a2b3c4")

    ((_, text),) = told(shell.run("check"))
    assert "fetch-depth: 0" in text


def test_an_unreadable_wheel_or_no_scripts_are_told(shell: Shell) -> None:
    wheel(shell, {"shop/a.txt": b""})
    ((_, text),) = told(shell.run("check"))
    assert "nothing to upload" in text
