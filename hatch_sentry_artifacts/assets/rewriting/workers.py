"""Distributes work to further processes, since Python's global lock keeps threads from it.

The processes run this module, so that they need to import nothing but this package: that works on
every system, and in build back ends, whose own main program must not be run again. They import
nothing from the current folder. Tasks that they cannot do, for whatever reason, are done here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_CHUNK = 16  # tasks: few enough that all end at about the same time
_MOST_PROCESSES = 8
_PROGRAM = (
    "import pickle, sys; sys.path += pickle.load(sys.stdin.buffer); "
    "from hatch_sentry_artifacts.assets.rewriting import workers; workers.serve()"
)


class Helpers:
    """Further processes, by default one per further processor; they end with the context."""

    def __init__(self, count: int | None = None) -> None:
        if count is None:
            count = min(os.cpu_count() or 1, _MOST_PROCESSES) - 1
        self._count = count if sys.executable else 0
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Helpers:
        # They start while the tasks are determined here.
        for _ in range(self._count):
            with suppress(OSError):
                self._processes.append(
                    subprocess.Popen(  # noqa: S603 - no shell, and nothing foreign in the command
                        [sys.executable, "-I", "-S", "-c", _PROGRAM],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                    )
                )
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()

    def share(
        self,
        tasks: Sequence[Task],
        work: Callable[[Task], Result],
        send: Callable[[Task], object],
        function: Callable[..., Result],
    ) -> list[Result]:
        """Return `work(task)` for each of the tasks, in their order.

        This process takes tasks from the first on; the helpers do `function(send(task))`, which
        must give the same, from the last on.
        """
        shared = _Shared(tasks, send, function)
        threads = [
            threading.Thread(target=shared.help, args=(process,), daemon=True)
            for process in self._processes
        ]
        try:
            for thread in threads:
                thread.start()
            while shared.left or threads:
                while (number := shared.first()) is not None:
                    shared.results[number] = work(tasks[number])
                # The tasks of a helper that fails are done here.
                while threads:
                    threads.pop().join()
        finally:
            shared.left.clear()
        return [shared.results[number] for number in range(len(tasks))]


class _Shared(Generic[Task, Result]):
    """The numbers of the tasks that are left, and the results so far."""

    def __init__(
        self,
        tasks: Sequence[Task],
        send: Callable[[Task], object],
        function: Callable[..., Result],
    ) -> None:
        self.left = deque(range(len(tasks)))
        self.results: dict[int, Result] = {}
        self._tasks = tasks
        self._send = send
        self._function = function

    def first(self) -> int | None:
        try:
            return self.left.popleft()
        except IndexError:
            return None

    def last(self) -> list[int]:
        numbers: list[int] = []
        with suppress(IndexError):
            while len(numbers) < _CHUNK:
                numbers.append(self.left.pop())
        return numbers

    def help(self, process: subprocess.Popen[bytes]) -> None:
        """Send tasks to a further process until none is left, or until it fails."""
        numbers: list[int] = []
        if process.stdin is None or process.stdout is None:
            return
        try:
            _tell(process.stdin, _search_path())
            while numbers := self.last():
                sent = [self._send(self._tasks[number]) for number in numbers]
                _tell(process.stdin, (self._function, sent))
                done = pickle.load(process.stdout)  # noqa: S301 - only our child writes there
                self.results.update(zip(numbers, done, strict=True))
        except (OSError, EOFError, ValueError, pickle.PickleError):
            self.left.extend(numbers)


def _search_path() -> list[str]:
    """Return the places of modules besides the standard library's, this package's own first.

    The current folder is none of them, be it called `.` or by its full path, as build back ends do:
    it is a project's, which may have modules of any name.
    """
    own = str(Path(__file__).parents[3])
    with suppress(OSError):
        current = Path.cwd().resolve()
        others = (Path(folder) for folder in sys.path)
        return [
            own,
            *(str(each) for each in others if each.is_absolute() and each.resolve() != current),
        ]
    return [own]


def _tell(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def serve() -> None:
    """Read chunks of tasks from stdin, and write their results to stdout."""
    output = sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            function, sent = pickle.load(sys.stdin.buffer)  # noqa: S301 - only our parent writes there
        except (EOFError, KeyboardInterrupt):
            return
        _tell(output, [function(each) for each in sent])
