"""Each command: its first run, the next one, the dry run, without the right, without a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.shell import Shell

# What has to be done before a command does something, and what it says then, and when run again.
_CREATED = [["release", "create"]]
COMMANDS: dict[str, tuple[list[str], list[list[str]], str, str]] = {
    "create": (["release", "create"], [], "was created in acme/web", "is in acme/web"),
    "finalize": (["release", "finalize"], _CREATED, "is marked as released", "is released since"),
    "archive": (["release", "archive"], _CREATED, "is now archived", "is archived already"),
    "restore": (
        ["release", "restore"],
        [*_CREATED, ["release", "archive"]],
        "is now open",
        "is open already",
    ),
    "delete": (["release", "delete", "--yes"], _CREATED, "was deleted", "nothing to delete"),
    "deploy": (
        ["deploy", "-e", "production"],
        _CREATED,
        "Sentry is told that release",
        "Sentry knows already that release",
    ),
}
EVERY = pytest.mark.parametrize("command", list(COMMANDS))


def prepare(shell: Shell, command: str, name: str) -> list[str]:
    """Do what has to be done before; return the command."""
    arguments, before, _, _ = COMMANDS[command]
    for words in before:
        assert shell.run(*words, name).code == 0
    return [*arguments, name]


@EVERY
def test_a_command_does_it_once(shell: Shell, name: str, command: str) -> None:
    arguments = prepare(shell, command, name)
    _, _, first, second = COMMANDS[command]
    done = shell.run(*arguments)
    assert (done.code, done.out) == (0, "")
    assert first in done.err
    again = shell.run(*arguments)
    assert (again.code, again.out) == (0, "")
    assert second in again.err


@EVERY
def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    shell: Shell, name: str, command: str
) -> None:
    arguments = prepare(shell, command, name)
    before = shell.run("release", "show", name, "--json")
    done = shell.run(*arguments, "--dry-run")
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert "dry run: " in done.err
    assert "nothing was sent" in done.err
    assert shell.run("release", "show", name, "--json") == before


@pytest.mark.integration
@EVERY
def test_json_says_what_was_done(shell: Shell, name: str, command: str) -> None:
    arguments = prepare(shell, command, name)
    planned = shell.run(*arguments, "--dry-run", "--json").json
    done = shell.run(*arguments, "--json").json
    again = shell.run(*arguments, "--json").json
    assert done["release"] == planned["release"] == name
    assert (planned["dry_run"], done["dry_run"]) == (True, False)
    assert planned["done"] == done["done"] != "unchanged"
    assert again["done"] == "unchanged"


@pytest.mark.integration
@EVERY
def test_a_token_that_may_only_read_is_refused(
    keeping: Shell, name: str, command: str, as_token: Callable[[str], None]
) -> None:
    arguments = prepare(keeping, command, name)
    as_token("read-only")
    assert keeping.run(*arguments, "--dry-run").code == 0
    done = keeping.run(*arguments)
    assert done.code == 3
    assert "does not let the token from SENTRY_AUTH_TOKEN do this" in done.err


@pytest.mark.integration
@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "delete"])
def test_an_organization_token_may_do_all_but_delete(
    keeping: Shell, name: str, command: str, as_token: Callable[[str], None]
) -> None:
    as_token("organization")
    assert keeping.run(*prepare(keeping, command, name)).code == 0


@pytest.mark.integration
@pytest.mark.parametrize(
    "arguments",
    [["release", "show"], ["release", "list"], *(each[0] for each in COMMANDS.values())],
)
def test_a_server_that_is_gone_is_told(server_gone: Shell, name: str, arguments: list[str]) -> None:
    named = [] if arguments == ["release", "list"] else [name]
    done = server_gone.run(*arguments, *named)
    assert done.code == 1
    assert "no connection" in done.err
    looks_alone = arguments[-1] in {"show", "list"}
    assert ("running this again is safe" in done.err) is not looks_alone


@pytest.mark.integration
@pytest.mark.parametrize("command", ["finalize", "archive", "restore", "deploy"])
def test_a_release_that_is_not_there_is_an_error_that_names_near_ones(
    shell: Shell, name: str, command: str
) -> None:
    shell.run("release", "create", name)
    done = shell.run(*COMMANDS[command][0], f"{name}x")
    assert done.code == 2
    assert f"there is no release {name}x of acme/web" in done.err
    assert f"the nearest that are there: {name}" in done.err


@pytest.mark.integration
@EVERY
@pytest.mark.parametrize("odd", ["a/b", "..", "latest", "Latest", " ", "v" * 201, "a\\b"])
def test_a_name_that_sentry_does_not_take_is_refused(shell: Shell, command: str, odd: str) -> None:
    done = shell.run(*COMMANDS[command][0], odd)
    assert done.code == 2
    assert "Sentry takes" in done.err


@pytest.mark.integration
@EVERY
def test_without_a_name_it_is_the_release_of_the_newest_wheel(shell: Shell, command: str) -> None:
    version = shell.run("release", "propose").out.strip()
    arguments = prepare(shell, command, version)[:-1]
    assert f"elease {version} " in shell.run(*arguments).err


@pytest.mark.integration
@EVERY
def test_an_unknown_project_or_organization_is_told(shell: Shell, name: str, command: str) -> None:
    arguments = COMMANDS[command][0]
    done = shell.run(*arguments, name, "--project", "nowhere")
    assert done.code == 3
    assert 'no project "nowhere"' in done.err
    done = shell.run(*arguments, name, "--organization", "nowhere")
    assert done.code == 3
    assert 'no organization "nowhere"' in done.err


@pytest.mark.integration
@EVERY
def test_a_name_and_the_flag_contradict_each_other(shell: Shell, name: str, command: str) -> None:
    done = shell.run(*COMMANDS[command][0], name, "--release", "other")
    assert done.code == 2
    assert "leave one out" in done.err
