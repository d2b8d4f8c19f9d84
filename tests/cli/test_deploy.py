"""`deploy`: tells of a deploy once, and never one that Sentry would not take."""

from __future__ import annotations

import uuid

import pytest

from tests.support.shell import Shell


@pytest.fixture
def name(shell: Shell) -> str:
    """Return a release that is there."""
    name = f"deployed-{uuid.uuid4()}"
    assert shell.run("release", "create", name).code == 0
    return name


def deploys(shell: Shell, name: str) -> int:
    return len(shell.run("release", "show", name, "--json").json["deploys"])


def test_what_is_told_is_what_the_flags_say(shell: Shell, name: str) -> None:
    done = shell.run(
        "deploy", name, "--environment", " production ", "--name", "blue", "--json",
        "--deploy-url", "https://shop.example/", "--started", "1704157445",
        "--finished", "2024-01-02T05:04:05+01:00",
    )  # fmt: skip
    deploy = done.json["deploy"]
    assert deploy.pop("id")
    assert deploy == {
        "environment": "production",
        "name": "blue",
        "url": "https://shop.example/",
        "started": "2024-01-02T01:04:05Z",
        "finished": "2024-01-02T04:04:05Z",
    }


@pytest.mark.parametrize(
    "other",
    [
        ["--name", "other"],
        ["--deploy-url", "https://other.example/"],
        ["--started", "1704157446"],
        ["--finished", "1704157999"],
        ["--environment", "staging"],
        ["--again"],
    ],
)
def test_a_deploy_that_differs_is_another_one(shell: Shell, name: str, other: list[str]) -> None:
    told = ["deploy", name, "-e", "production", "--started", "1704157445"]
    finished = ["--finished", "1704157900"]
    for _ in range(2):
        shell.run(*told, *finished)
    assert deploys(shell, name) == 1
    shell.run(*told, *finished, *other)
    assert deploys(shell, name) == 2


def test_another_run_of_ci_tells_of_another_deploy(
    shell: Shell, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in ("https://ci.example/1", "https://ci.example/1", "https://ci.example/2"):
        monkeypatch.setenv("CI_PIPELINE_URL", page)
        shell.run("deploy", name, "-e", "production")
    assert deploys(shell, name) == 2


def test_a_page_that_sentry_does_not_take_is_left_out(
    shell: Shell, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_PIPELINE_URL", "https://ci/1")
    assert shell.run("deploy", name, "-e", "x", "--json").json["deploy"]["url"] is None


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["-e", "a/b"], "--environment 'a/b' holds a slash"),
        (["-e", " "], "--environment '' is blank"),
        (["-e", "e" * 65], "has 65 characters; Sentry takes 64"),
        (["-e", "x", "--name", "n" * 65], "has 65 characters; Sentry takes 64"),
        (["-e", "x", "--deploy-url", "https://ci/1"], "has the host 'ci'"),
        (["-e", "x", "--deploy-url", "https://a.example/" + "x" * 190], "Sentry takes 200"),
        (["-e", "x", "--started", "4000000000"], "--started is later"),
        (["-e", "x", "--started", "1704157445", "--finished", "1704157444"], "is later"),
        (["-e", "x", "--finished", "2024-01-02T03:04:05"], "does not say its time zone"),
        ([], "--environment"),
    ],
)
def test_what_sentry_would_not_take_never_reaches_it(
    shell: Shell, name: str, arguments: list[str], problem: str
) -> None:
    done = shell.run("deploy", name, *arguments)
    assert done.code == 2
    assert problem in done.err
    assert deploys(shell, name) == 0


def test_an_address_that_may_be_the_server_s_or_the_deploy_s_is_sent_nothing(
    shell: Shell, name: str
) -> None:
    done = shell.run("deploy", name, "-e", "production", "--url", "https://shop.example/")
    assert done.code == 2
    assert "That of the deploy is --deploy-url" in done.err
    assert deploys(shell, name) == 0
