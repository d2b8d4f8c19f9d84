"""What bundlers and compilers really write is recognized."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.scripts.writers import find_writer
from tests.wheels.bundles import install, run

PROGRAM = Path(__file__).with_name("judged_bundlers.mjs")
PACKAGES = {
    "@babel/core": "7.29.13",
    "@babel/preset-env": "7.29.14",
    "@rspack/core": "2.3.3",
    "@swc/core": "1.16.22",
    "esbuild": "0.28.2",
    "rolldown": "1.3.2",
    "rollup": "4.68.8",
    "terser": "5.51.4",
    "typescript": "5.9.3",
    "vite": "8.3.8",
    "webpack": "5.113.0",
}
# Rolldown's minified output of a few small modules holds nothing of its own.
NOTHING_OF_THEIR_OWN = {"Rolldown-minified", "unknown-terser"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm")
def test_what_real_tools_write_is_recognized(tmp_path: Path) -> None:
    npm = install(PACKAGES, "bundlers")
    run(npm, "node", str(PROGRAM), str(npm), str(tmp_path))
    found = {}
    for folder in tmp_path.iterdir():
        scripts = sorted(folder.rglob("*.js"), key=lambda file: file.stat().st_size)
        writer = find_writer(scripts[-1].read_bytes())
        found[folder.name] = writer.name if writer else None
    del found["source"]
    assert len(found) == 19, json.dumps(found)
    assert found == {
        name: None if name in NOTHING_OF_THEIR_OWN else name.partition("-")[0] for name in found
    }
