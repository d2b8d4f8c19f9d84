"""Compare artifact bundles with sentry-cli's: time, memory, requests, bytes sent.

Both run in turn, in the same run, against the same lean server process, with the same files.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bundle_cases import CASES, Case, Contestant, contestants
from bundle_real import measure_real
from bundle_summary import PEER, WAITING_PEER, json_object, markdown
from bundle_trees import Trees, make_trees
from environment import (
    BUNDLE_SENTRY_CLI,
    Environment,
    describe_contestants,
    make_environment,
)
from make_assets import CACHE, PAIRS
from measure import (
    QUIET,
    TOKEN,
    Counts,
    LeanServer,
    Medians,
    Sample,
    Usage,
    clean_environment,
    folder_in_memory,
    lean_server,
    run_measured,
)
from memory import peak_memory

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Bench:
    """All that a case needs: the server, who and what, and a folder for copies."""

    server: LeanServer
    contestants: Mapping[str, Contestant]
    trees: Trees
    folder: Path
    variables: Mapping[str, str]

    def get_ready(self, case: Case, contestant: Contestant, *, contents: bool) -> Path:
        """Bring the server to where the case begins, and make a new copy if it needs one.

        With `contents`, the server keeps contents and reads the bundle that it is sent.
        """
        parameters: dict[str, object] = {"bundles": 1, "delay": case.delay}
        if contents:
            parameters["contents"] = 1
        if case.loaded:
            parameters["restore"] = contestant.name
        copy = self.folder / "copy" / "static"
        if case.inject:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.trees.plain, copy)
        self.server.order("/reset", **parameters)
        return copy

    def upload(self, case: Case, contestant: Contestant) -> Sample:
        """Run one contestant once, and return what it took; exits if the bundle is not there."""
        copy = self.get_ready(case, contestant, contents=False)
        usages = [
            run_measured(command, self.folder, self.variables)
            for command in case.commands(contestant, self.trees, copy)
        ]
        counts = self.server.counts()
        self.check(case, contestant, counts)
        whole = Usage(
            sum(usage.wall for usage in usages),
            sum(usage.cpu for usage in usages),
            max(usage.peak_memory for usage in usages),
        )
        return Sample(whole, counts)

    def try_out(self, case: Case, contestant: Contestant) -> int:
        """Run one contestant once, and let the server read the bundle; returns the peak memory."""
        copy = self.get_ready(case, contestant, contents=True)
        peak = max(
            peak_memory(command, self.folder, self.variables)
            for command in case.commands(contestant, self.trees, copy)
        )
        self.check(case, contestant, self.server.counts())
        return peak

    def check(self, case: Case, contestant: Contestant, counts: Counts) -> None:
        """Exit unless the server has a bundle, whole, of all files, each with its debug id."""
        states = sorted(counts.bundles.values())
        if counts.bundle_files != 2 * self.trees.pairs or set(states) != {"ok"}:
            sys.exit(
                f"{case.title}: {contestant.name} left bundles in the states {states} with "
                f"{counts.bundle_files} files that have a debug id, not {2 * self.trees.pairs}"
            )


def load_server(bench: Bench) -> None:
    """Let each contestant upload the base tree once, and the server remember what came."""
    case = Case("base tree", tuple(bench.contestants))
    for name, contestant in bench.contestants.items():
        bench.try_out(case, contestant)
        bench.server.order("/save", name=name)


def run_case(bench: Bench, case: Case, runs: int) -> dict[str, Medians]:
    """Measure a case `runs` times, its contestants in turn; returns their medians by name."""
    taking_part = [bench.contestants[name] for name in case.names if name in bench.contestants]
    peaks = {each.name: bench.try_out(case, each) for each in taking_part}
    samples: dict[str, list[Sample]] = {each.name: [] for each in taking_part}
    for number in range(runs):
        for contestant in taking_part[:: 1 if number % 2 else -1]:
            sample = bench.upload(case, contestant)
            samples[contestant.name].append(sample)
            note = f"{case.title}, {number + 1} of {runs}: {contestant.name}"
            print(f"{note} {sample.usage.wall:.2f} s", file=sys.stderr)
    return {
        name: replace(Medians.of(samples[name]), peak_memory=peak) for name, peak in peaks.items()
    }


def measure_uploads(
    pairs: int, runs: int, cache: Path, environment: Environment, taking_part: dict[str, Contestant]
) -> dict[str, dict[str, Medians]]:
    """Run all cases; returns medians by case and contestant."""
    with (
        tempfile.TemporaryDirectory(dir=folder_in_memory(cache)) as temporary,
        lean_server() as server,
    ):
        folder = Path(temporary)
        variables = clean_environment(
            folder,
            SENTRY_URL=server.url,
            SENTRY_ORG="benchmark",
            SENTRY_PROJECT="benchmark",
            SENTRY_AUTH_TOKEN=TOKEN,
            **QUIET,
        )
        trees = make_trees(pairs, cache, folder, environment)
        bench = Bench(server, taking_part, trees, folder, variables)
        load_server(bench)
        return {case.title: run_case(bench, case, runs) for case in CASES}


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="default: %(default)s")
    parser.add_argument("--peer-only", action="store_true", help="measure sentry-cli alone")
    parser.add_argument(
        "--real",
        action="store_true",
        help="upload to the Sentry that SENTRY_URL, SENTRY_ORG, SENTRY_PROJECT and "
        "SENTRY_AUTH_TOKEN name, instead of the lean server; it keeps what is uploaded",
    )
    parser.add_argument("--python", default=sys.executable, help="default: the one that runs this")
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def main() -> None:
    """Measure, and print the tables as Markdown."""
    arguments = parse_arguments()
    cache = arguments.cache.absolute()
    cache.mkdir(parents=True, exist_ok=True)
    python, with_ours = arguments.python, not arguments.peer_only
    environment = fast = make_environment(
        cache, python, install=with_ours, sentry_cli=BUNDLE_SENTRY_CLI
    )
    if with_ours:
        fast = make_environment(
            cache, python, install=True, sentry_cli=BUNDLE_SENTRY_CLI, extra="fast"
        )
    taking_part = {
        name: each
        for name, each in contestants(environment, fast).items()
        if with_ours or name in {PEER, WAITING_PEER}
    }
    compared = describe_contestants(environment)
    measure = measure_real if arguments.real else measure_uploads
    uploads = measure(arguments.pairs, arguments.runs, cache, environment, taking_part)
    if arguments.json:
        figures = json_object(compared, arguments.pairs, uploads)
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    print(markdown(compared, arguments.pairs, uploads, targets=not arguments.real))


if __name__ == "__main__":
    main()
