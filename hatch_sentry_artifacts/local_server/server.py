"""Runs the local server: waitress in a thread, from start to a prompt and complete stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ThreadedTaskDispatcher

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.local_server.application import create_application
from hatch_sentry_artifacts.local_server.settings import CI_TOKEN, DEFAULT_TOKEN, Settings
from hatch_sentry_artifacts.local_server.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType, TracebackType

    from typing_extensions import Self

__all__ = ["CI_TOKEN", "DEFAULT_TOKEN", "LocalServer", "Settings"]

HOST = "127.0.0.1"
_CONNECTIONS = 500  # fewer than the 1024 files that select() can wait for
_LARGEST_BODY = 1 << 42  # bytes; larger than half a MiB goes to a temporary file
_READ_AT_ONCE = 1 << 18  # bytes
_SECONDS_TO_STOP = 5


class _Parser(HTTPRequestParser):  # type: ignore[misc, unused-ignore]
    """Tells the application that a body came in chunks, which waitress hides."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked:
            self.headers["TRANSFER_ENCODING"] = "chunked"


class _Channel(HTTPChannel):  # type: ignore[misc, unused-ignore]
    """A connection that leaves no temporary file behind when it breaks off in mid-request."""

    parser_class = _Parser
    request: Any

    def handle_close(self) -> None:
        super().handle_close()
        unfinished, self.request = self.request, None
        if unfinished is not None:
            unfinished.close()


class _Workers(ThreadedTaskDispatcher):  # type: ignore[misc, unused-ignore]
    """Waitress's threads, kept at hand so that a stop can wait for their end."""

    def __init__(self) -> None:
        super().__init__()
        self._started: list[threading.Thread] = []

    def start_new_thread(self, target: Callable[[int], None], thread_no: int) -> None:
        name = f"local-server-{thread_no}"
        thread = threading.Thread(target=target, name=name, args=(thread_no,), daemon=True)
        self._started.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait for the threads' end, which `shutdown` asked for."""
        for thread in self._started:
            thread.join(timeout=_SECONDS_TO_STOP)


class LocalServer:
    """A Sentry server on 127.0.0.1; a context manager that starts and stops it.

    `port` 0 takes any free port; `url` is known at once, before the start. Raises
    ConfigurationError when the port or the folder is taken or not usable.
    """

    def __init__(self, settings: Settings, port: int = 0, threads: int = 16) -> None:
        self.settings = settings
        self._threads = threads
        self._socket = _listen(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._workers: _Workers | None = None
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self._store: Store | None = None

    def add_tokens(self, tokens: Mapping[str, frozenset[str]]) -> None:
        """Let the server know more tokens, each with its scopes; before the start."""
        self.settings = replace(self.settings, tokens={**self.settings.tokens, **tokens})

    def start(self) -> None:
        """Open the folder and serve requests, in threads of their own."""
        # Warnings about waiting requests are of no use to users.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            self._store = Store(self.settings.folder)
            self._store.commits.know(self.settings.organization, self.settings.repositories)
            self._workers = _Workers()
            self._workers.set_thread_count(self._threads)
            self._server = create_server(
                create_application(self.settings, self._store),
                _dispatcher=self._workers,
                sockets=[self._socket],
                connection_limit=_CONNECTIONS,
                max_request_body_size=_LARGEST_BODY,
                recv_bytes=_READ_AT_ONCE,
                clear_untrusted_proxy_headers=True,
            )
            self._server.channel_class = _Channel
            self._thread = threading.Thread(target=self._server.run, name="local-server")
            self._thread.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Finish the requests under way, then close every socket, thread and file."""
        workers, server, thread = self._workers, self._server, self._thread
        self._workers = self._server = self._thread = None
        if workers is not None:
            workers.shutdown(timeout=_SECONDS_TO_STOP)
        if server is not None and thread is not None:
            # In the server's own thread, which is the only one that may touch its sockets.
            server.trigger.pull_trigger(lambda: _end_loop(server))
            thread.join()
        if workers is not None:
            workers.join()
        if server is not None:
            server.close()
        self._socket.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def serve_forever(self) -> None:
        """Serve requests until Ctrl-C or SIGTERM; to be called in the main thread."""
        stopped = threading.Event()

        def end(_number: int, _frame: FrameType | None) -> None:
            stopped.set()

        before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with self:
                while not stopped.wait(0.5):  # a wait without end keeps signals off on Windows
                    pass
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this would let two servers share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_CONNECTIONS)  # who comes before the start waits for it
    except (OSError, OverflowError) as error:
        listener.close()
        message = f"port {port} of {HOST} cannot be used ({error}): choose another, or 0 for any"
        raise ConfigurationError(message) from error
    return listener


def _end_loop(server: Any) -> None:
    for channel in list(server.active_channels.values()):
        for request in channel.requests:
            request.close()
        channel.handle_close()
    # The loop ends when it has nothing to wait for. Both are closed only after its end: a thread
    # that still pulls the trigger would write to whatever file has got its number.
    server.del_channel()
    server.trigger.del_channel()
