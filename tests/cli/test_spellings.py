"""A file with a name that frameworks spell otherwise: uploaded under each, shown once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import make_wheel
from tests.support.shell import Shell

FILES = {
    "shop/static/@scope/app.js": b"a();\n//# sourceMappingURL=app.js.map\n",
    "shop/static/@scope/app.js.map": b'{"version":3,"sources":["a.ts"],"sourcesContent":["a()"],'
    b'"mappings":"AAAA"}',
}
BOTH = "~/static/@scope/app.js (also ~/static/%40scope/app.js)"


@pytest.fixture
def wheel(tmp_path: Path) -> str:
    return str(make_wheel(tmp_path, files=FILES))


@pytest.mark.parametrize("kind", ["release-files", "artifact-bundle"])
def test_list_shows_one_file_with_both_names(shell: Shell, wheel: str, kind: str) -> None:
    release = f"spelled-{kind}"
    uploaded = shell.run("upload", wheel, "--release", release, "--upload-as", kind)
    assert uploaded.code == 0, uploaded.err

    done = shell.run("list", "--release", release)
    assert BOTH in done.out
    assert done.out.count("app.js ") == 1
    assert "2 files" in done.err


@pytest.mark.parametrize("kind", ["release-files", "artifact-bundle"])
def test_the_json_of_list_has_one_file_with_its_spellings(
    shell: Shell, wheel: str, kind: str
) -> None:
    release = f"json-{kind}"
    shell.run("upload", wheel, "--release", release, "--upload-as", kind)
    said = shell.run("list", "--release", release, "--json").json
    files = said["files"] if kind == "release-files" else said["bundles"][0]["files"]

    script, source_map = sorted(files, key=lambda each: len(each["name"]))
    assert script["name"] == "~/static/@scope/app.js"
    assert [each["name"] for each in script["spellings"]] == ["~/static/%40scope/app.js"]
    assert "spellings" not in source_map


@pytest.mark.parametrize("name", ["@scope", "%40scope"])
def test_each_name_resolves(shell: Shell, wheel: str, name: str) -> None:
    url = f"https://shop.example/static/{name}/app.js:1:1"
    done = shell.run("explain", url, "--from", wheel)
    assert done.code == 0, done.out + done.err
    assert "a.ts:1:1" in done.out


def test_a_similar_file_is_named_once(shell: Shell, wheel: str) -> None:
    done = shell.run("explain", "https://shop.example/x/app.js:1:1", "--from", wheel)
    assert done.code == 1
    assert "~/static/@scope/app.js" in done.out
    assert "%40" not in done.out


def test_both_are_unchanged_the_second_time(shell: Shell, wheel: str) -> None:
    for _ in range(2):
        done = shell.run("upload", wheel, "--release", "spelled-twice", "--json")
    assert [each["status"] for each in done.json["files"]] == ["unchanged"] * 3


def test_details_show_the_rule_of_each_name(shell: Shell, wheel: str) -> None:
    done = shell.run("-v", "upload", wheel, "--release", "spelled-rules")
    assert "~/static/%40scope/app.js  " in done.err
    assert done.err.count("  [first-folder]") == 3
