"""Real bundles: symbolic, Sentry's own library, finds the same places before and after."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from tests.assets.debug_ids.support import loaded, needs_node, run_node

pytestmark = [pytest.mark.slow, needs_node]

PACKAGES = {
    "@rollup/plugin-node-resolve": "16.0.1",
    "date-fns": "4.1.0",
    "esbuild": "0.25.5",
    "lodash-es": "4.17.21",
    "rollup": "4.41.1",
    "terser": "5.40.0",
    "webpack": "5.99.9",
}
NAMES = [
    "esbuild-iife",
    "esbuild-esm",
    "esbuild-plain",
    "esbuild-inline",
    "rollup",
    "rollup-ids",
    "terser",
    "webpack-production",
    "webpack-development",
]
SAMPLES = 1000
TIMEOUT = 600
CACHE = Path(tempfile.gettempdir()) / "hatch-sentry-artifacts-tests"
INLINE = re.compile(rb"sourceMappingURL=data:application/json;base64,(\S+)")


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one for each bundle; the bundlers stay installed for the next time."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm")
    wanted = json.dumps({"private": True, "dependencies": PACKAGES}, indent=2)
    folder = CACHE / "npm"
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text("utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(wanted, "utf-8")
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, timeout=TIMEOUT, check=True, capture_output=True)
        installed.write_text(wanted, "utf-8")
    output = tmp_path_factory.mktemp("bundles")
    run_node(
        str(Path(__file__).with_name("bundles.mjs")), str(output), folder=folder, timeout=TIMEOUT
    )
    return output


def places(script: bytes) -> Iterator[tuple[int, int]]:
    """Lines and columns, from 0, at which words of the script begin."""
    for number, line in enumerate(script.decode().splitlines()):
        for word in re.finditer(r"[A-Za-z_$][\w$]*|[({]", line):
            yield number, word.start()


def look_up(script: bytes, source_map: bytes, where: list[tuple[int, int]]) -> list[object]:
    """Return what symbolic says of the places; its lines and columns begin at 1."""
    sourcemapcache = pytest.importorskip("symbolic.sourcemapcache")
    cache = sourcemapcache.SourceMapCache.from_bytes(script, source_map)
    found: list[object] = []
    for line, column in where:
        token = cache.lookup(line + 1, column + 1, 2)
        found.append(
            token
            and (
                token.src,
                token.line,
                token.col,
                token.name,
                token.function_name,
                token.context_line,
                token.pre_context,
                token.post_context,
            )
        )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_places_lead_where_they_led_before(bundles: Path, name: str) -> None:
    (path,) = (bundles / name).glob("bundle.?js")
    script = path.read_bytes()
    inline = INLINE.search(script)
    if inline:
        before_map, injected = base64.b64decode(inline[1]), inject(script)
        again = INLINE.search(injected.script)
        assert again
        after_map = base64.b64decode(again[1])
    else:
        before_map = path.with_name(path.name + ".map").read_bytes()
        injected = inject(script, before_map)
        assert injected.source_map
        after_map = injected.source_map
    where = list(places(script.split(b"//# sourceMappingURL")[0]))
    chosen = random.Random(0).sample(where, min(len(where), 5 * SAMPLES))
    before = look_up(script, before_map, chosen)
    known = [place for place, token in zip(chosen, before, strict=True) if token]
    assert len(known) >= SAMPLES
    at = injected.script.split(b"!function(i)")[0].count(b"\n")
    moved = [(line + (line >= at), column) for line, column in chosen]
    assert look_up(injected.script, after_map, moved) == before
    # Nothing of the map has changed but mappings and debug id.
    old, new = loaded(before_map), loaded(after_map)
    assert new.pop("debugId") == injected.debug_id
    old.pop("debugId", None)
    assert {**new, "mappings": None} == {**old, "mappings": None}
    assert list(new) == list(old)


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_does_the_same_and_registers_its_id(
    bundles: Path, tmp_path: Path, name: str
) -> None:
    (path,) = (bundles / name).glob("bundle.?js")
    source_map = path.with_name(path.name + ".map")
    given = source_map.read_bytes() if source_map.exists() else None
    injected = inject(path.read_bytes(), given)
    (tmp_path / path.name).write_bytes(injected.script)
    (tmp_path / "ids.cjs").write_text(
        'process.on("exit", () => console.log(Object.values(globalThis._sentryDebugIds)));', "utf-8"
    )
    before = run_node(path.name, folder=path.parent)
    after = run_node("--require", "./ids.cjs", path.name, folder=tmp_path)
    assert after == before + f"[ '{injected.debug_id}' ]\n"
    assert "2020-03-01" in before


@pytest.mark.skipif(sys.platform != "linux", reason="symbolic is published for Linux")
def test_the_oracle_is_there() -> None:
    assert pytest.importorskip("symbolic.sourcemapcache")


@pytest.mark.parametrize("name", ["rollup-ids"])
def test_an_id_of_the_bundler_is_taken_over(bundles: Path, name: str) -> None:
    path = bundles / name / "bundle.cjs"
    source_map = path.with_name("bundle.cjs.map").read_bytes()
    injected = inject(path.read_bytes(), source_map)
    assert injected.debug_id == loaded(source_map)["debugId"]
    assert path.read_bytes().count(injected.debug_id.encode()) == 1
    assert injected.script.count(injected.debug_id.encode()) == 2
