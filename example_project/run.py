"""Builds this example against a local Sentry and shows what the release then holds.

Standard library only, and nothing but Python 3.10 or later has to be installed. What it makes lies
in .run/ and can be deleted at any time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from comparison import bundle_files, compare, compare_debug_ids, release_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from comparison import Uploaded

EXAMPLE = Path(__file__).resolve().parent
PLUGIN = EXAMPLE.parent
WORK = EXAMPLE / ".run"
BIN = WORK / "venv" / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

EXPORTED = ("SENTRY_URL", "SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_AUTH_TOKEN")
SERVER_START_SECONDS = 30
STEP_SECONDS = 900


class StepError(Exception):
    """A step did not do what it should; the text says which, and shows its output."""


def main() -> int:
    """Run the steps; 0 where the server holds what the wheel holds."""
    parser = argparse.ArgumentParser(description="Build the example against a local Sentry.")
    parser.add_argument(
        "--keep-serving",
        action="store_true",
        help="leave the local server up afterwards, until Ctrl-C",
    )
    parser.add_argument(
        "--backend",
        choices=("hatchling", "setuptools"),
        default="hatchling",
        help="what builds the example [hatchling]",
    )
    parser.add_argument(
        "--strip", action="store_true", help="ship no source maps, only upload them"
    )
    parser.add_argument("--inject", action="store_true", help="put debug ids into scripts and maps")
    parser.add_argument(
        "--bundle", action="store_true", help="upload one artifact bundle, not release files"
    )
    given = parser.parse_args()
    # Stopped from outside, it stops its server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        plugin = prepare()
        say("starting a local Sentry")
        with local_sentry() as connection:
            say(f"building the example's sdist, and its wheel from that, with {given.backend}")
            wheel = build_example(source_of(given), plugin, connection)
            # Scripts with debug ids are uploaded as a bundle by themselves.
            bundle = given.bundle or given.inject
            files = uploaded_files(wheel, connection, bundle=bundle)
            holder = "bundle" if bundle else "release"
            good = compare(wheel, files, holder=holder, strip=given.strip)
            if given.inject:
                good = compare_debug_ids(wheel, files, connection) and good
            if given.keep_serving:
                say(f"serving {connection['SENTRY_URL']} until Ctrl-C")
                with contextlib.suppress(KeyboardInterrupt):
                    while True:
                        time.sleep(60)
    except StepError as failure:
        print(f"ERROR {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if good else 1


def say(line: str) -> None:
    """Print one line, at once."""
    print(line, flush=True)


def run(what: str, *command: object, env: Mapping[str, str] | None = None) -> str:
    """Run a command quietly and return its standard output; show all of it only if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=WORK,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=STEP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise StepError(f"{what}: not done after {STEP_SECONDS} seconds") from expired
    if done.returncode != 0:
        output = f"{done.stdout}\n{done.stderr}".strip()
        raise StepError(f"{what}: exit code {done.returncode}\n{output}")
    return done.stdout


def prepare() -> Path:
    """Return a wheel of the plugin as it is now, installed in the virtual environment in .run/."""
    stamp = WORK / "installed.json"
    # Everything that the environment was made from, but for the plugin's code, which comes next.
    made_from = [sys.version, str(PYTHON), (PLUGIN / "pyproject.toml").read_text(encoding="utf-8")]
    installed = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
    fresh = installed.get("made_from") != made_from or not PYTHON.is_file()
    if fresh:
        say("making a virtual environment")
        stamp.unlink(missing_ok=True)
        shutil.rmtree(WORK / "venv", ignore_errors=True)
        WORK.mkdir(exist_ok=True)
        run("virtual environment", sys.executable, "-m", "venv", WORK / "venv")
        pip_install("build", "hatchling>=1.24")

    say("building a wheel of the plugin")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", emptied(WORK / "plugin"))
    run("build of the plugin", PYTHON, *build, PLUGIN)
    (wheel,) = (WORK / "plugin").glob("*.whl")

    # Its builds are reproducible: the same source gives the same bytes.
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if fresh or installed.get("sha256") != sha256:
        say("installing it")
        stamp.unlink(missing_ok=True)
        # The first replaces other code of the same version, which the second would leave alone.
        pip_install("--force-reinstall", "--no-deps", wheel)
        pip_install(f"{wheel}[server]")
        stamp.write_text(json.dumps({"made_from": made_from, "sha256": sha256}), encoding="utf-8")
    return wheel


def pip_install(*arguments: object) -> None:
    """Install into the virtual environment."""
    run("pip install", PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def emptied(folder: Path) -> Path:
    """Make sure that a folder holds nothing of an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextlib.contextmanager
def local_sentry() -> Iterator[dict[str, str]]:
    """Serve an empty Sentry while the block runs; gives the environment variables that reach it."""
    serve = ("-m", "hatch_sentry_artifacts", "serve", "--port", "0")
    log = WORK / "server.log"
    with log.open("w", encoding="utf-8") as errors:
        server = subprocess.Popen(
            [str(PYTHON), *serve, "--folder", str(emptied(WORK / "sentry"))],
            cwd=WORK,  # not the plugin's sources, which `-m` would put before what is installed
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
    try:
        connection = read_exports(server, log)
        # Where a proxy is set, loopback is not behind it.
        not_proxied = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
        not_proxied = f"{not_proxied},127.0.0.1".lstrip(",")
        yield {**connection, "NO_PROXY": not_proxied, "no_proxy": not_proxied}
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def read_exports(server: subprocess.Popen[str], log: Path) -> dict[str, str]:
    """Read the lines `export NAME=value` that the server prints once it listens."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        # To the end, so that the server never waits for room in the pipe.
        for line in server.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    exports: dict[str, str] = {}
    while not exports.keys() >= set(EXPORTED):
        try:
            line = lines.get(timeout=SERVER_START_SECONDS)
        except queue.Empty:
            line = None
        if line is None:
            output = log.read_text(encoding="utf-8", errors="replace").strip()
            raise StepError(f"the local server did not start\n{output}")
        if found := re.match(r"(?:export|set) (\w+)=(.*)", line):
            exports[found[1]] = found[2].strip().strip("'\"")
    return exports


def source_of(given: argparse.Namespace) -> Path:
    """Return the example; a copy, if it is built by setuptools or with other options."""
    options = ['source-maps = "strip"'] * given.strip + ['debug-ids = "inject"'] * given.inject
    options += ['upload-as = "artifact-bundle"'] * given.bundle
    if given.backend == "hatchling" and not options:
        return EXAMPLE
    copy = WORK / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    made = shutil.ignore_patterns(".run", "dist", "static", "node_modules")
    shutil.copytree(EXAMPLE, copy, ignore=made)
    if given.backend == "setuptools":
        (copy / "hatch_build.py").unlink()
        shutil.copytree(EXAMPLE / "setuptools", copy, dirs_exist_ok=True)
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"{option}\n" for option in options)  # its last table is the plugin's
    return copy


def build_example(source: Path, plugin: Path, connection: Mapping[str, str]) -> Path:
    """Build as a release pipeline does, and return the wheel."""
    # The build asks for the plugin by name, in an environment of its own. A constraint to this one
    # file wins over whatever an index or a cache has under that name.
    constraint = WORK / "constraints.txt"
    constraint.write_text(f"hatch-sentry-artifacts @ {plugin.as_uri()}\n", encoding="utf-8")
    # As a URL, because pip splits the variable at spaces.
    constraints = f"{os.environ.get('PIP_CONSTRAINT', '')} {constraint.as_uri()}".strip()
    env = {
        **os.environ,
        **connection,
        "HATCH_BUILD_HOOK_ENABLE_SENTRY": "true",
        "SENTRY_ARTIFACTS": "upload",
        "PIP_CONSTRAINT": constraints,
    }
    outdir = emptied(WORK / "dist")
    run("build of the example", PYTHON, "-m", "build", "--outdir", outdir, source, env=env)
    (wheel,) = outdir.glob("*.whl")
    return wheel


def uploaded_files(wheel: Path, connection: Mapping[str, str], *, bundle: bool) -> list[Uploaded]:
    """Ask the server what it holds for the release of the wheel's version."""
    version = wheel.name.split("-")[1]
    said = f"release {version} of {connection['SENTRY_ORG']}/{connection['SENTRY_PROJECT']}"
    if bundle:
        say(f"\nartifact bundle of {said}:")
        return bundle_files(version, connection)
    listing = ("-m", "hatch_sentry_artifacts", "list", "--json", "--release", version)
    answer = run("list", PYTHON, *listing, env={**os.environ, **connection})
    say(f"\n{said}:")
    return release_files(answer, version)


if __name__ == "__main__":
    sys.exit(main())
