"""Stops an upload at every request of a replacement: no content is lost, and the next run finishes.

A process that is killed between two renames leaves its name empty, since no server can swap two
files at once; that is the only moment at which one can be. The counts are printed (`-s`).
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.sentry.exchange import Exchange, Fault
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.running import (
    RemoteRelease,
    Uploader,
    expected,
    some_files,
)
from tests.support import make_wheel

from .uploading import start

_SECONDS = 60
_FILES = 3
# List and release are asked for, then there are four requests a file.
_REQUESTS = 2 + 4 * _FILES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals"),
]


class _StopAt:
    """Sends the process a signal when its request of that number comes, carried out or not."""

    def __init__(self, number: int, signal_number: int, *, carried_out: bool) -> None:
        self.left = number
        self.process: subprocess.Popen[bytes] | None = None
        self._signal = signal_number
        self._carried_out = carried_out

    def __call__(self, exchange: Exchange) -> None:
        self.left -= 1
        if self.left or self.process is None:
            exchange.send(exchange.forward())
            return
        response = exchange.forward() if self._carried_out else None
        self.process.send_signal(self._signal)
        if self._signal == signal.SIGKILL:
            self.process.wait(_SECONDS)
            exchange.reset()
        else:
            exchange.send(response or exchange.forward())


def _upload(stop: _StopAt, wheel: Path, url: str, release: str) -> int:
    stop.process = start(wheel, url, release, 1)
    return stop.process.wait(_SECONDS)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_run_that_is_stopped_at_any_request_loses_nothing_and_is_finished_by_the_next(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path, name: str
) -> None:
    counts: Counter[str] = Counter()
    for carried_out in (False, True):
        for number in range(1, _REQUESTS + 1):
            version = f"{release.version}-{number}-{carried_out}"
            old = some_files(_FILES)
            new = {path: content + b"new" for path, content in old.items()}
            there = RemoteRelease(proxy.target, version)
            upload(make_wheel(tmp_path, files=old), release=version)
            wheel = make_wheel(tmp_path, files=new)
            stop = _StopAt(number, getattr(signal, name), carried_out=carried_out)
            _on_every_request(proxy, stop)
            code = _upload(stop, wheel, proxy.url, version)
            proxy.calm()
            counts["stops"] += 1
            named = {stored for stored in there.files() if stored.name.startswith("~/")}
            assert named <= {*expected(old), *expected(new)}, "content of neither build"
            counts["names left empty"] += _FILES - len(named)
            counts["contents left aside"] += len(there.files()) - len(named)
            if name == "SIGTERM":
                assert code == 130, (number, carried_out, code)
                assert len(named) == _FILES, (number, carried_out)
            assert upload(wheel, release=version).exit_code == 0
            assert there.files() == expected(new), (number, carried_out)
    print(f"\n{name}: {dict(counts)}")
    # One of the two renames of each file, cut off before it was carried out, and the end of the
    # one before it.
    assert counts["names left empty"] <= (2 * _FILES if name == "SIGKILL" else 0)


def _on_every_request(proxy: FaultProxy, fault: Fault) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        proxy.on(fault, method=method, path="/", times=float("inf"))
