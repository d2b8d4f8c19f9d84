"""A site on loopback whose answers a test lays down, and that keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TYPES = {".js": "text/javascript", ".map": "application/json", ".xml": "application/xml"}


@dataclass
class RunningSite:
    """`files` by their paths, `statuses` and `headers` of some, and each path asked for.

    If it `stalls`, a byte comes now and then, until the visitor leaves.
    """

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    stalls: bool = False
    ends: threading.Event = field(default_factory=threading.Event)

    def page(self, *scripts: str, inline: str = "", path: str = "/") -> str:
        """Lay down a page that loads these scripts; return its address."""
        tags = "".join(f'<script src="{script}"></script>' for script in scripts)
        self.files[path] = f"<!doctype html><script>{inline}</script>{tags}".encode()
        return self.url + path


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing of connections that are closed, since what is too large is not read."""


@contextmanager
def running_site() -> Iterator[RunningSite]:
    """Yield a site that serves until the end of the context."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.asked.append((self.path, dict(self.headers)))
            if site.stalls:
                self.send_response(200)
                self.send_header("Content-Length", "1000000")
                self.end_headers()
                while not site.ends.wait(0.02):
                    self.wfile.write(b"x")
                return
            content = site.files.get(path)
            status = site.statuses.get(path, 200 if content is not None else 404)
            suffix = path[path.rfind(".") :] if "." in path else ""
            self.send_response(status)
            self.send_header("Content-Type", _TYPES.get(suffix, "text/html"))
            for name, value in site.headers.get(path, {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        site = RunningSite(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.ends.set()
            server.shutdown()
            thread.join()
