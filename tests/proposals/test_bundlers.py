"""Which bundlers a project has, and whether they write source maps."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.proposals.bundlers import find_bundlers


def _found(folder: Path, files: Mapping[str, str]) -> list[tuple[str, str, bool | None]]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return [
        (each.tool.name, each.file.relative_to(folder).as_posix(), each.writes_maps)
        for each in find_bundlers(folder)
    ]


@pytest.mark.parametrize(
    ("text", "writes"),
    [
        ("export default {}", False),
        ("export default { build: { sourcemap: true } }", True),
        ("export default { build: { sourcemap: 'hidden' } }", True),
        ('export default { build: { "sourcemap": "inline" } }', True),
        ("export default { build: { sourcemap: false } }", False),
        ("export default { build: {\n  // sourcemap: true,\n} }", False),
        ("/* sourcemap: true */ export default {}", False),
        ("export default ({ mode }) => ({ build: { sourcemap: mode === 'x' } })", None),
        ("const u = 'https://x.example/'; export default { build: { sourcemap: true } }", True),
    ],
)
def test_the_switch_of_vite_is_read(tmp_path: Path, text: str, writes: bool | None) -> None:
    assert _found(tmp_path, {"web/vite.config.mts": text}) == [
        ("Vite", "web/vite.config.mts", writes)
    ]


@pytest.mark.parametrize(
    ("text", "writes"),
    [
        ("module.exports = { devtool: 'source-map' }", True),
        ("module.exports = { devtool: 'hidden-source-map' }", True),
        ("module.exports = { devtool: 'eval' }", None),
        ("module.exports = { devtool: false }", False),
        ("module.exports = {}", False),
    ],
)
def test_the_switch_of_webpack_is_read(tmp_path: Path, text: str, writes: bool | None) -> None:
    found = _found(tmp_path, {"webpack.prod.js": text})
    assert found == [("webpack", "webpack.prod.js", writes)]


@pytest.mark.parametrize(
    ("command", "name", "writes"),
    [
        ("esbuild a.ts --bundle --outdir=b", "esbuild", False),
        ("esbuild a.ts --bundle --sourcemap --outdir=b", "esbuild", True),
        ("tsc && rollup -c -m", "Rollup", True),
        ("rollup -c", "Rollup", False),
        ("parcel build index.html", "Parcel", True),
        ("parcel build index.html --no-source-maps", "Parcel", False),
        ("webpack --mode production", "webpack", False),
        ("webpack --devtool source-map", "webpack", True),
        ("bun build a.ts --sourcemap=linked", "Bun", True),
        ("jupyter labextension build .", "the builder of JupyterLab", False),
        ("jupyter labextension build --source-map True .", "the builder of JupyterLab", True),
        ("tsup src/index.ts", "tsup", False),
        ("react-scripts build", "Create React App", True),
        ("GENERATE_SOURCEMAP=false react-scripts build", "Create React App", False),
        ("vue-cli-service build", "Vue CLI", True),
        ("astro check && astro build", "Astro", False),
        ("NODE_ENV=production npx vite build", "Vite", False),
    ],
)
def test_scripts_tell_the_bundler(tmp_path: Path, command: str, name: str, writes: bool) -> None:
    package = json.dumps({"scripts": {"build": command}})
    assert _found(tmp_path, {"package.json": package}) == [(name, "package.json", writes)]


def test_scripts_that_call_a_bundler_by_its_api_are_read(tmp_path: Path) -> None:
    files = {
        "ui/package.json": '{"scripts": {"build": "node build.mjs", "dev": "node build.mjs -w"}}',
        "ui/build.mjs": 'import { build } from "esbuild";\nbuild({ sourcemap: true });',
    }
    assert _found(tmp_path, files) == [("esbuild", "ui/build.mjs", True)]


def test_the_compiler_counts_only_where_nothing_bundles(tmp_path: Path) -> None:
    files = {
        "package.json": '{"scripts": {"build": "tsc && vite build"}}',
        "tsconfig.json": '{"compilerOptions": {"sourceMap": true}}',
    }
    assert _found(tmp_path, files) == [("Vite", "package.json", False)]
    files["package.json"] = '{"scripts": {"build": "tsc"}}'
    assert _found(tmp_path, files) == [("TypeScript", "tsconfig.json", True)]


def test_what_others_installed_or_built_is_not_looked_at(tmp_path: Path) -> None:
    files = {
        "node_modules/x/vite.config.js": "",
        "dist/vite.config.js": "",
        ".cache/vite.config.js": "",
    }
    assert _found(tmp_path, files) == []


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '{"scripts": []}', '{"scripts": {"build": 1}}', "[" * 100_000],
)
def test_a_package_json_that_is_none_tells_nothing(tmp_path: Path, text: str) -> None:
    assert _found(tmp_path, {"package.json": text}) == []


@pytest.mark.parametrize("unit", ["/*", "//", "sourcemap:", "/**/ ", "outDir: '"])
def test_long_texts_take_no_long_time(tmp_path: Path, unit: str) -> None:
    started = time.monotonic()
    _found(tmp_path, {"vite.config.js": unit * (1_000_000 // len(unit))})
    assert time.monotonic() - started < 10


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_pipes_and_binary_files_tell_nothing_and_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vite.config.ts")
    os.mkfifo(tmp_path / "package.json")
    (tmp_path / "rollup.config.js").write_bytes(bytes(range(256)) * 100)
    found = {each.tool.name: each.writes_maps for each in find_bundlers(tmp_path)}
    assert found == {"Vite": False, "Rollup": False}
