"""What a server asks to wait is waited for, by every connection, unless it is too long."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.support import make_wheel

from .exchange import Exchange, Fault, Response, pass_on
from .fault_proxy import FaultProxy
from .faults import answer, late_answer
from .running import RemoteRelease, Uploader, expected, some_files

# What a server says to have nothing more sent before a time, in seconds since the epoch.
_UNTIL: Mapping[str, Callable[[float], dict[str, str]]] = {
    "Retry-After as a date": lambda until: {"Retry-After": formatdate(until, usegmt=True)},
    "X-Sentry-Rate-Limit-Reset": lambda until: {"X-Sentry-Rate-Limit-Reset": f"{until:.0f}"},
}


def _for_600_seconds(_until: float) -> dict[str, str]:
    return {"Retry-After": "600"}


@pytest.mark.parametrize("headers", _UNTIL.values(), ids=_UNTIL)
def test_limit_that_ends_at_a_time_is_waited_for(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    headers: Callable[[float], dict[str, str]],
) -> None:
    ends: list[float] = []

    def limit(exchange: Exchange) -> None:
        ends.append(math.ceil(time.time() + 0.1))  # these headers tell whole seconds
        exchange.body()
        exchange.send(Response(429, headers(ends[0]), b'{"detail": "slow down"}'))

    files = some_files(2)
    proxy.on(limit, path="/releases/")
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.summary) == (0, {"uploaded": 2})
    to_epoch = time.time() - time.monotonic()
    (_, again) = [each for each in proxy.requests if each.path.endswith("/acme/releases/")]
    assert again.moment + to_epoch > ends[0] - 0.01
    assert release.files() == expected(files)


def test_every_connection_waits_as_long_as_one_is_asked_to(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(12)
    all_are_under_way = threading.Barrier(4)
    # Retry-After counts, whenever the limit ends.
    headers = {"Retry-After": "1", "X-Sentry-Rate-Limit-Reset": f"{time.time() + 9000:.0f}"}

    def together(fault: Fault) -> Fault:
        def wait_first(exchange: Exchange) -> None:
            all_are_under_way.wait(20)
            fault(exchange)

        return wait_first

    proxy.on(together(answer(429, headers)))
    proxy.on(together(late_answer(0.4)), times=3)  # after the first was told to wait
    run = upload(make_wheel(tmp_path, files=files), workers=4)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 12})
    moments = sorted(request.moment for request in proxy.uploads)
    assert len(moments) == 13
    assert moments[4] - moments[3] > 1
    told = [line for line in run.lines if "the server asks to wait 1 s before attempt 2 of" in line]
    assert len(told) == 1  # however many requests wait
    assert release.files() == expected(files)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, _for_600_seconds),
        (503, _for_600_seconds),
        *((429, until) for until in _UNTIL.values()),
    ],
    ids=["429, Retry-After", "503, Retry-After", *_UNTIL],
)
def test_limit_that_takes_too_long_is_told(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    tmp_path: Path,
    status: int,
    headers: Callable[[float], dict[str, str]],
) -> None:
    proxy.on(answer(status, headers(time.time() + 600)), path="/releases/")
    run = upload(make_wheel(tmp_path, files=some_files(5)))
    assert (run.exit_code, run.summary) == (1, {"failed": 5})
    assert f"answered {status}" in run.message
    assert "asks to wait" in run.message
    assert "run this again" in run.message
    assert [request.method for request in proxy.requests[:3]] == ["GET", "GET", "POST"]
    assert len([request for request in proxy.requests if request.method == "POST"]) == 1


def test_limit_in_the_middle_that_takes_too_long_leaves_a_true_report(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(60)
    proxy.on(pass_on, times=10)
    proxy.on(answer(429, {"Retry-After": "600"}), times=float("inf"))
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.summary) == (1, {"uploaded": 10, "failed": 50})
    uploaded = {name for name, status in run.statuses.items() if status == "uploaded"}
    assert {stored.name for stored in release.files()} == uploaded
    assert any("asks to wait 600 s" in line for line in run.lines)
    assert len(proxy.uploads) < 30
