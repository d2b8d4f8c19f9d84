"""Compare this project's uploads with sentry-cli's: time, memory, requests, bytes sent.

Both run in turn, in the same run, against the same lean server process, with the same files.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from build_overhead import build_overhead
from environment import Environment, describe_contestants, make_environment
from make_assets import CACHE, PAIRS, Assets, make_assets
from measure import (
    QUIET,
    TOKEN,
    LeanServer,
    Medians,
    Sample,
    clean_environment,
    lean_server,
    run_measured,
)
from summary import (
    FIRST,
    FIRST_SLOW,
    LARGE,
    OURS,
    PEER,
    PLAIN_PEER,
    RERUN,
    RERUN_SLOW,
    WHEEL,
    WIDE,
    Results,
    json_object,
    markdown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGE_PAIRS = 5000
BUILD_PAIRS = (1, 50)  # a project that hardly ships anything, and one with a front end
WORKERS = 8  # what sentry-cli uses when the server says so, as Sentry does


@dataclass(frozen=True)
class Contestant:
    """A way to upload: its name in the table, and its command for a tree and a release."""

    name: str
    command: Callable[[Assets, str], list[str]]


def contestants(environment: Environment) -> dict[str, Contestant]:
    """All ways to upload that are compared, by their names."""

    def ours(workers: int, *, wheel: bool) -> Callable[[Assets, str], list[str]]:
        def command(assets: Assets, release: str) -> list[str]:
            what = str(assets.wheel if wheel else assets.static)
            options = ["--release", release, "--workers", str(workers)]
            return [str(environment.ours), "upload", what, *options]

        return command

    def sentry_cli(*options: str) -> Callable[[Assets, str], list[str]]:
        def command(assets: Assets, release: str) -> list[str]:
            arguments = ["sourcemaps", "upload", "--release", release, *options]
            return [str(environment.sentry_cli), *arguments, str(assets.static)]

        return command

    commands = {
        OURS: ours(WORKERS, wheel=False),
        WHEEL: ours(WORKERS, wheel=True),
        WIDE: ours(32, wheel=False),
        PEER: sentry_cli(),
        PLAIN_PEER: sentry_cli("--no-rewrite"),
    }
    return {name: Contestant(name, command) for name, command in commands.items()}


@dataclass(frozen=True)
class Case:
    """What is measured: who uploads which pairs, at which delay, and whether they are there."""

    title: str
    names: tuple[str, ...]
    delay: float = 0.0
    rerun: bool = False
    large: bool = False


NARROW = (OURS, WHEEL, PEER, PLAIN_PEER)
CASES = (
    Case(FIRST, NARROW),
    Case(FIRST_SLOW, (OURS, WHEEL, WIDE, PEER, PLAIN_PEER), delay=0.05),
    Case(RERUN, NARROW, rerun=True),
    Case(RERUN_SLOW, NARROW, delay=0.05, rerun=True),
    Case(LARGE, NARROW, large=True),
)


@dataclass(frozen=True)
class Bench:
    """All that a case needs: the server, the environment for both, and an empty folder."""

    server: LeanServer
    contestants: Mapping[str, Contestant]
    variables: Mapping[str, str]
    folder: Path

    def upload(self, contestant: Contestant, assets: Assets) -> Sample:
        """Run one contestant once, and return what it took."""
        release = "bench-" + "".join(c if c.isalnum() else "-" for c in contestant.name)
        usage = run_measured(contestant.command(assets, release), self.folder, self.variables)
        return Sample(usage, self.server.counts())


def run_case(
    bench: Bench, case: Case, names: Sequence[str], assets: Assets, runs: int
) -> dict[str, Medians]:
    """Measure a case `runs` times, its contestants in turn; returns their medians by name."""
    server, expected = bench.server, 2 * assets.pairs
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    server.reset(0.0, keep=False)
    if case.rerun:
        for name in names:
            bench.upload(bench.contestants[name], assets)
        expected *= len(names)
    for number in range(runs):
        for name in names:
            server.reset(case.delay, keep=case.rerun)
            sample = bench.upload(bench.contestants[name], assets)
            if sample.counts.files != expected:
                sys.exit(f"{case.title}: {name} left {sample.counts.files} files, not {expected}")
            samples[name].append(sample)
            note = f"{case.title}, {number + 1} of {runs}: {name} {sample.usage.wall:.2f} s"
            print(note, file=sys.stderr)
    return {name: Medians.of(samples[name]) for name in names}


def measure_uploads(
    arguments: argparse.Namespace, environment: Environment
) -> dict[str, dict[str, Medians]]:
    """Run all cases that were asked for; returns medians by case and contestant."""
    assets = make_assets(arguments.pairs, cache=arguments.cache, wheel=True)
    results = {}
    with tempfile.TemporaryDirectory() as temporary, lean_server() as server:
        variables = clean_environment(
            Path(temporary),
            SENTRY_URL=server.url,
            SENTRY_ORG="benchmark",
            SENTRY_PROJECT="benchmark",
            SENTRY_AUTH_TOKEN=TOKEN,
            **QUIET,
        )
        bench = Bench(server, contestants(environment), variables, Path(temporary))
        for case in CASES:
            if case.large and not arguments.large:
                continue
            names = [n for n in case.names if not (arguments.peer_only and n.startswith("ours"))]
            files = assets
            runs = arguments.runs
            if case.large:
                files = make_assets(LARGE_PAIRS, cache=arguments.cache, wheel=True)
                runs = min(runs, arguments.large_runs)
            results[case.title] = run_case(bench, case, names, files, runs)
    return results


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="default: %(default)s")
    parser.add_argument("--large", action="store_true", help="also upload 1 GB, for the memory")
    parser.add_argument("--large-runs", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--no-uploads", action="store_true", help="leave the uploads out")
    parser.add_argument("--build-overhead", action="store_true", help="also time builds")
    parser.add_argument("--build-runs", type=int, default=25, help="of each; default: %(default)s")
    parser.add_argument("--peer-only", action="store_true", help="measure sentry-cli alone")
    parser.add_argument("--python", default=sys.executable, help="default: the one that runs this")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def main() -> None:
    """Measure, and print the tables as Markdown."""
    arguments = parse_arguments()
    cache = arguments.cache.absolute()
    arguments.cache = cache
    cache.mkdir(parents=True, exist_ok=True)
    environment = make_environment(cache, arguments.python, install=not arguments.peer_only)
    compared = describe_contestants(environment)
    uploads = {} if arguments.no_uploads else measure_uploads(arguments, environment)
    builds = {}
    if arguments.build_overhead:
        assets = make_assets(arguments.pairs, cache=cache)
        for pairs in BUILD_PAIRS:
            builds[pairs] = build_overhead(environment, assets, pairs, arguments.build_runs)
    results = Results(compared, arguments.pairs, uploads, builds)
    if arguments.json:
        arguments.json.write_text(json.dumps(json_object(results), indent=2) + "\n", "utf-8")
    print(markdown(results))


if __name__ == "__main__":
    main()
