"""A minimal client of a running server, and a server process to be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN

_SERVE = """
import sys
from pathlib import Path
from hatch_sentry_artifacts.local_server.server import LocalServer, Settings

server = LocalServer(Settings(Path(sys.argv[1])))
print(server.url, flush=True)
server.serve_forever()
print("ended", flush=True)
if sys.platform == "linux":
    # Not what getrusage says: that begins with what the test run itself had at the fork.
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(status["VmHWM"].split()[0], flush=True)
"""


class Client:
    """Asks one server, with its default token, about one release of the version 1.0."""

    def __init__(self, url: str, pool: urllib3.PoolManager) -> None:
        self.url = url
        self._pool = pool
        self.releases = "/api/0/organizations/acme/releases/"
        self.files = "/api/0/projects/acme/web/releases/1.0/files/"

    def ask(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}", **options.pop("headers", {})}
        url = self.url + path
        return self._pool.request(
            method, url, headers=headers, retries=False, redirect=False, **options
        )

    def create_release(self, version: str = "1.0") -> None:
        body = {"version": version, "projects": ["web"]}
        assert self.ask("POST", self.releases, json=body).status in {201, 208}

    def upload(self, name: str, content: bytes, *headers: str) -> urllib3.BaseHTTPResponse:
        fields = [("name", name), ("file", ("file.js", content)), *(("header", h) for h in headers)]
        return self.ask("POST", self.files, fields=fields)

    def listed(self) -> dict[str, int]:
        """Names of the files and their ids."""
        return {file["name"]: int(file["id"]) for file in self.ask("GET", self.files).json()}

    def download(self, file_id: int) -> bytes:
        answer = self.ask("GET", f"{self.files}{file_id}/?download=1")
        assert answer.status == 200
        return answer.data

    def page(self, path: str) -> urllib3.BaseHTTPResponse:
        """Return a page for people, without a token."""
        return self._pool.request("GET", self.url + path, retries=False, redirect=False)


@contextmanager
def client_of(url: str) -> Iterator[Client]:
    with urllib3.PoolManager(maxsize=8) as pool:
        yield Client(url, pool)


class Process:
    """A server in a process of its own; a context manager that kills it at the end."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", _SERVE, str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.read_line()

    def read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()


def details(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """Return the JSON object that was answered."""
    value = json.loads(answer.data)
    assert isinstance(value, dict)
    return value
