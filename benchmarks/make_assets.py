"""Make many pairs of script and source map with esbuild, for the benchmarks to upload."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pack_wheel import pack_wheel

CACHE = Path(tempfile.gettempdir()) / "hatch-sentry-artifacts-benchmarks"
PAIRS = 500
BATCH = 250  # entry points for one run of esbuild: few starts, and its memory stays bounded
EDITED_EACH = 10  # in an edited tree, one pair in so many differs
TIMEOUT = 900.0
PACKAGES = {
    "date-fns": "4.1.0",
    "esbuild": "0.25.5",
    "lodash-es": "4.17.21",
    "react": "19.1.0",
    "react-dom": "19.1.0",
    "rxjs": "7.8.2",
    "three": "0.177.0",
}
# Where the generated entry points take their modules from, and how often, relative to each other.
SOURCES = {
    "lodash-es/*.js": 2.0,
    "date-fns/*.js": 1.0,
    "rxjs/dist/esm/internal/operators/*.js": 0.5,
    "three/src/math/*.js": 0.2,
    "three/src/geometries/*.js": 0.02,
    "react/index.js": 3.0,
    "react-dom/client.js": 0.08,
}
# The pages' own functions: each WORD becomes one of WORDS, so that hardly two are the same.
WORDS = (
    "account address amount basket branch choice colour contact country customer delivery discount "
    "error favourite filter invoice language message minutes offer order password payment postcode "
    "product quantity result review search selection settings shipping shop stock street supplier "
    "total update voucher weight"
)
BODIES = (
    """
  const items = state.WORD.filter((item) => item.WORD > options.WORD && !item.WORD);
  if (items.length === 0) {
    return { ...state, WORD: null, WORD: context.WORD(options.WORD) };
  }
  for (const item of items) {
    item.WORD = Math.round(item.WORD * options.WORD) / 100;
  }
  return { ...state, WORD: items.map((item) => context.WORD(item.WORD, item.WORD)) };
""",
    """
  const element = context.create("div", { className: "WORD-WORD", title: options.WORD });
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      const answer = await context.fetch(`/api/WORD/${state.WORD}?WORD=${options.WORD}`);
      context.dispatch({ type: "WORD/WORD", WORD: answer.WORD, WORD: state.WORD });
    } catch (error) {
      context.report("The WORD could not be read for this WORD", error, options.WORD);
    }
  });
  return element;
""",
    """
  switch (options.WORD) {
    case "WORD":
      return state.WORD ? context.WORD(state.WORD) : options.WORD;
    case "WORD":
      state.WORD = (state.WORD ?? 0) + options.WORD.length;
      break;
    default:
      if (context.WORD !== options.WORD || state.WORD === undefined) {
        throw new TypeError(`Unknown WORD: ${options.WORD}`);
      }
  }
  const ordered = Object.entries(state.WORD).sort(([, left], [, right]) => left - right);
  return ordered.slice(0, options.WORD).map(([key, value]) => ({ key, value, WORD: state.WORD }));
""",
)
WHEEL_NAME = "bench-1.0-py3-none-any.whl"
RECIPE = 1  # raised whenever the same arguments make other files, so that a cache is not reused


@dataclass(frozen=True)
class Assets:
    """One generated tree: `static` holds the files, `wheel` the same files as `bench/static/…`."""

    pairs: int
    static: Path
    wheel: Path
    script_bytes: int
    map_bytes: int

    @property
    def total_bytes(self) -> int:
        """Bytes of all scripts and maps, as they lie on disk."""
        return self.script_bytes + self.map_bytes


def run(command: list[str], folder: Path) -> None:
    """Run a command in `folder`; on failure, exit with what it printed."""
    found = shutil.which(command[0])
    if found is None:
        sys.exit(f"{command[0]} is not installed; the benchmark assets need Node.js with npm")
    done = subprocess.run(
        [found, *command[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        printed = (done.stdout + done.stderr)[:2000]
        sys.exit(f"{' '.join(command[:3])} … failed in {folder}:\n{printed}")


def install_packages(cache: Path) -> Path:
    """Install esbuild and the libraries below `cache`, once; returns their folder."""
    folder = cache / "npm"
    package_json = json.dumps({"private": True, "dependencies": PACKAGES}, indent=2)
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text("utf-8") != package_json:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(package_json, "utf-8")
        # esbuild runs without its install script, which only makes its start a little quicker.
        run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        installed.write_text(package_json, "utf-8")
    return folder


def list_modules(npm: Path) -> dict[str, list[str]]:
    """List the modules that entry points may import: pattern of SOURCES → paths."""
    node_modules = npm / "node_modules"
    return {
        pattern: sorted(path.relative_to(node_modules).as_posix() for path in found)
        for pattern in SOURCES
        if (found := list(node_modules.glob(pattern)))
    }


def entry_point(index: int, modules: dict[str, list[str]], *, edited: bool) -> str:
    """Write the entry point with this number: the same text for the same number, always.

    It imports library modules and has functions of its own. Most entry points are small and a few
    are large. Where it is `edited`, it has a function more, and the rest stays.
    """
    chance = random.Random(f"entry point {index}")
    imports = max(1, min(60, round(chance.lognormvariate(0.0, 0.6))))
    patterns = chance.choices(list(modules), [SOURCES[pattern] for pattern in modules], k=imports)
    chosen = sorted({chance.choice(modules[pattern]) for pattern in patterns})
    lines = [
        f'import * as module{number} from "../../node_modules/{path}";'
        for number, path in enumerate(chosen)
    ]
    words = WORDS.split()
    functions = round(chance.lognormvariate(4.5, 0.7)) + edited
    for number in range(functions):
        body = re.sub(r"\bWORD\b", lambda _: chance.choice(words), chance.choice(BODIES))
        lines.append(f"function page{number}(state, options, context) {{{body}}}")
    names = ", ".join(f"module{number}" for number in range(len(chosen)))
    exported = ", ".join(f"page{number}" for number in range(functions))
    lines.append(f"globalThis.page{index} = {{ modules: [{names}], functions: [{exported}] }};")
    return "\n".join(lines) + "\n"


def write_entry_points(npm: Path, pairs: int, *, edited: bool) -> list[Path]:
    """Write `pairs` entry points, fifty to a folder, below npm/entries.

    With `edited`, every tenth has a function more.
    """
    modules = list_modules(npm)
    entries = []
    for index in range(pairs):
        path = npm / "entries" / f"area{index // 50:03}" / f"page{index:05}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = entry_point(index, modules, edited=edited and index % EDITED_EACH == 0)
        path.write_text(text, "utf-8")
        entries.append(path)
    return entries


def bundle(npm: Path, entries: list[Path], static: Path) -> None:
    """Bundle each entry point for itself into `static`, minified, with a linked source map."""
    esbuild = npm / "node_modules" / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    for start in range(0, len(entries), BATCH):
        command = [
            str(esbuild),
            *[entry.relative_to(npm).as_posix() for entry in entries[start : start + BATCH]],
            "--bundle",
            "--minify",
            "--sourcemap",
            "--format=esm",
            "--outbase=entries",
            "--entry-names=[dir]/[name]-[hash]",
            f"--outdir={static / 'js'}",
            "--log-level=error",
        ]
        run(command, npm)


def describe(output: Path, pairs: int) -> Assets:
    """Look at a finished tree; exits if it does not hold `pairs` scripts and as many maps."""
    static = output / "static"
    scripts = [path.stat().st_size for path in static.rglob("*.js")]
    maps = [path.stat().st_size for path in static.rglob("*.js.map")]
    if len(scripts) != pairs or len(maps) != pairs:
        sys.exit(f"{static} holds {len(scripts)} scripts and {len(maps)} maps instead of {pairs}")
    return Assets(pairs, static, output / WHEEL_NAME, sum(scripts), sum(maps))


def make_assets(
    pairs: int,
    output: Path | None = None,
    cache: Path = CACHE,
    *,
    wheel: bool = False,
    edited: bool = False,
) -> Assets:
    """Make `pairs` scripts and their maps below `output`, or find them there from an earlier run.

    `output` is `cache`/pairs-<number> unless given, or pairs-<number>-edited for the tree as it is
    after one tenth of its entry points have changed. Exits with a message where npm or esbuild
    fail.
    """
    output = (output or cache / f"pairs-{pairs}{'-edited' * edited}").absolute()
    recipe = {"recipe": RECIPE, "pairs": pairs, "packages": PACKAGES}
    wanted = json.dumps({**recipe, "edited": True} if edited else recipe)
    made = output / "made.json"
    if not made.exists() or made.read_text("utf-8") != wanted:
        if output.exists() and any(output.iterdir()) and not made.exists():
            sys.exit(f"{output} is not empty and was not made by this script; give another folder")
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        made.write_text("unfinished", "utf-8")
        npm = install_packages(cache)
        bundle(npm, write_entry_points(npm, pairs, edited=edited), output / "static")
        made.write_text(wanted, "utf-8")
    assets = describe(output, pairs)
    if wheel and not assets.wheel.exists():
        unfinished = assets.wheel.with_suffix(".part")
        pack_wheel(assets.static, unfinished)
        unfinished.replace(assets.wheel)
    return assets


def main() -> None:
    """Read the command line, make the files, and say how many bytes they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", nargs="?", type=Path, help="default: a folder in the cache")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="5000 are about 1 GB")
    parser.add_argument("--wheel", action="store_true", help=f"also pack them as {WHEEL_NAME}")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    arguments = parser.parse_args()
    assets = make_assets(
        arguments.pairs, arguments.output, arguments.cache.absolute(), wheel=arguments.wheel
    )
    print(f"{assets.pairs} pairs in {assets.static}: {assets.total_bytes / 1e6:.1f} MB")
    print(f"mean script {assets.script_bytes / assets.pairs / 1e3:.1f} kB", end=", ")
    print(f"mean map {assets.map_bytes / assets.pairs / 1e3:.1f} kB")
    if arguments.wheel:
        print(f"{assets.wheel}: {assets.wheel.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
