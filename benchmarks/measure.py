"""Run commands against the lean server and measure each: time, memory, requests, bytes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TIMEOUT = 300.0
TOKEN = "0" * 64
# What keeps sentry-cli from looking for newer versions, and for files of variables.
QUIET = {"SENTRY_DISABLE_UPDATE_CHECK": "1", "SENTRY_LOAD_DOTENV": "0"}
# Where there is a file system in memory, trees that are made anew for each run lie there, so that
# the disk does not count: ext4 without a journal, as virtual machines have it, is very slow to
# make files for minutes after others were deleted.
MEMORY_FOLDER = Path("/dev/shm")
# The server is on the loopback interface, whatever proxy the machine has.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Usage:
    """What one process took: seconds of wall clock and of CPU, and its peak memory in bytes."""

    wall: float
    cpu: float
    peak_memory: int


@dataclass(frozen=True)
class Counts:
    """What the server saw since its last reset; `files` is how many it holds altogether.

    `chunks` are those that were new to it; `bundles` gives the state of each bundle that it was
    asked to assemble, and `bundle_files` how many files these hold.
    """

    requests: int
    body_bytes: int
    connections: int
    most_open_connections: int
    files: int = 0
    chunks: int = 0
    bundle_files: int = 0
    bundles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One run of one contestant."""

    usage: Usage
    counts: Counts


@dataclass(frozen=True)
class Medians:
    """The medians of a contestant's runs; seconds and bytes."""

    wall: float
    cpu: float
    peak_memory: float
    requests: float
    body_bytes: float
    connections: float
    most_open_connections: float
    chunks: float
    runs: int
    slowest: float
    fastest: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Medians:
        """Take the median of each figure for itself."""
        middle = statistics.median
        walls = [sample.usage.wall for sample in samples]
        return cls(
            wall=middle(walls),
            cpu=middle(sample.usage.cpu for sample in samples),
            peak_memory=middle(sample.usage.peak_memory for sample in samples),
            requests=middle(sample.counts.requests for sample in samples),
            body_bytes=middle(sample.counts.body_bytes for sample in samples),
            connections=middle(sample.counts.connections for sample in samples),
            most_open_connections=middle(s.counts.most_open_connections for s in samples),
            chunks=middle(sample.counts.chunks for sample in samples),
            runs=len(samples),
            slowest=max(walls),
            fastest=min(walls),
        )


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Make an environment without anything that configures either contestant by chance."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(home),
        **more,
    }


def run_measured(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float = TIMEOUT,
    started_as: Callable[[int], object] | None = None,
) -> Usage:
    """Run a command to its end and measure it; exits with its output if it fails or hangs.

    `started_as` is told the number of its process once it runs.

    A process counts the memory of the process it was forked from until it starts its own program,
    so no figure is below what this script itself needs, about 25 MB.
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if started_as:
            started_as(process.pid)
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        finally:
            alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            printed = output.read()[-3000:].decode(errors="replace")
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


def folder_in_memory(otherwise: Path) -> Path:
    """Give a folder whose files lie in memory, or the other one where there is none."""
    return MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else otherwise


@dataclass(frozen=True)
class LeanServer:
    """A lean server that runs as a process of its own."""

    url: str

    def order(self, path: str, **parameters: object) -> None:
        """Send one of the benchmark's own orders, see `lean_answers.control`."""
        query = urllib.parse.urlencode(parameters)
        order = urllib.request.Request(f"{self.url}{path}?{query}", method="POST", data=b"")
        with OPENER.open(order, timeout=10) as answer:
            answer.read()

    def reset(self, delay: float, *, keep: bool, bundles: bool = False) -> None:
        """Set the delay in seconds and the counts to zero; forget all uploads unless `keep`.

        The server takes artifact bundles only if `bundles` says so.
        """
        wanted = {"keep": keep, "bundles": bundles}
        self.order("/reset", delay=delay, **{name: 1 for name, given in wanted.items() if given})

    def counts(self) -> Counts:
        """Ask what the server has seen since the last reset."""
        with OPENER.open(f"{self.url}/stats", timeout=10) as answer:
            stats = json.load(answer)
        return Counts(
            requests=stats["requests"],
            body_bytes=stats["body_bytes"],
            # The question itself came on a connection of its own.
            connections=stats["connections"] - 1,
            most_open_connections=stats["most_open_connections"],
            files=stats["files"],
            chunks=stats["chunks"],
            bundle_files=stats["bundle_files"],
            bundles=stats["bundles"],
        )


@contextmanager
def lean_server() -> Iterator[LeanServer]:
    """Start the lean server, and stop it in the end."""
    script = Path(__file__).with_name("lean_server.py")
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            sys.exit(f"{script.name} did not start")
        yield LeanServer(url)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()
