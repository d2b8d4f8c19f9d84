"""Runs uploads in this process, looks at what the server holds, and watches for tokens."""

from __future__ import annotations

import hashlib
import http.client
import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from hatch_sentry_artifacts.conclusion import conclude
from hatch_sentry_artifacts.configuration.credentials.settings import find_settings
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.local_server.server import CI_TOKEN, DEFAULT_TOKEN
from hatch_sentry_artifacts.payload import Content
from hatch_sentry_artifacts.publish import Job, publish
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.report_files import pages
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy

ORGANIZATION, PROJECT = "acme", "web"
QUICK = RetryPolicy(attempts=5, first_delay=0.01, longest_delay=0.05, longest_wait=5)


class Stored(NamedTuple):
    """A release file as the server holds it; `dist` is "" for none."""

    name: str
    dist: str
    size: int
    sha1: str


def expected(files: Mapping[str, bytes], dist: str = "") -> list[Stored]:
    """Return what a release must hold once `files` (path in the wheel to content) are uploaded."""
    return sorted(
        Stored(name_of(path), dist, len(content), hashlib.sha1(content).hexdigest())
        for path, content in files.items()
    )


def name_of(path: str) -> str:
    """Return the name of a file of a wheel."""
    return "~/" + path.partition("/")[2]


def some_files(count: int, size: int = 100) -> dict[str, bytes]:
    """Different scripts of `size` bytes, as a wheel would hold them."""
    names = [f"shop/static/js/app-{number:03}.js" for number in range(count)]
    return {name: f"{name};".encode().ljust(size, b"x") for name in names}


class RemoteRelease:
    """A release on the server, asked and changed without the code that is tested."""

    def __init__(self, server: str, version: str) -> None:
        self.version = version
        self._address = urlsplit(server).netloc
        self._releases = f"/api/0/organizations/{ORGANIZATION}/releases/"
        self._release = f"{self._releases}{quote(version, safe='')}/"

    def create(self) -> None:
        self._call("POST", self._releases, {"version": self.version, "projects": [PROJECT]})

    def exists(self) -> bool:
        return self._ask("GET", self._release, None)[0] == 200

    def date_released(self) -> str | None:
        date: str | None = self._call("GET", self._release)["dateReleased"]
        return date

    def projects(self) -> set[str]:
        return {each["slug"] for each in self._call("GET", self._release)["projects"]}

    def entries(self) -> list[dict[str, Any]]:
        """Everything the server says of every file."""
        found: list[dict[str, Any]] = []
        for page in range(100):
            query = urlencode({"per_page": 100, "cursor": f"100:{page}:0"})
            files = self._call("GET", f"{self._release}files/?{query}")
            found += files
            if len(files) < 100:
                return found
        raise AssertionError("a list without an end")

    def files(self) -> list[Stored]:
        return sorted(
            Stored(each["name"], each["dist"] or "", each["size"], each["sha1"])
            for each in self.entries()
        )

    def delete(self, name: str) -> None:
        (found,) = [each["id"] for each in self.entries() if each["name"] == name]
        self._call("DELETE", f"{self._release}files/{found}/", expected=(204,))

    def content(self, name: str) -> bytes:
        (found,) = [each["id"] for each in self.entries() if each["name"] == name]
        return self._ask("GET", f"{self._release}files/{found}/?download=1", None)[1]

    def _call(
        self, method: str, path: str, body: object = None, expected: Sequence[int] = (200, 201)
    ) -> Any:
        status, content = self._ask(method, path, body)
        assert status in expected, (method, path, status, content)
        return json.loads(content) if content else None

    def _ask(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        headers = {
            "Authorization": f"Bearer {DEFAULT_TOKEN}",
            "Content-Type": "application/json",
            "Connection": "close",
        }
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@dataclass
class Lines:
    """A console that keeps what it is told."""

    lines: list[str] = field(default_factory=list)
    verbosity: int = 0

    def details(self, title: str, lines: Sequence[str]) -> None:
        """Keep nothing: results have the same."""

    def info(self, message: str) -> None:
        self.lines.append(message)

    def warning(self, *lines: str) -> None:
        self.lines.append("warning: " + "\n".join(lines))

    def error(self, *lines: str) -> None:
        self.lines.append("error: " + "\n".join(lines))

    def result(self, line: str) -> None:
        self.lines.append(line)


@dataclass(frozen=True)
class Run:
    """What came of one upload; `report` is None if it did not get as far as that."""

    report: Report | None
    error: SentryArtifactsError | None
    lines: Sequence[str]

    @property
    def exit_code(self) -> int:
        """That of a command which ended so."""
        return self.error.exit_code if self.error else 0

    @property
    def message(self) -> str:
        """Why it failed; "" if it did not."""
        return str(self.error or "")

    @property
    def statuses(self) -> dict[str, str]:
        """What became of each name."""
        return {each["name"]: each["status"] for each in self._files()}

    @property
    def summary(self) -> dict[str, int]:
        """How many files have each status."""
        return self.report.summary if self.report else {}

    @property
    def bundle(self) -> Mapping[str, Any]:
        """What the report says of the artifact bundle."""
        assert self.report is not None
        said: Mapping[str, Any] = self.report.json_object()["bundle"]
        return said

    def error_of(self, name: str) -> str:
        """Why the file of that name failed."""
        (error,) = [each["error"] for each in self._files() if each["name"] == name]
        return error or ""

    def _files(self) -> list[dict[str, Any]]:
        return list(self.report.json_object()["files"]) if self.report else []


def assert_secret(secrets: Sequence[str], *texts: str) -> None:
    """No text holds any of the secrets."""
    for secret in secrets:
        assert not [text for text in texts if secret in text]


class Uploader:
    """Uploads to one release of the server at `url`; every output is searched for tokens."""

    def __init__(self, url: str, release: str, folder: Path) -> None:
        self.url = url
        self.secrets = [DEFAULT_TOKEN, CI_TOKEN]
        self._release = release
        self._folder = folder

    def __call__(
        self,
        path: Path,
        *,
        token: str = DEFAULT_TOKEN,
        projects: str | None = None,
        policy: RetryPolicy = QUICK,
        dry_run: bool = False,
        trace: Callable[[str], None] = lambda _: None,
        **options: Any,
    ) -> Run:
        environment = {
            "SENTRY_URL": self.url,
            "SENTRY_ORG": ORGANIZATION,
            "SENTRY_PROJECT": projects or PROJECT,
            "SENTRY_AUTH_TOKEN": token,
        }
        console, traced = Lines(), list[str]()

        def note(line: str) -> None:
            traced.append(line)
            trace(line)

        given = {"release": self._release, "workers": 4, "timeout": 20.0, **options}
        job = Job(
            Content(path, Options(**given)),
            find_settings(environment=environment, folder=self._folder, home=None),
            dry_run=dry_run,
            trace=note,
        )
        report, error = None, None
        try:
            report = publish(job, console, policy=policy)
            conclude(report, console)
        except SentryArtifactsError as problem:
            error = problem
        shown = ["".join(traceback.format_exception(error))] if error else []
        if report:
            shown += [json.dumps(report.json_object()), pages([report]), repr(report)]
        assert_secret(self.secrets, *console.lines, *traced, *shown)
        return Run(report, error, console.lines)
