"""Shows how far a command is: a bar on a terminal, and elsewhere a line every 15 seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import get_terminal_size
from threading import Event, Thread

from hatch_sentry_artifacts.amounts import files_text, seconds_text, size_text
from hatch_sentry_artifacts.console import Console

SECONDS = 15.0
_BAR_SECONDS = 1.0


@dataclass
class _Amounts:
    """How much is done; `files` is None where only bytes count, `noun` is set where none do."""

    total_bytes: int
    total_files: int | None
    done_bytes: int = 0
    done_files: int = 0
    noun: str = ""

    def __str__(self) -> str:
        if self.noun:
            return f"{self.done_files} of {self.total_files} {self.noun}"
        size = f"{size_text(self.done_bytes)} of {size_text(self.total_bytes)}"
        if self.total_files is None:
            return size
        return f"{self.done_files} of {files_text(self.total_files)}, {size}"


@contextmanager
def progress(
    console: Console, total_bytes: int, total_files: int | None = None
) -> Iterator[Callable[[int], None]]:
    """Yield a function that is called with the bytes of each file or part that is done."""
    with _shown(console, _Amounts(total_bytes, total_files)) as advance:
        yield advance


@contextmanager
def counting(console: Console, total: int, noun: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that is called for each thing that is done; `noun` is their plural."""
    with _shown(console, _Amounts(0, total, noun=noun)) as advance:
        yield advance


@contextmanager
def _shown(console: Console, amounts: _Amounts) -> Iterator[Callable[[int], None]]:
    shown = _bar(amounts) if _is_on_terminal() else _lines(amounts, console)
    if console.verbosity < 0:
        shown = _nothing()
    with shown as refresh:

        def advance(count: int) -> None:
            amounts.done_bytes += count
            amounts.done_files += 1
            refresh(count)

        yield advance


def _is_on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _nothing() -> Iterator[Callable[[int], None]]:
    yield lambda _: None


@contextmanager
def _bar(amounts: _Amounts) -> Iterator[Callable[[int], None]]:
    from tqdm import tqdm

    # Some terminals say that they have no size, for which tqdm shows nothing; this takes 80 x 24.
    columns, lines = get_terminal_size()
    by_bytes = amounts.total_files is None
    with tqdm(
        total=amounts.total_bytes if by_bytes else amounts.total_files,
        unit="B" if by_bytes else f" {amounts.noun or 'files'}",
        unit_scale=by_bytes,
        leave=False,
        delay=0.5,
        ncols=columns,
        nrows=lines,
    ) as bar:

        def refresh(count: int) -> None:
            bar.update(count if by_bytes else 1)

        # Also while nothing comes to its end, so that it is seen that something is waited for.
        with _repeated(bar.refresh, _BAR_SECONDS):
            yield refresh


@contextmanager
def _lines(amounts: _Amounts, console: Console) -> Iterator[Callable[[int], None]]:
    began = time.monotonic()

    def tell() -> None:
        console.info(f"{amounts} after {seconds_text(time.monotonic() - began)}")

    with _repeated(tell, SECONDS):
        yield lambda _: None


@contextmanager
def _repeated(function: Callable[[], object], seconds: float) -> Iterator[None]:
    """Call `function` in a thread, each so many seconds."""
    ended = Event()

    def call() -> None:
        while not ended.wait(seconds):
            function()

    caller = Thread(target=call, name="progress", daemon=True)
    caller.start()
    try:
        yield
    finally:
        ended.set()
        caller.join()
