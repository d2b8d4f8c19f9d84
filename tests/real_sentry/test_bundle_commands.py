"""`list` and `explain` of artifact bundles, against what a real Sentry would look into itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import urllib3

from hatch_sentry_artifacts.explain.urls import stem
from tests.explain import bundle
from tests.support import make_wheel

from .command import run

AS_BUNDLE = ("--upload-as", "artifact-bundle")
URL = "https://shop.example/static/page.js"
PLACE = f"{URL}:1:344"


def named(folder: Path, *names: str) -> Path:
    """Return a wheel of small scripts."""
    folder.mkdir(exist_ok=True)
    files = {f"shop/static/{name}": f"{uuid4().hex}()".encode() for name in names}
    return make_wheel(folder, files=files)


def page(folder: Path, debug_id: str) -> Path:
    """Return a wheel of the minified page and its map, both with the id."""
    folder.mkdir(exist_ok=True)
    files = dict(bundle.files())
    files["shop/static/page.js"] += f"//# debugId={debug_id}\n".encode()
    source_map = files["shop/static/page.js.map"].lstrip()
    files["shop/static/page.js.map"] = f'{{"debugId":"{debug_id}",'.encode() + source_map[1:]
    return make_wheel(folder, files=files)


def explained(connection: Mapping[str, str], release: str, *more: str) -> dict[str, Any]:
    """Return what `explain` says as JSON, whether the place resolves or not."""
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "explain", *more]
    done = subprocess.run(
        [*command, "--release", release, "--json"],
        env={**os.environ, **connection},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def looked_up(connection: Mapping[str, str], **query: str) -> set[str]:
    """How Sentry's own look-up says that it found what it gives."""
    project = f"{connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    address = f"{connection['SENTRY_URL']}/api/0/projects/{project}/artifact-lookup/"
    headers = {"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"}
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", f"{address}?{urlencode(query)}", headers=headers)
    assert answer.status == 200, answer.data
    return {each["resolved_with"] for each in json.loads(answer.data)}


def test_a_bundle_is_listed_with_its_files(real: dict[str, str], tmp_path: Path) -> None:
    release, debug_id = f"list-{uuid4().hex[:12]}", str(uuid4())
    wheel = page(tmp_path, debug_id)
    run(real, "upload", wheel, "--release", release, "--dist", "d1", *AS_BUNDLE)
    run(real, "upload", named(tmp_path / "b", "b.js"), "--release", release, *AS_BUNDLE)
    listed = json.loads(run(real, "list", "--release", release, "--json"))
    assert [each["dists"] for each in listed["bundles"]] == [[None], ["d1"]]
    of_dist = json.loads(run(real, "list", "--release", release, "--dist", "d1", "--json"))
    assert of_dist["bundles"] == listed["bundles"][1:]
    files = {each["name"]: each for each in of_dist["bundles"][0]["files"]}
    assert sorted(files) == sorted(path.replace("shop/", "~/", 1) for path in bundle.files())
    script, source_map = files["~/static/page.js"], files["~/static/page.js.map"]
    assert (script["kind"], script["debug_id"]) == ("minified_source", debug_id)
    assert (source_map["kind"], source_map["debug_id"]) == ("source_map", debug_id)


def test_a_bundle_of_many_pages_is_listed_whole(real: dict[str, str], tmp_path: Path) -> None:
    release = f"pages-{uuid4().hex[:12]}"
    names = [f"{number:03}.js" for number in range(230)]
    run(real, "upload", named(tmp_path, *names), "--release", release, *AS_BUNDLE)
    (only,) = json.loads(run(real, "list", "--release", release, "--json"))["bundles"]
    assert [each["name"] for each in only["files"]] == [f"~/static/{name}" for name in names]


def test_a_place_leads_to_its_source_by_url_and_by_debug_id(
    real: dict[str, str], tmp_path: Path
) -> None:
    release, debug_id = f"explain-{uuid4().hex[:12]}", str(uuid4())
    run(real, "upload", page(tmp_path, debug_id), "--release", release, *AS_BUNDLE)
    by_url = explained(real, release, PLACE)
    by_id = explained(real, "another", "https://h/x.js:1:344", "--debug-id", debug_id)
    for found in (by_url, by_id):
        assert (found["original"]["source"], found["original"]["line"]) == (
            "../source/prices.ts",
            16,
        )
        assert found["original"]["function"] == "totalOf"
    assert by_url["map"]["found_in"] == "Sourcemap"
    assert by_id["map"]["found_in"] == "debug-id"
    assert looked_up(real, release=release, url=stem(URL)) == {"release"}
    assert looked_up(real, debug_id=debug_id) == {"debug-id"}


@pytest.mark.parametrize(
    ("bundles", "dist", "resolved_with"),
    [
        ([], "", "release-old"),
        ([["other.js"]], "", "release"),
        ([["other.js"], ["third.js"]], "", "release-old"),
        ([["other.js"], ["page.min.js"]], "", "index"),
        ([["other.js"]], "d1", "release-old"),
    ],
)
def test_release_files_answer_where_sentry_asks_for_them(
    real: dict[str, str],
    tmp_path: Path,
    bundles: list[list[str]],
    dist: str,
    resolved_with: str,
) -> None:
    """The page is among the release's own files; bundles, which lack it, are in the way or not."""
    release = f"both-{uuid4().hex[:12]}"
    of_dist = ("--dist", dist) if dist else ()
    run(real, "upload", page(tmp_path, str(uuid4())), "--release", release, *of_dist)
    for number, names in enumerate(bundles):
        wheel = named(tmp_path / str(number), *names)
        run(real, "upload", wheel, "--release", release, *AS_BUNDLE)
    assert looked_up(real, release=release, dist=dist, url=stem(URL)) == {resolved_with}
    found = explained(real, release, PLACE, *of_dist)
    assert found["resolved"] is (resolved_with == "release-old")


def test_an_org_auth_token_sees_names_but_no_content(real: dict[str, str], tmp_path: Path) -> None:
    token = os.environ.get("SENTRY_TEST_TOKEN_CI")
    if not token:
        pytest.skip("SENTRY_TEST_TOKEN_CI is not set")
    release = f"token-{uuid4().hex[:12]}"
    connection = {**real, "SENTRY_AUTH_TOKEN": token}
    run(connection, "upload", page(tmp_path, str(uuid4())), "--release", release, *AS_BUNDLE)
    assert json.loads(run(connection, "list", "--release", release, "--json"))["bundles"]
    with pytest.raises(AssertionError, match="an org auth token never may"):
        run(connection, "explain", PLACE, "--release", release)


def test_check_says_what_the_server_takes(real: dict[str, str]) -> None:
    assert "the server takes artifact bundles: chunks of up to" in run(real, "check", *AS_BUNDLE)
