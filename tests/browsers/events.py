"""Takes the errors that pages report, where no server has to resolve them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from .protocol import wait_until

# Each page reports to a project of its own.
_PROJECTS = iter(range(1, 1000))


class EventServer:
    """Answers as Sentry does where browsers report errors, and keeps them."""

    def __init__(self) -> None:
        self._taken: dict[str, list[dict[str, Any]]] = {}
        taken = self._taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                lines = self.rfile.read(int(self.headers["Content-Length"])).split(b"\n")
                project = self.path.split("/")[2]
                for header, payload in zip(lines[1::2], lines[2::2], strict=False):
                    if json.loads(header)["type"] == "event":
                        taken.setdefault(project, []).append(json.loads(payload))
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # what a page sends at once is not refused

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> EventServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def new_address(self) -> str:
        """Return the DSN of a new project."""
        return f"http://key@127.0.0.1:{self._server.server_port}/{next(_PROJECTS)}"

    def trace(self, address: str, count: int) -> str:
        """Return the innermost frames of a project's errors, once there are that many."""
        project = address.rpartition("/")[2]
        wait_until(
            lambda: len(self._taken.get(project, [])) >= count,
            lambda: f"{count} events; there are {self._taken.get(project)}",
        )
        errors = [each["exception"]["values"][0] for each in self._taken[project]]
        frames = [each["stacktrace"]["frames"][-1] for each in errors]
        return "\n".join("{filename}:{lineno}:{colno}".format_map(each) for each in frames)
