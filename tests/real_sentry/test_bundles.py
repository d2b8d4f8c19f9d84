"""Artifact bundles on a real Sentry: they are assembled, and only what changed is sent."""

from __future__ import annotations

import json
import os
import random
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import urllib3

from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.file_facts import read_map, read_script
from tests.support import make_wheel

from .command import run

EXAMPLE = Path(__file__).parents[2] / "example_project" / ".run" / "dist"
PAIRS = 40


def upload(connection: Mapping[str, str], path: Path, release: str, *more: str) -> dict[str, Any]:
    arguments = ("--upload-as", "artifact-bundle", "--release", release, "--json", *more)
    report: dict[str, Any] = json.loads(run(dict(connection), "upload", path, *arguments))
    return report


def looked_up(connection: Mapping[str, str], **query: str) -> list[dict[str, bytes]]:
    """Return the files, by URL, of each bundle that Sentry would look into for a stack frame."""
    project = f"{connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    address = f"{connection['SENTRY_URL']}/api/0/projects/{project}/artifact-lookup/"
    headers = {"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"}
    with urllib3.PoolManager() as pool:

        def get(url: str) -> bytes:
            answer = pool.request("GET", url, headers=headers)
            assert answer.status == 200, answer.data
            return answer.data

        found = json.loads(get(f"{address}?{urlencode(query)}"))
        archives = [BytesIO(get(each["url"])) for each in found if each["type"] == "bundle"]
    result = []
    for archive in map(zipfile.ZipFile, archives):
        files = json.loads(archive.read("manifest.json"))["files"]
        result.append({file["url"]: archive.read(path) for path, file in files.items()})
    return result


def content(seed: str) -> bytes:
    """Text that does not shrink much."""
    return random.Random(seed).randbytes(30_000).hex().encode()


def files_of(release: str, changed: int = 0) -> dict[str, bytes]:
    """Pairs of which the first `changed` differ from those of the release named."""
    files = {}
    for number in range(PAIRS):
        text = content(f"{release}{number}{'!' * (number < changed)}")
        files[f"shop/static/{number:03}.js"] = (
            b"//" + text + b"\n//# sourceMappingURL=%03d.js.map\n" % number
        )
        files[f"shop/static/{number:03}.js.map"] = (
            b'{"version":3,"sources":["a.ts"],"sourcesContent":["%s"],"mappings":"AAAA"}' % text
        )
    return files


def unpacked(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    return folder / "shop"


@pytest.mark.parametrize("packed", [True, False], ids=["wheel", "folder"])
def test_only_what_changed_is_sent_and_all_of_it_is_there(
    real: dict[str, str], tmp_path: Path, *, packed: bool
) -> None:
    release = f"bundle-{uuid4().hex[:12]}"
    reports = []
    for number, changed in enumerate((0, PAIRS // 10, PAIRS // 10)):
        files = files_of(release, changed)
        folder = tmp_path / str(number)
        folder.mkdir()
        path = make_wheel(folder, files=files) if packed else unpacked(folder, files)
        reports.append(upload(real, path, f"{release}.{min(number, 1)}", "--dist", "d1"))
        names = {path.replace("shop/", "~/", 1): text for path, text in files.items()}
        url = "https://shop.example/static/001.js"
        assert looked_up(real, release=reports[-1]["release"], dist="d1", url=url) == [names]
    first, second, third = reports
    assert [report["bundle"]["state"] for report in reports] == ["ok", "ok", "ok"]
    assert first["summary"] == {"uploaded": 2 * PAIRS}
    assert second["bytes_sent"] < 0.35 * first["bytes_sent"]
    assert second["summary"] == {"uploaded": 2 * PAIRS}, "that release had none of them"
    assert third["summary"] == {"unchanged": 2 * PAIRS}
    # Its limits, the release, the bundle; a bare Sentry closes kept connections, which are retried.
    assert third["requests"] <= 6
    assert third["bundle"]["chunks_sent"] == 0


@pytest.mark.parametrize("token", ["SENTRY_TEST_TOKEN", "SENTRY_TEST_TOKEN_CI"])
def test_an_event_finds_its_script_by_debug_id(
    real: dict[str, str], tmp_path: Path, token: str
) -> None:
    if not os.environ.get(token):
        pytest.skip(f"{token} is not set")
    release = f"ids-{uuid4().hex[:12]}"
    folder = unpacked(tmp_path, dict(list(files_of(release).items())[:4]))
    run(real, "inject", folder)
    report = upload({**real, "SENTRY_AUTH_TOKEN": os.environ[token]}, folder, release)
    assert report["bundle"]["state"] == "ok"
    scripts = sorted(folder.rglob("*.js"))
    with open_distribution(folder) as distribution:
        ids = {
            each.path: (read_map if each.path.endswith(".map") else read_script)(each).ids.named
            for each in distribution.members
        }
    for script in scripts:
        path = script.relative_to(tmp_path).as_posix()
        assert (
            ids[path] == json.loads(script.with_name(f"{script.name}.map").read_bytes())["debugId"]
        )
        (found,) = looked_up(real, debug_id=ids[path] or "")
        name = path.replace("shop/", "~/", 1)
        assert found[name] == script.read_bytes()
        assert found[f"{name}.map"] == script.with_name(f"{script.name}.map").read_bytes()


def test_a_script_of_two_spellings_is_found_by_both_and_by_its_debug_id(
    real: dict[str, str], tmp_path: Path
) -> None:
    release = f"spellings-{uuid4().hex[:12]}"
    (script, source_map), *_ = zip(*[iter(files_of(release).items())] * 2, strict=True)
    files = {path.replace("static/", "static/@shop/"): text for path, text in (script, source_map)}
    folder = unpacked(tmp_path, files)
    run(real, "inject", folder)
    report = upload(real, folder, release)
    assert report["bundle"]["state"] == "ok"
    (file,) = folder.rglob("*.js")
    debug_id = json.loads(file.with_name(f"{file.name}.map").read_bytes())["debugId"]
    queries = [{"debug_id": debug_id}] + [
        {"release": release, "url": f"https://shop.example/static/{each}/{file.name}"}
        for each in ("@shop", "%40shop")
    ]
    for query in queries:
        (found,) = looked_up(real, **query)
        assert found[f"~/static/@shop/{file.name}"] == file.read_bytes()
        assert found[f"~/static/%40shop/{file.name}"] == file.read_bytes()


def test_the_example_s_wheel(real: dict[str, str]) -> None:
    wheels = sorted(EXAMPLE.glob("*.whl"))
    if not wheels:
        pytest.skip("the example is not built")
    report = upload(real, wheels[-1], f"example-{uuid4().hex[:12]}")
    assert report["bundle"]["state"] == "ok"
    (found,) = looked_up(real, release=report["release"], url="https://a.example/x.js")
    with zipfile.ZipFile(wheels[-1]) as wheel:
        assert found == {file["name"]: wheel.read(file["path"]) for file in report["files"]}


def test_an_unknown_project_is_named(real: dict[str, str], tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/a.js": b"a()"})
    with pytest.raises(AssertionError, match='has no project "nowhere"'):
        upload({**real, "SENTRY_PROJECT": "nowhere"}, wheel, "1")


def test_the_release_is_there_with_its_projects(real: dict[str, str], tmp_path: Path) -> None:
    other = os.environ.get("SENTRY_TEST_PROJECT2")
    if not other:
        pytest.skip("SENTRY_TEST_PROJECT2 is not set")
    release = f"linked-{uuid4().hex[:12]}"
    wheel = make_wheel(tmp_path, files={"shop/a.js": b"a()//%d" % random.getrandbits(64)})
    both = {**real, "SENTRY_PROJECT": f"{real['SENTRY_PROJECT']},{other}"}
    upload(real, wheel, release)
    upload(both, wheel, release)
    assert _projects(real, release) == {real["SENTRY_PROJECT"], other}


def _projects(connection: Mapping[str, str], release: str) -> set[str]:
    address = f"{connection['SENTRY_URL']}/api/0/organizations/{connection['SENTRY_ORG']}"
    headers = {"Authorization": f"Bearer {connection['SENTRY_AUTH_TOKEN']}"}
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", f"{address}/releases/{release}/", headers=headers)
    return {each["slug"] for each in answer.json()["projects"]}
