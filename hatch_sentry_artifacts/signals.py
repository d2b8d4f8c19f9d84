"""Lets the signals that end a process end an upload as Ctrl-C does: in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# SIGTERM comes from `timeout`, `docker stop` and CI systems, SIGHUP from a terminal that is closed.
_ENDING = ("SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Raise KeyboardInterrupt in the context for the first of these signals; ignore the others.

    Only in the main thread, where Python handles signals, and only for a signal whose handler
    nobody has set: SIGHUP, for one, is ignored under `nohup`. All is restored afterwards.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        # `timeout`, for one, sends its signal twice.
        if not came.is_set():
            came.set()
            raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    replaced = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in replaced:
            signal.signal(number, end)
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)
