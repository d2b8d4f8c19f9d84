"""The commits of a release, set on a real Sentry and read back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from tests.support.history import GIT, History, git

from .command import run

pytestmark = pytest.mark.skipif(GIT is None, reason="git is not there")


def call(real: dict[str, str], method: str, path: str, body: object = None) -> Any:
    address = f"{real['SENTRY_URL']}/api/0/organizations/{real['SENTRY_ORG']}/releases/{path}"
    headers = {"Authorization": f"Bearer {real['SENTRY_AUTH_TOKEN']}"}
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, address, headers=headers, json=body, timeout=60)
    assert answer.status < 300, answer.data
    return answer.json() if answer.data else None


def test_commits_are_there_as_git_has_them_and_the_next_release_begins_after_them(
    real: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = History()
    # Of no other run: a commit belongs to its repository, whatever release it is in.
    name = f"commits/{uuid4().hex[:12]}"
    first = made.commit(name, {"a": b"a"})
    made.commit("two \N{ROCKET}\n\nwith a body", {"a": None, "b": b"->a"}, [first])
    monkeypatch.chdir(made.write(tmp_path / "repository"))
    base, later = (f"commits-{uuid4().hex[:12]}" for _ in range(2))
    for version in (base, later):
        body = {"version": version, "projects": [real["SENTRY_PROJECT"]]}
        call(real, "POST", "", body)
    flags = ("--repository", name, "--json")
    run(real, "release", "commits", base, *flags, "--from", "HEAD~1")
    (only,) = call(real, "GET", f"{base}/commits/")
    assert only["message"] == "two \N{ROCKET}\n\nwith a body"
    assert (only["repository"]["name"], only["author"]["name"]) == (name, "Ada")
    assert only["dateCreated"] == "2023-11-14T22:15:20Z"

    git(Path.cwd(), "commit", "-q", "--allow-empty", "-m", "three")
    token = os.environ.get("SENTRY_TEST_TOKEN_CI", real["SENTRY_AUTH_TOKEN"])
    for _ in range(2):
        said = json.loads(
            run({**real, "SENTRY_AUTH_TOKEN": token}, "release", "commits", later, *flags)
        )
        assert said["since"]["label"] == f"release {base}"
    (only,) = call(real, "GET", f"{later}/commits/")
    assert only["message"] == "three"
    for version in (base, later):
        call(real, "DELETE", f"{version}/")
