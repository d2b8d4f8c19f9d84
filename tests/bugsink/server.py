"""Runs a real Bugsink on a copy of prepared data, and asks it how it shows an error."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_LONGEST_ANSWER = 60  # seconds
_LONGEST_STOP = 20  # seconds
# Of the copied data, what another server of the same data writes while it runs.
_OTHERS = shutil.ignore_patterns("pid", "*.log")
# Where a proxy is set, loopback is not behind it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_FRAME = re.compile(r"^### (.+?)(?::(\d+))?(?: in `(.+)`)? \[in-app\](.*)$")
_MARKED_LINE = "▶"


@dataclass(frozen=True)
class Place:
    """A frame as a browser reports it; line and column count from 1."""

    url: str
    line: int
    column: int
    function: str


@dataclass(frozen=True)
class Frame:
    """A frame as Bugsink shows it: the `text` of its line, and `remark`, if it has any."""

    file: str
    line: int
    function: str | None
    text: str | None = None
    remark: str = ""


@dataclass(frozen=True)
class Project:
    """A project of a Bugsink, which shares no uploads and no errors with its others."""

    url: str
    token: str
    id: int
    slug: str
    key: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead an upload there. The organization's slug counts for nothing."""
        return {
            "SENTRY_URL": self.url,
            "SENTRY_ORG": "any",
            "SENTRY_PROJECT": self.slug,
            "SENTRY_AUTH_TOKEN": self.token,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    @property
    def address(self) -> str:
        """The DSN, which pages report to."""
        return self.url.replace("://", f"://{self.key}@") + f"/{self.id}"

    def shows(self, places: Sequence[Place], debug_id: str, release: str) -> list[Frame]:
        """Report an error whose frames are `places`, innermost last; how the trace is shown.

        The debug id is that of all their scripts, as the SDK tells it.
        """
        event_id = uuid.uuid4()
        urls = list(dict.fromkeys(place.url for place in places))
        frames = [
            {
                "filename": place.url,
                "abs_path": place.url,
                "lineno": place.line,
                "colno": place.column,
                "function": place.function,
                "in_app": True,
            }
            for place in places
        ]
        error = {"type": "RangeError", "value": "empty", "stacktrace": {"frames": frames}}
        images = [{"type": "sourcemap", "code_file": url, "debug_id": debug_id} for url in urls]
        self._report(
            {
                "event_id": event_id.hex,
                "timestamp": time.time(),
                "platform": "javascript",
                "release": release,
                "exception": {"values": [error]},
                "debug_meta": {"images": images},
            }
        )
        return _frames(self._trace(event_id))

    def _report(self, event: dict[str, Any]) -> None:
        lines = ({"event_id": event["event_id"]}, {"type": "event"}, event)
        request = urllib.request.Request(
            f"{self.url}/api/{self.id}/envelope/",
            "\n".join(map(json.dumps, lines)).encode(),
            {
                "Content-Type": "application/x-sentry-envelope",
                "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={self.key}",
            },
        )
        _opener.open(request, timeout=_LONGEST_ANSWER).close()

    def traces(self) -> list[list[Frame]]:
        """Return how the traces of all errors are shown."""
        return [_frames(self._shown(event)) for event in self._events()]

    def _trace(self, event_id: uuid.UUID) -> str:
        for event in self._events():
            if event["event_id"] == str(event_id):
                return self._shown(event)
        raise AssertionError(f"Bugsink did not store the event {event_id}")

    def _events(self) -> Iterator[dict[str, Any]]:
        for issue in ask(self, f"issues/?project={self.id}")["results"]:
            yield from ask(self, f"events/?issue={issue['id']}")["results"]

    def _shown(self, event: dict[str, Any]) -> str:
        trace: str = ask(self, f"events/{event['id']}/")["stacktrace_md"]
        return trace


@dataclass(frozen=True)
class Bugsink:
    """A server that runs, and a token that may do everything there."""

    url: str
    token: str

    def make_project(self) -> Project:
        """Make a new project."""
        name = f"p{uuid.uuid4().hex[:12]}"
        team = ask(self, "teams/")["results"][0]["id"]
        ask(self, "projects/", {"team": team, "name": name})
        for project in ask(self, "projects/")["results"]:
            if project["name"] == name:
                key = urlsplit(project["dsn"]).username
                return Project(self.url, self.token, project["id"], project["slug"], key)
        raise AssertionError(f"Bugsink did not make the project {name}")


def ask(server: Bugsink | Project, path: str, body: dict[str, Any] | None = None) -> Any:
    """Return what Bugsink's own API answers; post `body`, if there is one."""
    request = urllib.request.Request(
        f"{server.url}/api/canonical/0/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"},
    )
    with _opener.open(request, timeout=_LONGEST_ANSWER) as answer:
        return json.load(answer)


@contextmanager
def running(prepared: Path, folder: Path) -> Iterator[Bugsink]:
    """Run the Bugsink of the folder `prepared` on a copy of its data, in the new `folder`.

    `prepared` holds the virtual environment `venv` and the folder `data`, with the token in
    `seed.json` and a configuration that takes port and data folder from the environment.
    """
    shutil.copytree(prepared / "data", folder, ignore=_OTHERS)
    token = json.loads((folder / "seed.json").read_text("utf-8"))["token"]
    with socket.create_server(("127.0.0.1", 0)) as listening, (folder / "log").open("wb") as log:
        port = listening.getsockname()[1]
        # It takes over a socket that listens already: nobody has to wait until it does.
        bind = ("--bind", f"fd://{listening.fileno()}", "--no-control-socket")
        server = subprocess.Popen(
            [prepared / "venv" / "bin" / "gunicorn", *bind, "--workers", "2", "bugsink.wsgi"],
            cwd=folder,
            env={**os.environ, "BS_DATA": str(folder), "BS_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[listening.fileno()],
        )
    try:
        url = f"http://127.0.0.1:{port}"
        try:
            _opener.open(f"{url}/health/ready", timeout=_LONGEST_ANSWER).close()
        except OSError as error:
            said = (folder / "log").read_text("utf-8", "replace")
            raise AssertionError(f"Bugsink did not start: {error}\n{said}") from None
        yield Bugsink(url, token)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(_LONGEST_STOP)
        server.kill()
        server.wait()


def _frames(trace: str) -> list[Frame]:
    """Return the frames of a trace in Markdown, outermost first as they were reported."""
    frames: list[Frame] = []
    for line in trace.splitlines():
        if found := _FRAME.match(line):
            file, number, function, remark = found.groups()
            frames.append(Frame(file, int(number), function, remark=remark.strip()))
        elif line.startswith(_MARKED_LINE):
            last = frames.pop()
            text = line.partition("|")[2].strip()
            frames.append(Frame(last.file, last.line, last.function, text, last.remark))
    return frames[::-1]
