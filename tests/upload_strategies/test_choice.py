"""`upload-as = "auto"`: a bundle where debug ids need one, release files otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import make_wheel
from tests.support.shell import FILES, Shell

ID = "0f9a1c2e-1111-4222-8333-444455556666"
SNIPPET = (
    '!function(){try{var e="undefined"!=typeof window?window:{},n=(new e.Error).stack;'
    f'n&&(e._sentryDebugIds=e._sentryDebugIds||{{}},e._sentryDebugIds[n]="{ID}")}}catch(e){{}}}}();'
)
REGISTERING = {
    "shop/static/app.js": SNIPPET.encode() + FILES["shop/static/app.js"],
    "shop/static/app.js.map": f'{{"debugId":"{ID}","version":3,"mappings":""}}'.encode(),
}
"""A script that registers its id, as bundlers' plugins write them."""


@pytest.fixture
def wheel(tmp_path: Path) -> str:
    return str(make_wheel(tmp_path, files=REGISTERING))


def test_scripts_that_register_ids_go_into_a_bundle(shell: Shell, wheel: str) -> None:
    done = shell.run("upload", wheel, "--release", "auto-1", "--json")
    assert done.code == 0, done.err
    assert done.json["upload_as"] == "artifact-bundle"
    assert "as an artifact bundle, since scripts register debug ids" in done.err


def test_scripts_without_ids_become_release_files(shell: Shell, tmp_path: Path) -> None:
    wheel = str(make_wheel(tmp_path, files=FILES))
    done = shell.run("upload", wheel, "--release", "auto-2", "--json")
    assert done.json["upload_as"] == "release-files"
    assert "since" not in done.err


def test_what_on_conflict_asks_for_decides(shell: Shell, wheel: str) -> None:
    done = shell.run("upload", wheel, "--release", "auto-3", "--on-conflict", "keep", "--json")
    assert done.json["upload_as"] == "release-files"
    assert "as release files, since `on-conflict` is of those alone" in done.err
    assert "no event will find its files by the debug ids" in done.err


def test_a_dry_run_without_a_server_says_what_is_likely(
    shell: Shell, wheel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    done = shell.run("upload", wheel, "--dry-run", "--release", "auto-4")
    assert done.code == 0, done.err
    assert "as an artifact bundle, since scripts register debug ids, if the server" in done.err


def test_ids_that_nothing_finds_are_a_finding(shell: Shell, wheel: str) -> None:
    shell.configure('debug-ids = "inject"', 'upload-as = "release-files"', 'validate = "error"')
    done = shell.run("upload", wheel, "--release", "auto-5")
    assert done.code == 1
    assert "[debug-id-unused]" in done.err
