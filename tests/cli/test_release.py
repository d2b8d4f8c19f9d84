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


@pytest.mark.parametrize("meant", ["shop@{}", "v{}", "{}+build"])
def test_a_release_of_a_longer_name_is_near(shell: Shell, meant: str) -> None:
    release = f"nearby-{shell.folder.parent.name}"
    assert shell.run("upload", "--release", meant.format(release)).code == 0
    done = shell.run("list", "--release", release)
    assert f"the nearest that are there: {meant.format(release)}" in done.err


def test_a_release_that_only_a_bundle_names_is_near(shell: Shell) -> None:
    release = f"bundled-{shell.folder.parent.name}"
    bundle = ("--upload-as", "artifact-bundle", "--no-create-release")
    assert shell.run("upload", "--release", release, *bundle).code == 0
    assert release in shell.run("list", "--release", f"v{release}").err


def test_the_releases_of_the_project_are_listed_with_those_of_bundles(shell: Shell) -> None:
    release = f"listed-{shell.folder.parent.name}"
    shell.run("upload", "--release", release, "--finalize-release")
    shell.run("upload", "--release", f"{release}-b", "--upload-as", "artifact-bundle")
    alone = ("--upload-as", "artifact-bundle", "--no-create-release")
    shell.run("upload", "--release", f"{release}-alone", *alone)
    done = shell.run("list", "--releases")
    title, *lines = done.out.splitlines()
    rows = {line.split("  ")[-1].strip(): line.split("  ") for line in lines}
    assert re.split("  +", title) == ["CREATED", "RELEASED", "BUNDLES", "RELEASE"]
    date = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    row = "  ".join(rows[release])
    assert re.fullmatch(rf"{date}  {date} +-  {release}", row)
    assert re.fullmatch(rf"{date}  - +1  {release}-b", "  ".join(rows[f"{release}-b"]))
    assert re.fullmatch(rf"- +- +1  {release}-alone", "  ".join(rows[f"{release}-alone"]))
    assert re.search(r"sentry-artifacts: \d+ releases of acme/web at http", done.err)
    listed = {
        each["version"]: each for each in shell.run("list", "--releases", "--json").json["releases"]
    }
    assert list(listed[release]) == ["version", "created", "released", "bundles"]
    assert (listed[release]["bundles"], listed[f"{release}-alone"]["bundles"]) == (0, 1)


def test_releases_are_those_of_the_project(shell: Shell) -> None:
    release = f"mine-{shell.folder.parent.name}"
    shell.run("upload", "--release", release)
    assert release in shell.run("list", "--releases").out
    assert release not in shell.run("list", "--releases", "--project", "other").out
    wrong = shell.run("list", "--releases", "--project", "nobody")
    assert 'has no project "nobody"' in wrong.err
    assert wrong.code == 3


@pytest.mark.parametrize("command", ["list", "explain"])
def test_the_help_of_release_is_the_command_s_own(shell: Shell, command: str) -> None:
    text = " ".join(shell.run(command, "--help").out.split())
    assert "release to upload to" not in text
    assert "{name} and {version} are those of the project" in text
