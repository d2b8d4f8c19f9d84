"""`prune` on a real Sentry: what it holds before and after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from tests.support import make_wheel

from .command import run

Answer = urllib3.BaseHTTPResponse


def call(connection: dict[str, str], method: str, path: str, **more: Any) -> Answer:
    """Send a request below the API's root."""
    headers = {"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"}
    with urllib3.PoolManager() as pool:
        response = pool.request(
            method, f"{connection['SENTRY_URL']}/api/0/{path}", headers=headers, **more
        )
    assert response.status < 300, response.data
    return response


def held(connection: dict[str, str], release: str) -> tuple[int, int]:
    """Return how many files and bundles the release has."""
    project = f"projects/{connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    files = call(connection, "GET", f"{project}/releases/{release}/files/")
    bundles = call(connection, "GET", f"{project}/files/artifact-bundles/?query={release}")
    return len(files.json()), len(bundles.json())


def test_old_releases_lose_what_they_hold_and_others_keep_it(
    real: dict[str, str], tmp_path: Path
) -> None:
    prefix, organization = f"prune-{uuid4().hex[:12]}", f"organizations/{real['SENTRY_ORG']}"
    names = ["archived", "deployed", "shared", "bundle", "newest"]
    releases = {name: f"{prefix}-{name}" for name in names}
    for release in releases.values():
        projects = {"version": release, "projects": [real["SENTRY_PROJECT"]]}
        call(real, "POST", f"{organization}/releases/", json=projects)
        fields = {"name": "~/a.js", "file": ("a.js", uuid4().hex, "application/javascript")}
        call(real, "POST", f"{organization}/releases/{release}/files/", fields=fields)
    of = {name: f"{organization}/releases/{release}/" for name, release in releases.items()}
    call(real, "PUT", of["archived"], json={"status": "archived"})
    call(real, "POST", f"{of['deployed']}deploys/", json={"environment": prefix})
    if other := os.environ.get("SENTRY_TEST_PROJECT2"):
        linked = {"version": releases["shared"], "projects": [other]}
        call(real, "POST", f"{organization}/releases/", json=linked)
    wheel = make_wheel(tmp_path, files={"shop/a.js": uuid4().hex.encode()})
    run(real, "upload", wheel, "--release", releases["bundle"], "--upload-as", "artifact-bundle")
    assert held(real, releases["bundle"]) == (1, 1)

    prune = ("prune", "--keep", "1", "--release", f"{prefix}-*", "--json")
    done = json.loads(run(real, *prune, "--yes"))
    going = {"archived", "bundle"} | (set() if other else {"shared"})
    assert {each["release"] for each in done["releases"]} == {releases[name] for name in going}
    assert done["deleted"] == {**done["deleted"], "files": len(going), "bundles": 1, "gone": 0}
    assert {name for name, each in releases.items() if held(real, each) == (0, 0)} == going
    rest = json.loads(run(real, *prune, "--shared", "--at-once", "--yes"))
    assert rest["deleted"]["files"] == (1 if other else 0)
    assert held(real, releases["deployed"]) == held(real, releases["newest"]) == (1, 0)


def test_an_org_auth_token_is_told_before_anything_is_deleted(real: dict[str, str]) -> None:
    token = os.environ.get("SENTRY_TEST_TOKEN_CI")
    if not token:
        pytest.skip("SENTRY_TEST_TOKEN_CI is not set")
    done = subprocess.run(
        [sys.executable, "-m", "hatch_sentry_artifacts", "prune", "--keep", "1", "--yes"],
        env={**os.environ, **real, "SENTRY_AUTH_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert "needs project:releases or project:admin" in done.stderr
    assert len(done.stderr.splitlines()) == 1
