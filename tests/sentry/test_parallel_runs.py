"""Processes that upload to one release at the same time, or that are stopped in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from tests.support import make_wheel

from .exchange import Exchange, pass_on
from .fault_proxy import FaultProxy
from .faults import answer
from .running import (
    ORGANIZATION,
    PROJECT,
    RemoteRelease,
    Uploader,
    assert_secret,
    expected,
    some_files,
)

_SECONDS = 60


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Those that a test starts; none outlives it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _start(
    processes: list[subprocess.Popen[str]], wheel: Path, url: str, release: str
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "upload", str(wheel)]
    environment = {
        **os.environ,
        "SENTRY_URL": url,
        "SENTRY_ORG": ORGANIZATION,
        "SENTRY_PROJECT": PROJECT,
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    process = subprocess.Popen(
        [*command, "--json", "--release", release],
        cwd=wheel.parent,
        env=environment,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=None if os.name == "nt" else _heed_interrupts,  # noqa: PLW1509 - only a signal
    )
    processes.append(process)
    return process


def _heed_interrupts() -> None:
    """A test run in the background of a shell ignores Ctrl-C, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The report of a process that ended well."""
    out, err = process.communicate(timeout=_SECONDS)
    assert_secret([DEFAULT_TOKEN], out, err)
    assert process.returncode == 0, err
    report: dict[str, Any] = json.loads(out)
    return report


class _Together:
    """A fault that lets requests pass only when as many as wanted have come."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)

    def __call__(self, exchange: Exchange) -> None:
        self._barrier.wait(_SECONDS)
        pass_on(exchange)


@pytest.mark.slow
def test_two_runs_at_once_store_every_file_once(
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    files = some_files(60)
    wheel = make_wheel(tmp_path, files=files)
    proxy.on(_Together(2), path="/releases/", times=2)
    runs = [_start(processes, wheel, proxy.url, release.version) for _ in range(2)]
    reports = [_result(process) for process in runs]
    assert release.files() == expected(files)
    statuses = Counter(
        (each["name"], each["status"]) for report in reports for each in report["files"]
    )
    assert set(statuses.values()) == {1}, "each file was uploaded by one run, unchanged for one"
    assert {status for _, status in statuses} == {"uploaded", "unchanged"}
    assert all(report["ok"] for report in reports)


@pytest.mark.slow
def test_two_runs_at_once_replace_every_file_once(
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    old = some_files(30)
    upload(make_wheel(tmp_path, files=old))
    files = {path: content + b"new" for path, content in old.items()}
    wheel = make_wheel(tmp_path, files=files)
    proxy.on(_Together(2), method="GET", times=2)
    runs = [_start(processes, wheel, proxy.url, release.version) for _ in range(2)]
    reports = [_result(process) for process in runs]
    assert release.files() == expected(files)
    assert {each["status"] for report in reports for each in report["files"]} <= {
        "replaced",
        "uploaded",
        "unchanged",
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
def test_interrupted_replacement_gives_the_old_file_its_name_back(
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    old = {"shop/app.js": b"old"}
    upload(make_wheel(tmp_path, files=old))

    def interrupt(exchange: Exchange) -> None:
        processes[0].send_signal(signal.SIGINT)
        answer(503, {"Retry-After": "30"})(exchange)

    proxy.on(interrupt, name="~/app.js")
    wheel = make_wheel(tmp_path, files={"shop/app.js": b"new"})
    process = _start(processes, wheel, proxy.url, release.version)
    out, err = process.communicate(timeout=_SECONDS)
    assert_secret([DEFAULT_TOKEN], out, err)
    assert process.returncode == 130
    assert "running this again does the rest" in err
    assert "Traceback" not in err
    assert release.files() == expected(old)
