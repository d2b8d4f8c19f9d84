"""Makes the scripts, source maps and traces here from `source`: run it when that changes.

Usage: python -m tests.explain.bundle.make (needs node and npm; gets esbuild from npm's registry).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ESBUILD = "esbuild@0.25.5"
TIMEOUT = 300.0
URL = "https://shop.example/static/page.js"
# Runs the page as a browser would have it, and prints the traces of its two errors.
RUN = f"""
const script = require("fs").readFileSync("static/page.js", "utf8");
require("vm").runInThisContext(script, {{ filename: {json.dumps(URL)} }});
const own = (stack) => stack.split("\\n").filter((line) => line.includes("shop.example"));
const show = (error) => console.log(own(error.stack).join("\\n"));
const failing = (state) => checkOut([state]).catch(show);
failing("open//`").then(() => failing("shut"));
"""


def main() -> None:
    """Bundle the page with its map beside it, beside it without sources, and in it; run it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise SystemExit("node and npm are needed")
    options = ["source/page.ts", "--bundle", "--minify", "--target=es2020", "--log-level=warning"]
    with tempfile.TemporaryDirectory() as folder:
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder]
        subprocess.run([*install, ESBUILD], check=True, timeout=TIMEOUT)
        esbuild = shutil.which("esbuild", path=f"{folder}/node_modules/.bin") or "esbuild"
        for name, kind in (
            ("page.js", ["--sourcemap=linked"]),
            ("bare.js", ["--sourcemap=linked", "--sources-content=false"]),
            ("inline.js", ["--sourcemap=inline"]),
        ):
            command = [esbuild, *options, *kind, f"--outfile=static/{name}"]
            subprocess.run(command, cwd=HERE, check=True, timeout=TIMEOUT)
    done = subprocess.run([node, "-e", RUN], cwd=HERE, check=True, timeout=60, capture_output=True)
    (HERE / "traces.txt").write_bytes(done.stdout)


if __name__ == "__main__":
    main()
