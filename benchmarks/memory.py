"""Take the peak memory of a command and of all the processes that it starts, together."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from measure import run_measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROCESSES = Path("/proc")
INTERVAL = 0.005  # seconds
PROPORTIONAL_SIZE = re.compile(rb"^Pss: +(\d+) kB", re.MULTILINE)


class Watch:
    """Adds up what a process and its descendants hold in memory, again and again."""

    def __init__(self) -> None:
        self.peak = 0
        self.process = 0
        self.ended = threading.Event()

    def start(self, process: int) -> None:
        """Say which process to watch."""
        self.process = process

    def look(self) -> None:
        """Look until told to end."""
        while not self.ended.wait(INTERVAL):
            if self.process:
                self.peak = max(self.peak, sum(map(memory_of, family_of(self.process))))


def family_of(process: int) -> list[int]:
    """Give a process and its descendants, by number."""
    family = [process]
    for member in family:
        for children in PROCESSES.glob(f"{member}/task/*/children"):
            with suppress(OSError):  # it has ended meanwhile
                family.extend(map(int, children.read_bytes().split()))
    return family


def memory_of(process: int) -> int:
    """Give the bytes that a process holds; of what it shares with others, its share."""
    with suppress(OSError):
        if found := PROPORTIONAL_SIZE.search(
            PROCESSES.joinpath(str(process), "smaps_rollup").read_bytes()
        ):
            return int(found[1]) * 1024
    return 0


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch, in a thread of its own, the process that `Watch.start` names."""
    watch = Watch()
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.ended.set()
        thread.join()


def peak_memory(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a command; returns the peak of all its processes together, in bytes.

    Linux says what each holds at any time. Elsewhere it is the peak of the largest process.
    Looking costs the command time, so a run that is timed should not be watched.
    """
    with watching() as watch:
        usage = run_measured(command, folder, environment, started_as=watch.start)
    return max(watch.peak, usage.peak_memory)
