"""Makes minified scripts of many kinds with esbuild and terser, and installs acorn, once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from itertools import product
from pathlib import Path

from tests.wheels.published import CACHE

TIMEOUT = 600.0
PACKAGES = {
    "acorn": "8.15.0",
    "date-fns": "4.1.0",
    "esbuild": "0.25.5",
    "lodash-es": "4.17.21",
    "react-dom": "19.1.0",
    "terser": "5.43.1",
    "three": "0.177.0",
}
ENTRIES = {
    "dates": 'import * as all from "date-fns"; globalThis.all = all;',
    "lists": 'import * as all from "lodash-es"; globalThis.all = all;',
    "page": 'import { createRoot } from "react-dom/client"; createRoot(document.body).render("x");',
    "scene": 'import * as all from "three"; globalThis.all = all;',
    # A parser's own source is full of strings and expressions that look like comments.
    "parser": 'import * as acorn from "acorn"; import * as terser from "terser";'
    "globalThis.all = [acorn, terser];",
    "worker": "const source = `a();\\n//# sourceMappingURL=worker.js.map\\n`;"
    "globalThis.all = [source, /[//# sourceMappingURL=no.map]/, '//# sourceMappingURL=' + source];",
}


def run(folder: Path, *command: str) -> None:
    """Run a program in `folder`; raises CalledProcessError if it fails."""
    program = shutil.which(command[0]) or command[0]
    subprocess.run([program, *command[1:]], cwd=folder, check=True, timeout=TIMEOUT)


def npm_folder() -> Path:
    """Return the folder below which the packages are installed."""
    return install(PACKAGES, "npm")


def install(packages: Mapping[str, str], name: str) -> Path:
    """Install packages of the npm registry, name to version, in a folder of that name, once."""
    folder = CACHE / name
    wanted = json.dumps({"private": True, "dependencies": packages})
    done = folder / "installed.json"
    if not done.exists() or done.read_text("utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(wanted, "utf-8")
        run(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        done.write_text(wanted, "utf-8")
    return folder


def make_bundles(output: Path) -> list[Path]:
    """Bundle each entry in every format, minified or not, by esbuild and again by terser."""
    npm = npm_folder()
    programs = npm / "node_modules" / ".bin"
    ending = ".cmd" if os.name == "nt" else ""
    entries = npm / "entries"
    entries.mkdir(exist_ok=True)
    for name, code in ENTRIES.items():
        (entries / f"{name}.js").write_text(code, "utf-8")
    names = [f"entries/{name}.js" for name in ENTRIES]
    for layout, kind in product(("iife", "esm", "cjs"), ("linked", "inline")):
        for minify in ((), ("--minify",)):
            command = [*names, "--bundle", "--platform=browser", "--log-level=error", *minify]
            folder = output / f"{layout}-{kind}{''.join(minify)}"
            command += [f"--format={layout}", f"--sourcemap={kind}", f"--outdir={folder}"]
            run(npm, str(programs / f"esbuild{ending}"), *command)
    for script in sorted(output.joinpath("iife-linked").glob("*.js")):
        minified = script.with_suffix(".min.js")
        options = ["--compress", "--mangle", "--comments", "all", "--source-map"]
        options += [f"url={minified.name}.map", "--output", str(minified)]
        run(npm, str(programs / f"terser{ending}"), str(script), *options)
    return sorted(output.rglob("*.js"))
