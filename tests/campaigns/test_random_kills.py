"""Uploads that are stopped at random moments of a replacement: nothing is lost, and a rerun ends.

How often, and from which seed on: CAMPAIGN and CAMPAIGN_SEED. The counts are printed (`-s`).
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.sentry.exchange import Exchange, Request
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.running import (
    RemoteRelease,
    Stored,
    Uploader,
    expected,
    some_files,
)
from tests.support import make_wheel

from .extent import SEED, runs
from .uploading import start

_STOPS = runs(12, 100)
_FILES, _WORKERS = 12, 4
_SECONDS = 60
_LONGEST_END = 5
_ASIDE = ("replaced/", "replacing/")
_SIGNALS = {"SIGKILL": ["SIGKILL"], "SIGTERM and SIGHUP": ["SIGTERM", "SIGTERM", "SIGHUP"]}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals"),
]


class _Watch:
    """Notes the first request that changes something, and how long each name is empty.

    That is counted in requests for the name, from the one that takes its content away to the one
    that brings the other, which counts: 1 is the least.
    """

    def __init__(self, proxy: FaultProxy, names: dict[str, str]) -> None:
        self.began = threading.Event()
        self.empty: dict[str, int] = {}
        self.longest = 0
        self.under_way = 0
        self._names = names  # by the id of the file that has it
        self._marks: dict[str, str] = {}  # the names, by what their temporary names have of them
        self._lock = threading.Lock()
        for method in ("GET", "POST", "PUT", "DELETE"):
            proxy.on(self, method=method, path="/", times=float("inf"))

    def __call__(self, exchange: Exchange) -> None:
        request = exchange.request
        if request.is_upload:
            self.began.set()
        with self._lock:
            self.under_way += 1
        try:
            response = exchange.forward()
            with self._lock:
                self._note(request, response.status)
        finally:
            with self._lock:
                self.under_way -= 1
        exchange.send(response)

    def _note(self, request: Request, status: int) -> None:
        name = request.name or ""
        file = request.path.rstrip("/").rpartition("/")[2]
        mark = name.split("/")[1] if name.startswith(_ASIDE) else ""
        if request.method == "PUT" and status == 200 and mark:
            self._marks[mark] = self._names[file]
            self.empty[self._names[file]] = 0
            return
        meant = self._marks.get(mark) or self._names.get(file) or name
        if meant in self.empty:
            self.empty[meant] += 1
            self.longest = max(self.longest, self.empty[meant])
            if request.method == "PUT" and status == 200:
                del self.empty[meant]


@dataclass
class _Campaign:
    proxy: FaultProxy
    upload: Uploader
    folder: Path
    generator: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    usual: float = 0.3  # seconds from the first change to the end

    def stop_one(self, number: int, signals: list[str]) -> None:
        """Stop a run, or several that follow each other; then let one end."""
        old = some_files(_FILES)
        new = {path: content + b"new" for path, content in old.items()}
        version = f"{self.upload.url.rpartition(':')[2]}-{number}"
        there = RemoteRelease(self.proxy.target, version)
        assert self.upload(make_wheel(self.folder, files=old), release=version).exit_code == 0
        wheel = make_wheel(self.folder, files=new)
        for _ in range(self.generator.choice([1, 1, 2])):
            self._run(wheel, there, new, self.generator.choice(signals))
            self._assert_kept(there.files(), [*expected(old), *expected(new)])
        assert self.upload(wheel, release=version).exit_code == 0
        assert there.files() == expected(new), "a rerun leaves something behind"

    def _run(self, wheel: Path, there: RemoteRelease, new: dict[str, bytes], name: str) -> None:
        watch = _Watch(self.proxy, {each["id"]: each["name"] for each in there.entries()})
        process = start(wheel, self.proxy.url, there.version, _WORKERS)
        deadline = time.monotonic() + _SECONDS
        # Where all was done before the run before it was stopped, nothing begins.
        while not watch.began.wait(0.02) and process.poll() is None:
            assert time.monotonic() < deadline, "the run does not begin"
        began = time.monotonic()
        time.sleep(self.generator.uniform(0, 1.1 * self.usual))
        stopped = time.monotonic()
        ended_before = process.poll() is not None
        process.send_signal(getattr(signal, name))
        code = process.wait(_SECONDS)
        seconds = time.monotonic() - stopped
        while watch.under_way:  # what the server had got is carried out
            time.sleep(0.01)
        self.proxy.calm()
        empty = [path for path in watch.empty if path.startswith("~/")]
        self.counts["ended before" if ended_before else "stopped"] += 1
        if ended_before:
            self.usual = time.monotonic() - began
            assert code == 0
        elif name == "SIGKILL":
            self.counts["names cut in their one request"] += len(empty)
            assert len(empty) <= _WORKERS
        else:
            # It may have come when all was done, too.
            whole = all(each in there.files() for each in expected(new))
            assert code == 130 or whole, code
            assert not empty
            self.slowest = max(self.slowest, seconds)
        assert watch.longest <= 1
        self.counts["contents left aside"] += sum(
            each.name.startswith(_ASIDE) for each in there.files()
        )

    def _assert_kept(self, files: list[Stored], known: list[Stored]) -> None:
        """Every name has a whole content under itself or, if it was cut, aside."""
        named = {each for each in files if not each.name.startswith(_ASIDE)}
        assert named <= set(known), "content of neither build"
        aside = Counter(each.sha1 for each in files if each.name.startswith(_ASIDE))
        for name in {each.name for each in known} - {each.name for each in named}:
            assert any(aside[each.sha1] for each in known if each.name == name), f"{name} is lost"


@pytest.mark.parametrize("signals", _SIGNALS.values(), ids=_SIGNALS)
def test_run_that_is_stopped_at_random_loses_nothing_and_is_finished_by_the_next(
    shared_server: LocalServer,
    proxy: FaultProxy,
    upload: Uploader,
    tmp_path: Path,
    signals: list[str],
) -> None:
    campaign = _Campaign(proxy, upload, tmp_path, random.Random(f"{SEED} {signals}"))
    number = 0
    while campaign.counts["stopped"] < _STOPS:
        number += 1
        campaign.stop_one(number, signals)
        assert number < 10 * _STOPS, "runs end before they are stopped"
    print(f"\n{'/'.join(dict.fromkeys(signals))}: {dict(campaign.counts)}")
    if "SIGTERM" in signals:
        print(f"slowest end {campaign.slowest:.2f} s")
        assert campaign.slowest < _LONGEST_END
