"""Upload artifact bundles to a real Sentry: first, unchanged, and with a tenth changed."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bundle_summary import CHANGED, FAST, FIRST, OURS, PEER, RERUN, WHEEL
from bundle_trees import make_trees
from counting_proxy import CountingProxy, counting_proxy
from measure import (
    OPENER,
    QUIET,
    Medians,
    Sample,
    clean_environment,
    folder_in_memory,
    run_measured,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bundle_cases import Contestant
    from environment import Environment

NEEDED = ("SENTRY_URL", "SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_AUTH_TOKEN")
SECONDS_OR_ZERO = 120.0  # seconds for the server to assemble a bundle
TITLES = (FIRST, RERUN, CHANGED)


@dataclass(frozen=True)
class RealServer:
    """Where the real Sentry is, and who may write there."""

    url: str
    organization: str
    project: str
    token: str

    def files_of(self, release: str) -> list[int]:
        """Ask for the bundles of a release; returns how many files each one has, sorted."""
        project = f"{self.organization}/{self.project}"
        query = urllib.parse.urlencode({"query": release})
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/api/0/projects/{project}/files/artifact-bundles/?{query}",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with OPENER.open(request, timeout=30) as answer:
            return sorted(bundle["fileCount"] for bundle in json.load(answer))

    def check(self, release: str, expected: list[int], title: str, name: str) -> None:
        """Exit unless the release comes to have bundles of so many files each."""
        until = time.monotonic() + SECONDS_OR_ZERO
        while (found := self.files_of(release)) != expected:
            if time.monotonic() > until:
                sys.exit(f"{title}: {name} left bundles of {found} files, not of {expected}")
            time.sleep(0.5)


def real_server() -> RealServer:
    """Read where the server is from the environment; exits if that does not say it."""
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        sys.exit(f"--real needs the variables {', '.join(missing)}")
    return RealServer(*(os.environ[name] for name in NEEDED))


def run_all(
    server: RealServer,
    proxy: CountingProxy,
    contestant: Contestant,
    place: tuple[Path, Path, Environment],
    pairs: int,
) -> dict[str, Sample]:
    """Let a contestant upload a tree that is new to the server, again, and with a tenth changed."""
    folder, cache, environment = place
    salt = uuid.uuid4().hex
    trees = make_trees(pairs, cache, folder, environment, salt)
    values = server.url, server.organization, server.project, server.token
    variables = clean_environment(folder, **dict(zip(NEEDED, values, strict=True)), **QUIET)
    if server.url.startswith("http:"):
        variables["http_proxy"] = proxy.url
    release = f"bench-{salt}"
    samples = {}
    expected = [[2 * pairs], [2 * pairs], [2 * pairs, 2 * pairs]]
    for title, files in zip(TITLES, expected, strict=True):
        tree = trees.edited if title == CHANGED else trees.base
        proxy.take_counts()
        usage = run_measured(contestant.upload_of(tree, release), folder, variables)
        samples[title] = Sample(usage, proxy.take_counts())
        server.check(release, files, title, contestant.name)
        print(f"{title}: {contestant.name} {usage.wall:.2f} s", file=sys.stderr)
    return samples


def measure_real(
    pairs: int,
    runs: int,
    cache: Path,
    environment: Environment,
    taking_part: Mapping[str, Contestant],
) -> dict[str, dict[str, Medians]]:
    """Run the cases `runs` times, each contestant in turn; returns medians by case and name.

    Each round uploads trees that no round before has uploaded.
    """
    server = real_server()
    chosen = [taking_part[name] for name in (OURS, FAST, WHEEL, PEER) if name in taking_part]
    samples: dict[str, dict[str, list[Sample]]] = {
        title: {each.name: [] for each in chosen} for title in TITLES
    }
    with counting_proxy() as proxy:
        for _ in range(runs):
            for contestant in chosen:
                with tempfile.TemporaryDirectory(dir=folder_in_memory(cache)) as temporary:
                    place = Path(temporary), cache, environment
                    for title, sample in run_all(server, proxy, contestant, place, pairs).items():
                        samples[title][contestant.name].append(sample)
    return {
        title: {name: Medians.of(taken) for name, taken in by_name.items()}
        for title, by_name in samples.items()
    }
