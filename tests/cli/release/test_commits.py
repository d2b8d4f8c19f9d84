"""`release commits`, and the commits of an upload: chosen from git, and set on the server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support.history import GIT, History, git
from tests.support.sentry_contents import commits
from tests.support.shell import Shell

pytestmark = pytest.mark.skipif(GIT is None, reason="git is not there")
Make = Callable[[History], Path]


@pytest.fixture
def repository(shell: Shell) -> Make:
    """Return what makes the project's folder a repository."""

    def make(history: History) -> Path:
        folder = history.write(shell.folder)
        git(folder, "remote", "add", "origin", "https://me:s3cr3t@git.example/acme/shop.git")
        return folder

    return make


def tagged() -> History:
    """Return a history of five commits, the second and the last of which are tagged."""
    made = History()
    second = made.line(["one", "two"])
    made.tag("v1.0.0", second)
    made.tag("v1.1.0", made.line(["three", "four", "five"], [second]), annotated=True)
    return made


def release_of(shell: Shell) -> str:
    return f"commits-{shell.folder.parent.name}"


def created(shell: Shell) -> str:
    assert shell.run("upload", "--release", release_of(shell)).code == 0
    return release_of(shell)


def test_the_commits_since_the_tag_before_are_set_and_the_same_again(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    release = created(shell)
    repository(tagged())
    for _ in range(2):
        done = shell.run("release", "commits", release)
        assert done.code == 0
        assert "3 commits of acme/shop since tag v1.0.0 (" in done.err
        assert commits(shared_server, release) == ["five", "four", "three"]
        assert "s3cr3t" not in done.err


def test_a_dry_run_shows_them_with_what_else_they_do_and_sets_none(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    release = created(shell)
    made = History()
    made.line(["one", "fixes SHOP-12", "two #skipsentry"])
    repository(made)
    done = shell.run("release", "commits", release, "--dry-run")
    assert [line.split("  ")[-1] for line in done.out.splitlines()] == [
        "SUBJECT",
        "two #skipsentry",
        "fixes SHOP-12",
        "one",
    ]
    assert "leaves out 1 commit with #skipsentry" in done.err
    assert "SHOP-12" in done.err.split("resolves in this release")[1]
    assert "the last 3 commits are taken" in done.err
    assert commits(shared_server, release) == []


@pytest.mark.integration
def test_json_has_the_base_and_the_commits(shell: Shell, repository: Make) -> None:
    release = created(shell)
    folder = repository(tagged())
    found = shell.run("release", "commits", release, "--json", "--from", "HEAD~1").json
    assert found["since"] == {"commit": git(folder, "rev-parse", "HEAD~1"), "label": "HEAD~1"}
    assert found["repository"] == "acme/shop"
    assert found["set_as"] == "commits"
    (only,) = found["commits"]
    assert (only["subject"], only["files"]) == ("five", 1)
    assert only["date"].endswith("+02:00")


def test_without_a_tag_the_nearest_commit_of_an_earlier_release_is_the_base(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    release = created(shell)
    made = History()
    made.line(["one", "two", "three"])
    folder = repository(made)
    earlier = f"{release}-earlier"
    assert shell.run("upload", "--release", earlier).code == 0
    git(folder, "checkout", "-q", "HEAD~1")
    shell.run("release", "commits", earlier)
    git(folder, "checkout", "-q", "main")
    for _ in range(2):
        done = shell.run("release", "commits", release)
        assert f"1 commit of acme/shop since release {earlier} (" in done.err
    assert commits(shared_server, release) == ["three"]


def test_an_upload_sets_them_before_it_finalizes(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    repository(tagged())
    release = release_of(shell)
    options = ("--commits", "auto", "--repository", "other/name", "--finalize-release")
    done = shell.run("upload", "--release", release, *options)
    assert done.code == 0
    assert "3 commits of other/name since tag v1.0.0 (" in done.err
    assert commits(shared_server, release) == ["five", "four", "three"]
    shown = shell.run("release", "show", release, "--json").json
    assert shown["released"]
    assert shown["commits"] == 3


def test_a_dry_run_needs_no_server(
    shell: Shell, repository: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tagged())
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    for command in (("release", "commits", "1.1.0"), ("upload", "--commits", "auto")):
        done = shell.run(*command, "--dry-run")
        assert done.code == 0
        assert "3 commits of acme/shop since tag v1.0.0 (" in done.err
        assert "the server was not looked at" in done.err


def test_an_upload_without_a_history_goes_on_with_a_warning(shell: Shell) -> None:
    release = release_of(shell)
    done = shell.run("upload", "--release", release, "--commits", "auto", "--finalize-release")
    assert done.code == 0
    warning = next(line for line in done.err.splitlines() if "no git checkout" in line)
    assert "warning: " in warning
    assert shell.run("release", "show", release, "--json").json["released"]


def test_a_shallow_clone_says_what_it_lacks_and_how_to_get_it(
    shell: Shell, repository: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = created(shell)
    folder = repository(tagged())
    git(tmp_path, "clone", "-q", "--depth", "1", folder.as_uri(), "clone")
    shutil.copy(folder / "pyproject.toml", tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    for flags, missing in (((), "an earlier tag"), (("--from", "v1.0.0"), "v1.0.0")):
        done = shell.run("release", "commits", release, *flags)
        assert done.code == 4
        assert missing in done.err
        assert "not in this shallow clone" in done.err
        assert "fetch-depth: 0" in done.err
        assert shell.run("release", "commits", release, *flags, "--on-error", "warn").code == 0


@pytest.mark.integration
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--from=-x",), "no revision begins with a dash"),
        (("--from", "v9"), "has no commit, tag or branch of that name"),
        (("--path", "nowhere"), "has nothing there"),
        (("--path", ".."), "is not in the repository"),
    ],
)
def test_what_is_not_there_is_wrong_usage(
    shell: Shell, repository: Make, flags: tuple[str, ...], told: str
) -> None:
    release = created(shell)
    repository(tagged())
    done = shell.run("release", "commits", release, *flags)
    assert done.code == 2
    assert told in done.err


@pytest.mark.integration
def test_a_path_leaves_out_what_changed_nothing_there(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    release = created(shell)
    made = History()
    first = made.commit("one", {"sub/a": b"1"})
    made.commit("two", {"b": b"2"}, [first])
    repository(made)
    assert shell.run("release", "commits", release, "--path", "sub").code == 0
    assert commits(shared_server, release) == ["one"]


@pytest.mark.integration
def test_nothing_new_leaves_the_release_as_it_is(shell: Shell, repository: Make) -> None:
    release = created(shell)
    repository(tagged())
    done = shell.run("release", "commits", release, "--from", "HEAD")
    assert done.code == 0
    assert f"those of release {release} stay as they are" in done.err


@pytest.mark.integration
def test_a_release_that_is_not_there_is_told(shell: Shell, repository: Make) -> None:
    repository(tagged())
    done = shell.run("release", "commits", "no-such-release")
    assert done.code == 2
    assert "there is no release no-such-release" in done.err


@pytest.mark.integration
def test_a_remote_that_is_a_path_names_no_repository(
    shell: Shell, repository: Make, shared_server: LocalServer
) -> None:
    release = created(shell)
    folder = repository(tagged())
    git(folder, "remote", "set-url", "origin", "/srv/git/shop.git")
    done = shell.run("release", "commits", release)
    assert done.code == 0
    assert "its remote is no URL: name it with the option `repository`" in done.err
    assert "/srv" not in done.err
    assert commits(shared_server, release) == ["five", "four", "three"]


@pytest.mark.integration
def test_check_says_which_commits_an_upload_would_set(shell: Shell, repository: Make) -> None:
    shell.configure('commits = "auto"')
    lines = shell.run("check").out.splitlines()
    (lacking,) = (line for line in lines if " commits " in line)
    assert lacking.startswith("warning")
    assert "is in no git checkout" in lacking
    repository(tagged())
    lines = shell.run("check").out.splitlines()
    (told,) = (line for line in lines if line.startswith("ok       commits"))
    assert "3 commits of acme/shop since tag v1.0.0 (" in told
