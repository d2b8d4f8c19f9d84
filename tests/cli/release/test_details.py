"""What single release commands do besides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.shell import Shell


def test_a_release_that_is_there_keeps_what_the_configuration_would_change(
    shell: Shell, name: str
) -> None:
    shell.run("release", "create", name, "--release-url", "https://one.example/")
    shell.configure('release-url = "https://two.example/"', 'release-ref = "main"')
    done = shell.run("release", "create", name)
    assert "its ref is main" in done.err
    assert "its url stays https://one.example/; --release-url would change it" in done.err
    shown = shell.run("release", "show", name, "--json").json
    assert (shown["url"], shown["ref"]) == ("https://one.example/", "main")


def test_a_flag_changes_what_is_there(shell: Shell, name: str) -> None:
    shell.run("release", "create", name, "--release-url", "https://one.example/")
    done = shell.run("release", "create", name, "--release-url", "https://two.example/", "--json")
    assert done.json["done"] == "updated"
    assert shell.run("release", "show", name, "--json").json["url"] == "https://two.example/"


def test_a_release_that_is_there_is_linked_to_the_projects(shell: Shell, name: str) -> None:
    shell.run("release", "create", name, "--project", "other")
    done = shell.run("release", "create", name)
    assert "it is one of web, too" in done.err
    assert shell.run("release", "show", name, "--json").json["projects"] == ["other", "web"]


def test_an_address_that_sentry_does_not_take_never_reaches_it(shell: Shell, name: str) -> None:
    done = shell.run("release", "create", name, "--release-url", "https://ci/1")
    assert done.code == 2
    assert "has the host 'ci', and Sentry takes none without a dot" in done.err
    assert shell.run("release", "show", name).code == 2


def test_the_page_of_the_run_is_told_of_a_new_release(
    shell: Shell, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_PIPELINE_URL", "https://ci.example/1")
    done = shell.run("release", "create", name)
    assert "with the url https://ci.example/1" in done.err


def test_the_date_of_a_release_can_be_changed_but_not_taken_back(shell: Shell, name: str) -> None:
    shell.run("release", "create", name)
    shell.run("release", "finalize", name, "--released", "2024-01-02T03:04:05+02:00")
    assert shell.run("release", "show", name, "--json").json["released"] == "2024-01-02T01:04:05Z"
    same = shell.run("release", "finalize", name, "--released", "1704157445", "--json")
    assert same.json["done"] == "unchanged"
    other = shell.run("release", "finalize", name, "--released", "2024-01-03T00:00:00Z")
    assert "until now that was 2024-01-02T01:04:05Z" in other.err


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2024-01-02", "is a date without a time"),
        ("2024-01-02T03:04:05", "does not say its time zone: write 2024-01-02T03:04:05Z"),
        ("yesterday", "is no time such as"),
        ("2024-02-30T00:00:00Z", "is no time such as"),
        ("12", "is no time such as"),
        ("", "is no time such as"),
    ],
)
def test_a_time_that_can_be_misread_is_refused(
    shell: Shell, name: str, time: str, problem: str
) -> None:
    done = shell.run("release", "finalize", name, "--released", time)
    assert done.code == 2
    assert problem in done.err


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("with-issues", "there are issues that were first seen in it"),
        ("with-sessions", "it has health data"),
    ],
)
def test_a_release_that_something_needs_is_not_deleted(keeping: Shell, name: str, why: str) -> None:
    keeping.run("release", "create", name)
    done = keeping.run("release", "delete", name, "--yes")
    assert done.code == 3
    assert why in done.err
    assert "`hatch-sentry-artifacts release archive` hides it" in done.err
    assert keeping.run("release", "show", name).code == 0


def test_an_organization_token_is_told_that_it_may_not_delete(
    keeping: Shell, name: str, as_token: Callable[[str], None]
) -> None:
    keeping.run("release", "create", name)
    as_token("organization")
    done = keeping.run("release", "delete", name, "--yes")
    assert done.code == 3
    assert "which no organization token has" in done.err


def test_nothing_is_deleted_where_no_one_can_be_asked(shell: Shell, name: str) -> None:
    shell.run("release", "create", name)
    done = shell.run("release", "delete", name)
    assert done.code == 2
    assert "pass --yes" in done.err
    assert shell.run("release", "show", name).code == 0


def test_who_else_has_the_release_is_told_before_it_is_deleted(shell: Shell, name: str) -> None:
    shell.run("release", "create", name, "--project", "web", "--project", "other")
    assert "(also one of other)" in shell.run("release", "delete", name, "--dry-run").err


def test_lists_have_archived_releases_if_they_are_asked_for(shell: Shell, name: str) -> None:
    shell.run("release", "create", name)
    shell.run("release", "archive", name)

    def listed(*arguments: str) -> list[str]:
        done = shell.run("release", "list", "--query", name.upper(), "--json", *arguments)
        return [each["release"] for each in done.json["releases"]]

    assert listed() == []
    assert listed("--status", "archived") == listed("--status", "any") == [name]
    assert listed("--status", "any", "--project", "other") == []
    assert f"archived  web       {name}\n" in shell.run(
        "release", "list", "--query", name, "--status", "any"
    ).out  # fmt: skip


def test_a_list_without_releases_says_so(shell: Shell) -> None:
    done = shell.run("release", "list", "--query", "no such release")
    assert (done.code, done.out) == (0, "")
    assert "0 releases of acme/web" in done.err


def test_a_list_of_an_unknown_project_is_refused(shell: Shell) -> None:
    assert shell.run("release", "list", "--project", "nowhere").code == 3


def test_the_proposed_name_is_alone_on_stdout(shell: Shell) -> None:
    version = shell.run("release", "propose").out.strip()
    assert version.startswith("1.2.0+")
    shell.configure('release = "{name}@{version}"')
    done = shell.run("release", "propose")
    assert done.out == f"shop@{version}\n"
    assert shell.run("release", "propose", "--dist", "d", "--json").json == {
        "release": f"shop@{version}",
        "dist": "d",
    }


def test_a_proposal_asks_no_server(server_gone: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    assert server_gone.run("release", "propose").code == 0
    monkeypatch.setenv("SENTRY_RELEASE", "web-7")
    done = server_gone.run("release", "propose")
    assert done.out == "web-7\n"
    assert "SENTRY_RELEASE says so" in done.err


def test_a_release_is_shown_with_its_deploys(shell: Shell, name: str) -> None:
    shell.run("release", "create", name)
    shell.run("deploy", name, "-e", "staging", "--finished", "2024-01-02T03:04:05Z")
    done = shell.run("release", "show", name)
    assert f"release   {name}\n" in done.out
    assert "status    open\n" in done.out
    assert "deploy    to staging at 2024-01-02T03:04:05Z\n" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["release", "shwo"], "there is no command shwo: did you mean show?"),
        (["release", "nothing-like-it"], "there are create, "),
        (["release", "show", "--jsn"], "did you mean --json?"),
    ],
)
def test_a_command_that_is_none_is_answered_with_the_one_that_is_meant(
    shell: Shell, arguments: list[str], said: str
) -> None:
    done = shell.run(*arguments)
    assert done.code == 2
    assert said in done.err


def test_the_group_alone_shows_its_commands(shell: Shell) -> None:
    done = shell.run("release")
    assert done.code == 2
    assert "finalize" in done.err
