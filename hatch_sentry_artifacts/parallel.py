"""Runs a function over many items in a few threads, holding only what is under way."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# After an interrupt; who sends SIGTERM often sends SIGKILL after ten seconds.
_SECONDS_TO_END = 4.0


def run_parallel(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    name: str,
    hurry: Callable[[], None] = lambda: None,
) -> Generator[Result, None, None]:
    """Yield each result as soon as it is there, in no certain order. Raises the first exception.

    An executor would hold a future for each of thousands of files. On leaving early, by an
    exception or Ctrl-C, `hurry` is called and the threads end with what they are at: a file that
    is being replaced gets its name back. After Ctrl-C that is waited for a few seconds, no longer.
    """
    shared = _Shared(function, iter(items))
    threads = [
        Thread(target=shared.work, name=f"{name}-{number}", daemon=True)
        for number in range(workers)
    ]
    interrupted = False
    try:
        # Already here an interrupt finds workers in the middle of their first item.
        for thread in threads:
            thread.start()
        running = workers
        while running:
            message = shared.messages.get()
            if isinstance(message, _Done):
                running -= 1
            elif isinstance(message, BaseException):
                raise message
            else:
                yield from message
    except BaseException as error:
        interrupted = not isinstance(error, Exception)
        hurry()
        raise
    finally:
        shared.leave.set()
        deadline = time.monotonic() + _SECONDS_TO_END
        for thread in threads:
            if thread.ident is not None:  # it was started
                thread.join(max(0.0, deadline - time.monotonic()) if interrupted else None)


def run_in_order(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    name: str,
    hurry: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Return the results in the order of the items; otherwise as `run_parallel`."""
    numbered = run_parallel(
        lambda each: (each[0], function(each[1])),
        enumerate(items),
        workers=min(workers, len(items)),
        name=name,
        hurry=hurry,
    )
    with closing(numbered):
        found = dict(numbered)
    return [found[number] for number in range(len(items))]


class _Done:
    """A worker has ended."""


class _Shared(Generic[Item, Result]):
    def __init__(self, function: Callable[[Item], Result], items: Iterator[Item]) -> None:
        self._function = function
        self._items = items
        self._lock = Lock()
        self.leave = Event()
        self.messages: SimpleQueue[_Done | BaseException | tuple[Result]] = SimpleQueue()

    def work(self) -> None:
        try:
            while not self.leave.is_set():
                with self._lock:
                    try:
                        item = next(self._items)
                    except StopIteration:
                        return
                self.messages.put((self._function(item),))
        except BaseException as error:  # noqa: BLE001 - raised again where the results are taken
            self.messages.put(error)
        finally:
            self.messages.put(_Done())
