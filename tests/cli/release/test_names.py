"""Which release is meant, and what SENTRY_RELEASE has to do with it."""

from __future__ import annotations

import pytest

from tests.support.shell import Shell


@pytest.fixture
def release(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a release that the environment names."""
    name = f"web-{{x}}-{shell.folder.parent.name}"
    monkeypatch.setenv("SENTRY_RELEASE", name)
    return name


def test_the_environment_names_the_release_and_one_line_says_so(shell: Shell, release: str) -> None:
    done = shell.run("upload")
    assert done.code == 0
    assert f"the release is {release}, since SENTRY_RELEASE says so" in done.err
    assert shell.run("release", "show", release).code == 0


@pytest.mark.parametrize("template", ["{version}", "{name}@{version}"])
def test_an_option_counts_more_than_the_environment(
    shell: Shell, release: str, template: str
) -> None:
    shell.configure(f'release = "{template}"')
    done = shell.run("upload")
    assert "SENTRY_RELEASE" not in done.err
    assert shell.run("release", "show", release).code == 2


def test_a_flag_counts_more_than_the_environment(shell: Shell, release: str) -> None:
    done = shell.run("upload", "--release", f"flag-{shell.folder.parent.name}")
    assert "SENTRY_RELEASE" not in done.err
    assert shell.run("release", "show", release).code == 2


def test_a_version_that_names_no_release_is_not_remarked_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    assert "makes a release of its own" not in shell.run("upload").err
    monkeypatch.delenv("SENTRY_RELEASE")
    assert release not in shell.run("upload").err


@pytest.mark.parametrize("name", ["feature/x", "latest", "x" * 201])
def test_a_name_of_the_environment_that_sentry_does_not_take_is_refused(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SENTRY_RELEASE", name)
    done = shell.run("upload")
    assert done.code == 2
    assert "fix SENTRY_RELEASE" in done.err


def test_an_empty_variable_names_none(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTRY_RELEASE", " ")
    assert "SENTRY_RELEASE" not in shell.run("upload").err


def test_a_new_release_is_told_where_it_comes_from(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_PIPELINE_URL", "https://ci.example/1")
    shell.run("upload", "--release-ref", "v{version}")
    shown = shell.run("release", "show", "--json").json
    assert shown["url"] == "https://ci.example/1"
    assert shown["ref"] == f"v{shown['release']}"


def test_a_release_that_is_there_gets_what_the_options_name_where_it_has_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("upload", "--release-url", "https://one.example/")
    monkeypatch.setenv("CI_PIPELINE_URL", "https://ci.example/1")
    monkeypatch.setenv("GITHUB_SHA", "c" * 40)
    shell.run("upload")
    assert shell.run("release", "show", "--json").json["ref"] is None
    shell.run("upload", "--release-url", "https://two.example/", "--release-ref", "main")
    shown = shell.run("release", "show", "--json").json
    assert shown["url"] == "https://one.example/"
    assert shown["ref"] == "main"


def test_check_says_when_another_project_has_the_release(shell: Shell) -> None:
    release = shell.run("release", "propose").out.strip()
    assert "is also one of" not in shell.run("check").out
    shell.run("release", "create", release)
    assert "is also one of" not in shell.run("check").out
    shell.run("release", "create", release, "--project", "other")
    done = shell.run("check")
    assert done.code == 0
    assert f"warning  release        {release} is also one of other, into which" in done.out


# As Python gives the bytes of an argument, or of a variable, that are no UTF-8.
_BYTES = "\udcff"


@pytest.mark.parametrize(
    "arguments",
    [
        ["release", "show", _BYTES],
        ["release", "create", "x", "--release-ref", _BYTES],
        ["release", "list", "--query", _BYTES],
        ["release", "list", "--organization", _BYTES],
        ["deploy", "x", "-e", _BYTES],
        ["deploy", "x", "-e", "y", "--name", _BYTES],
        ["list", "--release", _BYTES],
        ["upload", "--dist", _BYTES],
    ],
)
def test_arguments_of_any_bytes_are_told(shell: Shell, arguments: list[str]) -> None:
    done = shell.run(*arguments)
    assert done.code == 2
    assert "holds bytes that are no UTF-8" in done.err


@pytest.mark.parametrize("variable", ["SENTRY_RELEASE", "SENTRY_ORG", "SENTRY_PROJECT"])
def test_variables_of_any_bytes_are_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, _BYTES)
    done = shell.run("release", "show")
    assert done.code == 2
    assert "holds bytes that are no UTF-8" in done.err
