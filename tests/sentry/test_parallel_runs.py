"""Processes that upload to one release at the same time, or that are stopped in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
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
    processes: list[subprocess.Popen[str]],
    wheel: Path,
    url: str,
    release: str,
    *,
    ignored: int | None = None,
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "upload", str(wheel)]
    environment = {
        **os.environ,
        "SENTRY_URL": url,
        "SENTRY_ORG": ORGANIZATION,
        "SENTRY_PROJECT": PROJECT,
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    prepare = partial(_prepare, ignored)
    process = subprocess.Popen(
        [*command, "--json", "--release", release],
        cwd=wheel.parent,
        env=environment,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=None if os.name == "nt" else prepare,  # noqa: PLW1509 - only signals
    )
    processes.append(process)
    return process


def _prepare(ignored: int | None) -> None:
    """Let signals end the process: test runs in a shell's background may ignore them, and so it."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if ignored is not None:
        signal.signal(ignored, signal.SIG_IGN)


def _result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the report of a process that ended well."""
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


_NO_SIGNALS = pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signals")
_NEW_NAME = "~/app.js"


@_NO_SIGNALS
@pytest.mark.parametrize(
    "number",
    [
        "SIGINT",
        pytest.param("SIGTERM", marks=pytest.mark.slow),
        pytest.param("SIGHUP", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    ("method", "name", "content"),
    [("POST", None, b"old"), ("PUT", None, b"old"), ("PUT", _NEW_NAME, b"new")],
    ids=["sending the new content", "moving the old one away", "moving the new one in"],
)
def test_stopped_replacement_leaves_each_name_its_content_and_nothing_else(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
    number: str,
    method: str,
    name: str | None,
    content: bytes,
) -> None:
    upload(make_wheel(tmp_path, files={"shop/app.js": b"old"}))

    def interrupt(exchange: Exchange) -> None:
        processes[0].send_signal(getattr(signal, number))
        answer(503, {"Retry-After": "30"})(exchange)

    proxy.on(interrupt, method=method, name=name)
    wheel = make_wheel(tmp_path, files={"shop/app.js": b"new"})
    process = _start(processes, wheel, proxy.url, release.version)
    out, err = process.communicate(timeout=_SECONDS)
    assert_secret([DEFAULT_TOKEN], out, err)
    assert process.returncode == 130, err
    assert "running this again does the rest" in err
    assert "Traceback" not in err
    assert release.files() == expected({"shop/app.js": content})


@_NO_SIGNALS
def test_signal_that_comes_twice_does_not_keep_names_from_being_given_back(
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    old = {"shop/app.js": b"old"}
    upload(make_wheel(tmp_path, files=old))

    def stop_twice(exchange: Exchange) -> None:
        processes[0].send_signal(signal.SIGTERM)
        exchange.pause(0.2)
        processes[0].send_signal(signal.SIGTERM)
        pass_on(exchange)

    proxy.on(stop_twice, method="PUT", name=_NEW_NAME)
    wheel = make_wheel(tmp_path, files={"shop/app.js": b"new"})
    process = _start(processes, wheel, proxy.url, release.version)
    process.communicate(timeout=_SECONDS)
    assert process.returncode == 130
    assert release.files() == expected({"shop/app.js": b"new"})


@_NO_SIGNALS
def test_stopped_run_ends_in_time_though_the_server_does_not_answer(
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    stopped: list[float] = []

    def hang(exchange: Exchange) -> None:
        if not stopped:
            stopped.append(time.monotonic())
            processes[0].send_signal(signal.SIGTERM)
        exchange.pause(20)

    proxy.on(hang, method="POST", times=99)
    wheel = make_wheel(tmp_path, files=some_files(8))
    process = _start(processes, wheel, proxy.url, release.version)
    process.communicate(timeout=_SECONDS)
    assert process.returncode == 130
    assert time.monotonic() - stopped[0] < 5


@_NO_SIGNALS
def test_hang_up_is_ignored_where_the_host_ignores_it(
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    processes: list[subprocess.Popen[str]],
) -> None:
    def hang_up(exchange: Exchange) -> None:
        processes[0].send_signal(signal.SIGHUP)
        pass_on(exchange)

    files = some_files(3)
    proxy.on(hang_up, times=3)
    wheel = make_wheel(tmp_path, files=files)
    process = _start(processes, wheel, proxy.url, release.version, ignored=signal.SIGHUP)
    assert _result(process)["ok"]
    assert release.files() == expected(files)
