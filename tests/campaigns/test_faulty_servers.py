"""Uploads to servers that misbehave at random: each ends in time, in bounds, and tells.

The counts are printed (`-s`). What a server does follows from its number alone.
"""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.sentry.raw_server import RawServer, Wire
from tests.support import make_wheel

from .extent import MOST_MEGABYTES, PYTHON, SEED, runs

_SERVERS = runs(60, 500)
_TIMEOUT = 0.5
# Three attempts of each of a few requests, each of twice the timeout, on a machine that is busy.
_DEADLINE = 60
_TOKEN = "sntryu_" + "5ecre7" * 8
_EXIT_CODES = {0, 1, 2, 3, 4}
_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of `ru_maxrss`

_BOMB = gzip.compress(bytes(64 << 20))
_JSON = (
    b"{}",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"version": "0", "auth": {"scopes": ["org:ci"]}, "user": null}',
    b'[{"id": "7", "name": "~/a.js", "sha1": 7, "size": -1, "headers": []}]',
    b'{"id": 1e999, "name": "~/a.js", "dist": null, "size": "3", "sha1": null}',
    b'{"detail": "no %s"}' % _TOKEN.encode(),
    b'{"detail": "\\u001b]0;x\\u0007\\n::error::x"}',
    b"9" * 5000,
    b"<html>",
)
_STATUSES = (200, 200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 404, 409, 413, 429, 500, 503)
_RETRY_AFTER = ("0", "-1", "1e9", "9" * 400, "NaN", "soon", "Thu, 99 Foo 2026", "0.1", "300", "²")
_LINKS = '<{}>; rel="next"; results="true"; cursor="0:{}:0"'


def _head(status: int, *headers: str) -> bytes:
    return "".join(f"{each}\r\n" for each in (f"HTTP/1.1 {status} -", *headers, "")).encode()


def _said(wire: Wire, generator: random.Random) -> None:
    """Answer in order of HTTP, with whatever status and JSON."""
    body = generator.choice(_JSON)
    status = generator.choice(_STATUSES)
    headers = [f"Content-Length: {0 if status == 204 else len(body)}"]
    if status == 429 or generator.random() < 0.1:
        headers.append("Retry-After: " + generator.choice(_RETRY_AFTER))
    if status in {301, 302}:
        headers.append(
            "Location: " + generator.choice(("/api/0/", "http://127.0.0.1:9/", "//", ""))
        )
    wire.send(_head(status, *headers), b"" if status == 204 else body)


def _pages(wire: Wire, generator: random.Random) -> None:
    """Answer with one page more, as there always is."""
    body = b'[{"id": "%d", "name": "~/b.js", "dist": null, "size": 3, "sha1": "%s", "headers": {}}]'
    body %= (generator.randrange(1 << 30), b"a" * 40)
    link = _LINKS.format("/api/0/x/", generator.choice((0, 100, generator.randrange(1 << 40))))
    wire.send(_head(200, f"Content-Length: {len(body)}", f"Link: {link}"), body)


def _wrong_length(wire: Wire, generator: random.Random) -> None:
    length = generator.choice(("99", "1", "-1", "x", "2, 3", "9" * 30, "0x2"))
    wire.send(_head(200, f"Content-Length: {length}"), b"{}")
    raise ConnectionAbortedError


def _slow(wire: Wire, generator: random.Random) -> None:
    whole = _head(200, "Content-Length: 400") + b" " * 400
    pause = generator.choice((0.05, 0.2))
    for at in range(len(whole)):
        wire.send(whole[at : at + 1])
        time.sleep(pause)


def _silence(_: Wire, __: random.Random) -> None:
    time.sleep(3 * _TIMEOUT)
    raise ConnectionAbortedError


def _reset(wire: Wire, generator: random.Random) -> None:
    wire.send(_head(200, "Content-Length: 20")[: generator.randrange(40)])
    wire.reset()
    raise ConnectionAbortedError


def _bomb(wire: Wire, _: random.Random) -> None:
    wire.send(_head(200, "Content-Encoding: gzip", f"Content-Length: {len(_BOMB)}"), _BOMB)


def _endless(wire: Wire, generator: random.Random) -> None:
    start = generator.choice((b"HTTP/1.1 200 ", b"HTTP/1.1 200 -\r\n", _head(200), b""))
    block = generator.choice((b"X-A: b\r\n" * 99, b"a" * 9999, b"HTTP/1.1 100 -\r\n\r\n" * 99))
    wire.send(start)
    wire.repeat(block)


def _garbage(wire: Wire, generator: random.Random) -> None:
    wire.send(generator.randbytes(200))
    raise ConnectionAbortedError


_FAULTS: Mapping[str, Callable[[Wire, random.Random], None]] = {
    "JSON": _said,
    "endless pages": _pages,
    "wrong length": _wrong_length,
    "slow": _slow,
    "silence": _silence,
    "reset": _reset,
    "gzip bomb": _bomb,
    "endless": _endless,
    "garbage": _garbage,
}
_GOOD: Mapping[bytes, tuple[int, bytes]] = {
    b"GET": (200, b"[]"),
    b"POST": (
        201,
        b'{"id": "7", "name": "~/a.js", "dist": null, "size": 9, "sha1": "%s", "headers": {},'
        b'"version": "shop@1", "dateReleased": null, "projects": [{"slug": "web", "name": "W"}]}'
        % (b"a" * 40),
    ),
    b"PUT": (200, b"{}"),
    b"DELETE": (204, b""),
}


def _behave(number: int, seen: Counter[str], wire: Wire) -> None:
    """Answer as a Sentry for a while, then as the server's faults come."""
    generator = random.Random(f"{number} {seen['connections']}")
    kinds = random.Random(number).sample(list(_FAULTS), 3)
    seen["connections"] += 1
    while True:
        method = wire.request().partition(b" ")[0]
        if generator.random() < 0.4:
            status, body = _GOOD.get(method, (200, b"{}"))
            wire.send(_head(status, f"Content-Length: {len(body)}"), body)
            continue
        kind = generator.choice(kinds)
        seen[kind] += 1
        _FAULTS[kind](wire, generator)


@dataclass(frozen=True)
class _Ended:
    number: int
    code: int
    seconds: float
    megabytes: int
    output: str
    seen: Counter[str]

    @property
    def wrong(self) -> str | None:
        """What is wrong about how it ended."""
        if self.code not in _EXIT_CODES:
            return f"exit code {self.code}"
        if self.seconds > _DEADLINE:
            return f"{self.seconds:.0f} s"
        if self.megabytes > MOST_MEGABYTES:
            return f"{self.megabytes} MB"
        for each in ("Traceback", "5ecre7", "\x1b"):
            if each in self.output:
                return f"{each!r} in its output"
        return None


def _upload(number: int, wheel: Path, folder: Path) -> _Ended:
    seen: Counter[str] = Counter()
    server = RawServer(partial(_behave, number, seen))
    output = folder / str(number)
    flags = ["--release", "shop@1", "--timeout", str(_TIMEOUT), "--url", server.url, "--json"]
    if number % 3 == 0:
        flags += ["--upload-as", "artifact-bundle"]
    started = time.monotonic()
    try:
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*PYTHON, "-m", "tests.campaigns.command", "upload", str(wheel), *flags],
                env={
                    **os.environ,
                    "SENTRY_ORG": "acme",
                    "SENTRY_PROJECT": "web",
                    "SENTRY_AUTH_TOKEN": _TOKEN,
                },
                stdout=file,
                stderr=file,
            )
            code, megabytes = _awaited(process, started + 2 * _DEADLINE)
    finally:
        seconds = time.monotonic() - started
        server.close()
    text = output.read_text("utf-8", "replace")
    return _Ended(number, code, seconds, megabytes, text, seen)


def _awaited(process: subprocess.Popen[bytes], until: float) -> tuple[int, int]:
    """Return its exit code and its peak in MB; kill it if it goes on too long."""
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss * _UNIT // 1_000_000
        if time.monotonic() > until:
            process.kill()
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.usefixtures("bare_environment")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such measure of a child's memory")
def test_an_upload_to_a_faulty_server_ends_in_time_and_tells(tmp_path: Path) -> None:
    files = {"shop/a.js": b"let a=1;\n//# sourceMappingURL=a.js.map", "shop/a.js.map": b"{}"}
    wheel = make_wheel(tmp_path, files=files)
    numbers = range(SEED, SEED + _SERVERS)
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda number: _upload(number, wheel, tmp_path), numbers))
    codes = Counter(each.code for each in ended)
    seen: Counter[str] = sum((each.seen for each in ended), Counter())
    slowest = max(each.seconds for each in ended)
    peak = max(each.megabytes for each in ended)
    wrong = [f"{each.number}: {each.wrong}\n{each.output[-2000:]}" for each in ended if each.wrong]
    print(f"\n{len(ended)} servers: exit codes {dict(sorted(codes.items()))}; faults {dict(seen)}")
    print(f"{len(wrong)} wrong; slowest {slowest:.1f} s; peak {peak} MB")
    assert not wrong, "\n".join(wrong[:5])
