"""`release show`: one release, as the server has it."""

from __future__ import annotations

from tests.support.shell import Shell


def test_the_release_of_the_newest_wheel_is_shown(shell: Shell) -> None:
    shell.run("upload")
    done = shell.run("release", "show", "--json")
    assert done.code == 0
    assert done.json["projects"] == ["web"]


def test_a_release_that_is_not_there_is_an_error_that_names_it(shell: Shell) -> None:
    done = shell.run("release", "show", "no-such-release")
    assert done.code == 2
    assert "there is no release no-such-release" in done.err
