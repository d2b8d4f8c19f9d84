"""Compares which commits this package and sentry-cli set, on the same repositories.

Run it as `python -m tests.real_sentry.compare_commits SENTRY_CLI`, the path of sentry-cli 3.8.2. It
takes the local server, and the real Sentry that SENTRY_TEST_URL and its kin name; the releases
that it makes there have names that begin with `commits-`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import urllib3

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.sentry.exchange import Exchange
from tests.sentry.fault_proxy import FaultProxy
from tests.support.history import History, git

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Scenario:
    """A history, whose tag `base` is the commit of the release before; `flags` are ours alone."""

    name: str
    make: Callable[[History], int | None]
    flags: tuple[str, ...] = ()
    path: str | None = None


def _line(made: History) -> int:
    base = made.line(["a", "b"])
    made.line(["c", "d", "e"], [base])
    return base


def _merge(made: History) -> int:
    root = made.commit("root", {"r": b"r"})
    side = made.commit("side before the base", {"s": b"s"}, [root], branch="side")
    base = made.commit("base", {"b": b"b"}, [root])
    made.commit("merge", {"s": b"s"}, [base, side])
    return base


def _octopus(made: History) -> int:
    base = made.commit("base", {"b": b"b"})
    sides = [made.commit(each, {each: b"1"}, [base], branch=each) for each in ("p", "q", "r")]
    made.commit("octopus", dict.fromkeys("pqr", b"1"), [base, *sides])
    return base


def _rename(made: History) -> int:
    base = made.commit("base", {"old.txt": b"content\n" * 20})
    moved = made.commit("renamed", {"old.txt": None, "new.txt": b"content\n" * 20}, [base])
    made.commit("became a link", {"new.txt": b"->base"}, [moved])
    return base


def _squash(made: History) -> int:
    root = made.commit("root", {"r": b"r"})
    base = made.line(["one", "two"], [root])
    made.commit("one and two, squashed", {"one.txt": b"one", "two.txt": b"two"}, [root])
    return base


def _many(made: History) -> int:
    base = made.line(["base"])
    made.line([f"commit {number}" for number in range(300)], [base])
    return base


def _odd_texts(made: History) -> int:
    last = base = made.line(["base"])
    for text, author in (
        (b"", b"Ada <ada@example.invalid>"),
        (b"latin-1: gr\xfc\xdfe", b"J\xfcrgen <j@example.invalid>"),
        ("emoji \N{ROCKET}".encode(), "\N{CAT FACE} <cat@example.invalid>".encode()),
    ):
        last = made.commit(text, {text.hex() or "empty": text}, [last], author=author)
    return base


def _long_address(made: History) -> int:
    base = made.line(["base"])
    made.commit("m", {"a": b"a"}, [base], author=b"Ada <" + b"a" * 90 + b"@example.invalid>")
    return base


def _long_name(made: History) -> int:
    base = made.line(["base"])
    made.commit("m", {"a": b"a"}, [base], author=b"n" * 200 + b" <n@example.invalid>")
    return base


def _clocks(made: History) -> int:
    base = made.commit("base", {"b": b"b"}, seconds=1_700_000_000)
    slow = made.commit("an hour slow", {"s": b"s"}, [base], seconds=1_699_996_400)
    made.commit("after that", {"a": b"a"}, [slow], seconds=1_700_000_060)
    return base


def _folders(made: History) -> int:
    base = made.commit("base", {"web/a": b"1", "api/a": b"1"})
    web = made.commit("web", {"web/a": b"2"}, [base])
    api = made.commit("api", {"api/a": b"2"}, [web])
    made.commit("both", {"web/b": b"1", "api/b": b"1"}, [api])
    return base


def _first(made: History) -> None:
    made.line([f"commit {number}" for number in range(25)])


def _annotated(made: History) -> int:
    base = _line(made)
    made.tag("v1", base, annotated=True)
    return base


SCENARIOS = (
    Scenario("a line of commits", _line),
    Scenario("a branch from before the base, merged", _merge),
    Scenario("an octopus merge", _octopus),
    Scenario("a rename, and a change of kind", _rename),
    Scenario("the base was squashed away", _squash),
    Scenario("300 commits", _many),
    Scenario("no message, Latin-1, emoji", _odd_texts),
    Scenario("an address of 106 characters", _long_address),
    Scenario("a name of 200 characters", _long_name),
    Scenario("a slow clock", _clocks),
    Scenario("the folder web alone", _folders, ("--path", "web"), "web"),
    Scenario("the base has an annotated tag", _annotated),
    Scenario("the first release", _first),
)


@dataclass(frozen=True)
class Server:
    """A server, and its project that the releases belong to."""

    name: str
    environment: Mapping[str, str]

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON that a request is answered with; nothing if it is refused."""
        answer = self.ask(method, path, body)
        return answer.json() if answer.status < 400 and answer.data else []

    def ask(self, method: str, path: str, body: object = None) -> urllib3.BaseHTTPResponse:
        """Return the answer to a request below the organization's address."""
        base = f"{self.environment['SENTRY_URL']}/api/0/organizations/"
        headers = {"Authorization": f"Bearer {self.environment['SENTRY_AUTH_TOKEN']}"}
        with urllib3.PoolManager() as pool:
            return pool.request(
                method,
                f"{base}{self.environment['SENTRY_ORG']}/{path}",
                headers=headers,
                json=body,
                timeout=120,
            )

    def release(self, commit: str | None = None) -> str:
        """Create a release, with a commit if there is one; return its version."""
        version = f"commits-{uuid4().hex[:12]}"
        body = {"version": version, "projects": [self.environment["SENTRY_PROJECT"]]}
        commits = [{"id": commit, "message": "base", "timestamp": "2023-01-01T00:00:00Z"}]
        self.call("POST", "releases/", {**body, "commits": commits} if commit else body)
        return version

    def commits(self, version: str) -> list[str]:
        """Return the ids of the release's commits, the newest first."""
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"?per_page=100&cursor={cursor}" if cursor else "?per_page=100"
            answer = self.ask("GET", f"releases/{version}/commits/{query}")
            found += [each["id"] for each in answer.json()]
            following = re.search(
                r'rel="next"; results="true"; cursor="([^"]+)"', answer.headers.get("Link", "")
            )
            cursor = following[1] if following else None
        return found

    def files(self, version: str) -> str:
        """Return how many changes of files the release's commits have, where the server tells."""
        listed = self.call("GET", f"releases/{version}/commitfiles/?per_page=100")
        return f", {len(listed)} changes" if listed else ""


@contextmanager
def servers() -> Iterator[list[Server]]:
    """Yield the local server, and the real one if there is one."""
    with tempfile.TemporaryDirectory() as folder, LocalServer(Settings(Path(folder))) as local:
        found = [("local", local.url, "acme", "other", DEFAULT_TOKEN)]
        keys = ("URL", "ORG", "PROJECT2", "TOKEN")
        if all(os.environ.get(f"SENTRY_TEST_{key}") for key in keys):
            url, organization, project, token = (os.environ[f"SENTRY_TEST_{key}"] for key in keys)
            found.append(("real", url, organization, project, token))
        names = ("SENTRY_URL", "SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_AUTH_TOKEN")
        yield [Server(name, dict(zip(names, rest, strict=True))) for name, *rest in found]


def compare(scenario: Scenario, server: Server, sentry_cli: str, folder: Path) -> str:
    """Return a row of the table: what git says, and what each of the two set."""
    made = History()
    base = scenario.make(made)
    if base is not None:
        made.tag("base", base)
    repository = made.write(folder / uuid4().hex)
    since = git(repository, "rev-parse", "base^{commit}") if base is not None else None
    git(repository, "tag", "-d", "base") if base is not None else None
    span = f"{since}..HEAD" if since else "HEAD"
    wanted = git(repository, "rev-list", span, "--", *filter(None, [scenario.path])).split()
    ours = [sys.executable, "-m", "hatch_sentry_artifacts", "release", "commits"]
    theirs = [sentry_cli, "releases", "set-commits", "--local", "--ignore-missing"]
    cells = []
    for command in (theirs, [*ours, "--local", *scenario.flags]):
        earlier = server.release(since) if since else None
        version = server.release()
        done = _run([*command, version], repository, server)
        got = server.commits(version)
        cells.append(_told(got, wanted, done) + server.files(version))
        for each in filter(None, (earlier, version)):
            server.call("DELETE", f"releases/{each}/")
    return f"| {scenario.name} | {server.name} | {len(wanted)} | {cells[0]} | {cells[1]} |"


def _run(command: Sequence[str], folder: Path, server: Server) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **server.environment, "PYTHONPATH": str(_ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def _told(got: Sequence[str], wanted: Sequence[str], done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        status = re.search(r"http status: \d+.{0,60}", said)
        return f"exit {done.returncode}, {status[0] if status else said[:90]}"
    missing, more = len(set(wanted) - set(got)), len(set(got) - set(wanted))
    what = [f"{missing} missing"] * bool(missing) + [f"{more} too many"] * bool(more)
    order = "" if got == [each for each in wanted if each in got] or what else ", other order"
    return f"{len(got)}{': ' + ', '.join(what) if what else ''}{order}"


# Remotes of a checkout, and what the server knows: name, url and provider.
_KNOWN = {
    "acme/shop": ("https://github.com/acme/shop", "integrations:github"),
    "Acme / My Shop": ("https://gitlab.example/acme/my-shop", "integrations:gitlab"),
}
_REMOTES = (
    "https://github.com/acme/shop.git",
    "git@github.com:Acme/Shop.git",
    "ssh://git@ssh.github.com:443/acme/shop",
    "git+ssh://git@github.com/acme/shop.git",
    "https://oauth2:secret@gitlab.example/acme/my-shop.git",
    "https://elsewhere.example/acme/shop",
)


def compare_refs(sentry_cli: str, folder: Path) -> Iterator[str]:
    """Yield rows: what each sends for a remote, where the server may know the repository."""
    made = History()
    base = made.line(["one"])
    made.tag("v1", base)
    made.line(["two"], [base])
    repository = made.write(folder / uuid4().hex)
    ours = [sys.executable, "-m", "hatch_sentry_artifacts", "release", "commits"]
    settings = Settings(folder / uuid4().hex, repositories=_KNOWN)
    with LocalServer(settings) as local, FaultProxy(local.url) as proxy:
        environment = ("acme", "other", DEFAULT_TOKEN)
        names = ("SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_AUTH_TOKEN")
        at = dict(zip(names, environment, strict=True))
        server = Server("local", {"SENTRY_URL": proxy.url, **at})
        sent: list[dict[str, Any]] = []

        def note(exchange: Exchange) -> None:
            sent.append(json.loads(exchange.body()))
            exchange.send(exchange.forward())

        proxy.on(note, method="PUT", path="/releases/", times=float("inf"))
        for remote in _REMOTES:
            git(repository, "config", "remote.origin.url", remote)
            cells = []
            for command in ([sentry_cli, "releases", "set-commits", "--auto"], ours):
                sent.clear()
                done = _run([*command, server.release()], repository, server)
                cells.append(_sent(sent, done))
            yield f"| {remote} | {cells[0]} | {cells[1]} |"


def _sent(sent: Sequence[Mapping[str, Any]], done: subprocess.CompletedProcess[str]) -> str:
    if not sent:
        return f"exit {done.returncode}, nothing"
    refs = [
        f"ref of {each['repository']}"
        + (" with the previous commit" if each.get("previousCommit") else "")
        for each in sent[-1].get("refs", ())
    ]
    return ", ".join(refs) or f"{len(sent[-1]['commits'])} commits"


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        print("| remote | sentry-cli --auto | ours |\n|---|---|---|")
        for row in compare_refs(sys.argv[1], Path(folder)):
            print(row, flush=True)
    print()
    print("| history | server | git | sentry-cli | ours |\n|---|---|---:|---|---|")
    with servers() as found, tempfile.TemporaryDirectory() as folder:
        for scenario in SCENARIOS:
            for server in found:
                print(compare(scenario, server, sys.argv[1], Path(folder)), flush=True)


if __name__ == "__main__":
    main()
