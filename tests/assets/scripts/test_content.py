"""What is called like a script, but is none, is left alone and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.scripts.content import other_content
from hatch_sentry_artifacts.cli import main
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.debug_ids.support import MAP

OTHERS = {
    "data.js": (b'{"version":3,"sources":["x"],"mappings":"AAAA"}', "JSON"),
    "mark.js": (b'\xef\xbb\xbf\n{ "a\\"b" : 1}', "JSON"),
    "list.js": (b'[{"a": 1},\n {"b": [2]}]\n', "JSON"),
    "gone.js": (b"<!DOCTYPE html>\n<title>404</title>", "markup"),
    "main.jsbundle": (bytes.fromhex("c61fbc03c103191f6000000002ff"), "binary"),
    "zipped.js": (b"\x1f\x8b\x08\x00\x00", "binary"),
    "indexed.bundle": (b"ABCD" + bytes(range(32)) * 9, "binary"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_inject_leaves_it_alone_and_an_upload_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    content, kind = OTHERS[name]
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / name).write_bytes(content)
    (folder / f"{name}.map").write_bytes(MAP)
    (folder / "ok.js").write_bytes(b"ok()")
    with open_distribution(folder) as distribution:
        findings = collect(distribution, include=[*DEFAULT_PATTERNS, "*bundle*"]).findings
    told = [each.message for each in findings if each.rule == "not-javascript"]
    assert [kind in each for each in told] == [True]
    assert main(["inject", str(folder), "--include", "*.js", "--include", "*bundle*"]) == 0
    assert (folder / name).read_bytes() == content
    assert (folder / f"{name}.map").read_bytes() == MAP
    assert b"debugId" in (folder / "ok.js").read_bytes()
    assert f"static/{name} is {kind}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "script",
    [
        b"",
        b"{}",
        b"{'use strict'}",
        b'{"a"}',
        b'{"a";b:c}',
        b"<!-- a\nb()",
        "é()".encode(),
        b"a('\xff\xfe\x00')",
        b"\xff\xfea\0",
        b"[1].map(a)",
        b"[a]",
        b'["a"].map(b => [b]),[c]',
    ],
)
def test_what_may_be_a_script_is_one(script: bytes) -> None:
    assert other_content(script, len(script), lambda: script) is None
