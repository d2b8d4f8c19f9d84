"""Measure what a thousand small uploads cost: CPU and wall clock of the HTTP layer alone.

Each run is a process of its own, so that trees can be compared: `--tree FOLDER` names a checkout
whose package is measured, and may be repeated. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import TOKEN, LeanServer, lean_server

ORGANIZATION, PROJECT, RELEASE = "acme", "web", "1.0"
HERE = Path(__file__).resolve()
IMPORTED = "hatch_sentry_artifacts.sentry.http.network"


def post(url: str, threads: int, count: int) -> dict[str, float]:
    """Upload `count` files of 300 bytes, and return the seconds of CPU and of wall clock."""
    before_import = time.process_time()
    __import__(IMPORTED)
    imported = time.process_time() - before_import

    from hatch_sentry_artifacts.assets.asset import Asset
    from hatch_sentry_artifacts.parallel import run_parallel
    from hatch_sentry_artifacts.sentry.connection import Connection, Token
    from hatch_sentry_artifacts.sentry.releases.releases import Releases
    from hatch_sentry_artifacts.sentry.session import connected

    content = b"x" * 300
    assets = [
        Asset(f"a{n}.js", f"~/a{n}.js", len(content), "", 0, {}, lambda: io.BytesIO(content))
        for n in range(count)
    ]
    connection = Connection(url, ORGANIZATION, (PROJECT,), Token(TOKEN, "the benchmark"))
    with connected(connection, workers=threads, timeout=60.0, notice=print) as api:
        Releases(api).create(RELEASE)
        started, used = time.perf_counter(), os.times()
        uploads = run_parallel(
            lambda asset: api.upload_release_file(RELEASE, asset, None),
            assets,
            workers=threads,
            name="post",
        )
        done = sum(1 for _ in uploads)
        ended, wall = os.times(), time.perf_counter() - started
    assert done == count
    cpu = ended.user + ended.system - used.user - used.system
    return {"cpu": cpu, "wall": wall, "import": imported}


def measure(
    server: LeanServer, tree: Path, threads: int, arguments: argparse.Namespace
) -> dict[str, float]:
    """Return the figures of one run with the package of `tree`."""
    server.reset(arguments.delay, keep=False)
    command = [sys.executable, HERE, "--post", server.url, str(threads)]
    done = subprocess.run(
        [*map(str, command), "--count", str(arguments.count)],
        env={**os.environ, "PYTHONPATH": str(tree)},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Read the command line, run the trees in turn, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, action="append", help="default: this checkout")
    parser.add_argument("--threads", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--post", nargs=2, metavar=("URL", "THREADS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.post:
        url, threads = arguments.post
        print(json.dumps(post(url, int(threads), arguments.count)))
        return
    trees = [tree.resolve() for tree in arguments.tree or [HERE.parents[1]]]
    print(f"| tree | threads | CPU of {arguments.count} POSTs | wall | CPU of the import |")
    print("|---|---|---|---|---|")
    with lean_server() as server:
        for threads in arguments.threads:
            runs: dict[Path, list[dict[str, float]]] = {tree: [] for tree in trees}
            for _ in range(arguments.runs):
                for tree in trees:
                    runs[tree].append(measure(server, tree, threads, arguments))
            for tree, found in runs.items():
                cpu, wall, imported = (
                    statistics.median(each[key] for each in found)
                    for key in ("cpu", "wall", "import")
                )
                print(
                    f"| {tree.name} | {threads} | {cpu:.2f} s | {wall:.2f} s | {imported:.3f} s |"
                )


if __name__ == "__main__":
    main()
