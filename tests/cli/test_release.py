"""A release or dist that cannot be is told before anything is sent, and so is one not known."""

from __future__ import annotations

import re

import pytest

from tests.support.shell import Shell


@pytest.mark.parametrize("release", ["latest", "a/b", "..", "x" * 201])
def test_a_release_that_sentry_would_not_take_is_refused_before_sending(
    shell: Shell, release: str
) -> None:
    done = shell.run("upload", "--release", release)
    assert done.code == 2
    assert "is none that Sentry takes" in done.err or "characters" in done.err


def test_a_dist_that_sentry_would_not_take_is_refused_before_sending(shell: Shell) -> None:
    assert shell.run("upload", "--dist", "d" * 65).code == 2


@pytest.mark.parametrize(
    ("arguments", "way_out"),
    [
        (["list"], "build its wheel first"),
        (["explain", "https://h/a.js"], "build its wheel first"),
        (["upload", "shop"], "upload the wheel"),
    ],
)
def test_what_to_do_without_a_version_depends_on_the_command(
    shell: Shell, arguments: list[str], way_out: str
) -> None:
    for wheel in (shell.folder / "dist").iterdir():
        wheel.unlink()
    file = shell.folder / "pyproject.toml"
    dynamic = re.sub(r"version = .*", 'dynamic = ["version"]', file.read_text("utf-8"))
    file.write_text(dynamic, "utf-8")
    (shell.folder / "shop").mkdir()
    done = shell.run(*arguments)
    assert done.code == 2
    assert done.err.endswith(f"pass --release, or {way_out}\n")


@pytest.mark.parametrize("arguments", [["list"], ["explain", "https://h/a.js"]])
def test_a_release_that_is_not_there_is_answered_with_the_nearest_that_is(
    shell: Shell, arguments: list[str]
) -> None:
    release = f"nearby-{shell.folder.parent.name}"
    for version in (release, f"{release}-but-much-longer-than-that-{release}"):
        assert shell.run("upload", "--release", version).code == 0
    done = shell.run(*arguments, "--release", f"{release}x")
    assert done.code == 2
    assert f"the nearest that are there: {release}" in done.err
