"""Commands to a browser that was started here, and its events, over one WebSocket.

Chromium's DevTools protocol and WebDriver BiDi have the same messages, but for the methods.
"""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

LONGEST_WAIT = 60  # seconds, for whatever is waited for
_BETWEEN_LOOKS = 0.05  # seconds
_LISTENS = re.compile(r"listening on (ws://\S+)")


class Page(Protocol):
    """An open page, in whichever browser."""

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or what its promise gives."""

    def close(self) -> None:
        """Close the page."""


class Browser(Protocol):
    """A browser that runs."""

    name: str

    def open(self, url: str, beforehand: str = "") -> Page:
        """Open a page, in each frame of which the script `beforehand` runs first."""

    def close(self) -> None:
        """End the browser."""


@dataclass
class Connection:
    """A process that was told to open a WebSocket, and that."""

    process: subprocess.Popen[str]
    reader: threading.Thread
    on_event: Callable[[dict[str, Any]], None] = lambda _event: None
    _socket: Any = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _answers: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    _last: int = 0

    @staticmethod
    def start(command: Sequence[str | Path], path: str = "", **environment: str) -> Connection:
        """Start a browser, and connect to the address that it prints."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=environment or None,
        )
        addresses: queue.Queue[str] = queue.Queue()
        said: list[str] = []

        def read() -> None:
            # To the end, so that the browser never waits for room in the pipe.
            for line in process.stderr or ():
                said.append(line)
                if found := _LISTENS.search(line):
                    addresses.put(found[1])

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            address = addresses.get(timeout=LONGEST_WAIT)
        except queue.Empty:
            process.kill()
            raise AssertionError(f"{command[0]} did not start:\n{''.join(said)}") from None
        connection = Connection(process, reader)
        socket = connect(address + path, max_size=None, proxy=None)
        connection._socket = connection._stack.enter_context(socket)
        threading.Thread(target=connection._receive, daemon=True).start()
        return connection

    def ask(self, method: str, parameters: dict[str, Any], session: str | None = None) -> Any:
        """Send a command; return its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            answer = self._answers.get(timeout=LONGEST_WAIT)
            # Those of commands that were given up are still there.
            if answer["id"] == self._last:
                break
        assert "result" in answer, f"{method}: {answer}"
        return answer["result"]

    def end(self) -> None:
        """End the browser's process."""
        with suppress(ConnectionClosed):
            self._stack.close()
        self.process.terminate()
        try:
            self.process.wait(LONGEST_WAIT)
        finally:
            self.process.kill()
            self.process.wait()
            self.reader.join()
            if self.process.stderr:
                self.process.stderr.close()

    def _receive(self) -> None:
        with suppress(ConnectionClosed):
            for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    self._answers.put(message)
                else:
                    self.on_event(message)


def wait_until(condition: Callable[[], Any], what: Callable[[], str]) -> Any:
    """Return what `condition` gives as soon as that is true; `what` says what was waited for."""
    deadline = time.monotonic() + LONGEST_WAIT
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what()}"
        time.sleep(_BETWEEN_LOOKS)
    return found
