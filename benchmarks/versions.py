"""Compare uploads of two installations of this project: time, CPU, memory, requests, bytes sent.

Both run in turn, in the same run, against the same lean server process, with the same files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from make_assets import CACHE, PAIRS, Assets, make_assets
from measure import QUIET, TOKEN, LeanServer, Medians, Sample, clean_environment, lean_server
from measure import run_measured as run

WAYS = ("release-files", "artifact-bundle")


def measure(
    server: LeanServer, programs: dict[str, Path], what: Path, way: str, *, runs: int, rerun: bool
) -> dict[str, Medians]:
    """Upload with each program in turn, `runs` times; the medians by the program's name."""
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        variables = clean_environment(
            Path(folder),
            SENTRY_URL=server.url,
            SENTRY_ORG="benchmark",
            SENTRY_PROJECT="benchmark",
            SENTRY_AUTH_TOKEN=TOKEN,
            **QUIET,
        )
        bundles = way == "artifact-bundle"
        server.reset(0.0, keep=False, bundles=bundles)
        for number in range(runs + rerun):
            for name, program in programs.items():
                server.reset(0.0, keep=rerun, bundles=bundles)
                release = f"bench-{name}"
                command = [str(program), "upload", "--validate", "off", "--upload-as", way]
                usage = run([*command, "--release", release, str(what)], Path(folder), variables)
                if number or not rerun:
                    samples[name].append(Sample(usage, server.counts()))
    return {name: Medians.of(each) for name, each in samples.items()}


def rows(server: LeanServer, assets: Assets, programs: dict[str, Path], runs: int) -> list[str]:
    """Measure all cases; returns a row of a Markdown table for each."""
    lines = []
    for way in WAYS:
        for what in (assets.static, assets.wheel):
            for rerun in (False, True):
                found = measure(server, programs, what, way, runs=runs, rerun=rerun)
                before, after = found["before"], found["after"]
                title = f"{way}, {'wheel' if what.is_file() else 'folder'}"
                lines.append(
                    f"| {title}{', unchanged' if rerun else ''} | {before.wall:.2f} | "
                    f"{after.wall:.2f} | {after.wall / before.wall:.2f} | {before.cpu:.2f} | "
                    f"{after.cpu:.2f} | {before.requests:.0f} | {after.requests:.0f} |"
                )
                print(lines[-1], file=sys.stderr)
    return lines


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path, help="the command of one installation")
    parser.add_argument("after", type=Path, help="the command of the other one")
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="default: %(default)s")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    arguments = parser.parse_args()
    assets = make_assets(arguments.pairs, cache=arguments.cache.absolute(), wheel=True)
    programs = {"before": arguments.before.absolute(), "after": arguments.after.absolute()}
    with lean_server() as server:
        lines = rows(server, assets, programs, arguments.runs)
    print("| case | before s | after s | ratio | CPU before | after | requests before | after |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", *lines, sep="\n")


if __name__ == "__main__":
    main()
