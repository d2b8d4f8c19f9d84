"""Over a network that fails everything arrives, once; what does not is told, and sent next."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import ServerUnreachable
from hatch_sentry_artifacts.local_server.server import LocalServer
from hatch_sentry_artifacts.sentry.http.multipart import FilePart, Form
from hatch_sentry_artifacts.sentry.http.network import Network
from hatch_sentry_artifacts.sentry.http.transport import Transport
from tests.support import make_wheel

from .exchange import Exchange, Fault, Response, pass_on
from .fault_proxy import FaultProxy
from .faults import (
    alter_content,
    answer,
    close_afterwards,
    close_unanswered,
    cut_answer,
    late_answer,
    lose_answer,
    reset_after,
)
from .running import QUICK, RemoteRelease, Uploader, expected, name_of, some_files

_FAULTS: Mapping[str, Fault] = {
    "reset at once": reset_after(0),
    "reset in mid-body": reset_after(50_000),
    "closed without an answer": close_unanswered,
    "answer lost": lose_answer,
    "answer cut in its status": cut_answer(8),
    "answer cut in its headers": cut_answer(40),
    "answer cut in its body": cut_answer(-20),
    "closed after the answer": close_afterwards,
    "408": answer(408),
    "429": answer(429),
    "429, Retry-After: 0": answer(429, {"Retry-After": "0"}),
    "429, Retry-After unreadable": answer(429, {"Retry-After": "soon"}),
    "500": answer(500, body=b""),
    "502": answer(502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"),
    "503": answer(503),
    "504": answer(504),
    "507": answer(507),
    "524": answer(524),
    "slow answer": late_answer(0.15),
}


@pytest.fixture
def files() -> dict[str, bytes]:
    """Small ones, and one that is sent in several pieces."""
    return {**some_files(8, 300), "shop/static/big.js": b"big;" * 200_000}


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_everything_arrives_once(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    files: dict[str, bytes],
    fault: Fault,
) -> None:
    release.create()
    # Should all of these meet the big file, its attempts still suffice.
    proxy.on(fault, path="/releases/", times=2)
    proxy.on(fault, method="GET", times=2)
    proxy.on(fault, name="~/static/big.js", times=2)
    proxy.on(fault, times=2)
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.summary) == (0, {"uploaded": 9}), run.lines
    assert release.files() == expected(files)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_answer_later_than_the_timeout_is_asked_for_again(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    files: dict[str, bytes],
    method: str,
) -> None:
    release.create()
    proxy.on(late_answer(30), method=method, times=2)
    run = upload(make_wheel(tmp_path, files=files), timeout=0.5)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 9})
    assert release.files() == expected(files)


def test_kept_connections_that_the_server_closes_are_no_faults(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(20)
    proxy.on(close_afterwards, path="/releases/", times=float("inf"))
    no_second_attempt = replace(QUICK, attempts=1)
    run = upload(make_wheel(tmp_path, files=files), policy=no_second_attempt, workers=1)
    assert run.summary == {"uploaded": 20}
    assert proxy.connections == 21
    assert release.files() == expected(files)


def test_kept_connection_that_closes_under_a_request_costs_no_attempt(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(5)
    proxy.on(close_unanswered, name="~/static/js/app-003.js")
    no_second_attempt = replace(QUICK, attempts=1)
    run = upload(make_wheel(tmp_path, files=files), policy=no_second_attempt)
    assert run.summary == {"uploaded": 5}
    assert release.files() == expected(files)


def test_server_that_starts_late_is_waited_for(
    shared_server: LocalServer, release: RemoteRelease, tmp_path: Path, files: dict[str, bytes]
) -> None:
    late = FaultProxy(shared_server.url)
    refused: list[str] = []

    def start_at_last(line: str) -> None:
        refused.extend([line] if "no connection" in line else [])
        if len(refused) == 3:
            late.listen()

    upload = Uploader(late.url, release.version, tmp_path)
    try:
        run = upload(make_wheel(tmp_path, files=files), trace=start_at_last)
    finally:
        late.__exit__(None, None, None)
    assert (run.exit_code, len(refused)) == (0, 3)
    assert release.files() == expected(files)


def test_server_that_restarts_is_waited_for(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(30)
    lines: list[str] = []

    def restart(line: str) -> None:
        lines.append(line)
        if len([each for each in lines if "answered 201" in each]) == 10 and "201" in line:
            proxy.refuse()
        if "no connection" in line:
            proxy.listen()

    run = upload(make_wheel(tmp_path, files=files), trace=restart, workers=1)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 30})
    assert any("no connection" in line for line in lines)
    assert release.files() == expected(files)


def test_server_that_is_not_there_is_told_at_once(
    shared_server: LocalServer, release: RemoteRelease, tmp_path: Path
) -> None:
    gone = FaultProxy(shared_server.url)
    gone.__exit__(None, None, None)
    upload = Uploader(gone.url, release.version, tmp_path)
    run = upload(make_wheel(tmp_path, files=some_files(30)))
    assert (run.exit_code, run.summary) == (1, {"failed": 30})
    assert run.message.startswith(f"{gone.url}: GET /api/0/organizations/acme/releases/")
    assert "no connection" in run.message
    assert "run this again" in run.message
    assert run.report is not None
    assert run.report.requests == QUICK.attempts


@pytest.mark.slow
def test_server_that_goes_away_is_not_asked_for_ever(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(60)
    wheel = make_wheel(tmp_path, files=files)
    proxy.on(pass_on, times=20)
    proxy.on(close_unanswered, times=float("inf"))
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"uploaded": 20, "failed": 40})
    uploaded = {name for name, status in run.statuses.items() if status == "uploaded"}
    assert {stored.name for stored in release.files()} == uploaded
    assert len(proxy.uploads) < 20 + 8 * (QUICK.attempts + 1)
    assert "lacks 40 of its 60 files" in run.message
    told = [line for line in run.lines if "closed the connection without" in line]
    assert len(told) < 12 + QUICK.attempts

    with FaultProxy(proxy.target) as healthy:
        again = Uploader(healthy.url, release.version, tmp_path)(wheel)
        assert again.summary == {"uploaded": 40, "unchanged": 20}
        assert len(healthy.uploads) == 40
    assert release.files() == expected(files)


def test_file_is_closed_when_its_connection_breaks(proxy: FaultProxy) -> None:
    size = 20_000_000  # more than fits into the buffers of a connection
    opened: list[io.BytesIO] = []

    def open_file() -> io.BytesIO:
        opened.append(io.BytesIO(bytes(size)))
        return opened[-1]

    asset = Asset("shop/big.js", "~/big.js", size, "", 0, {}, open_file)
    form = Form([("name", asset.name)], FilePart(asset, "big.js", "text/plain"))
    network = Network(proxy.url, connections=1)
    transport = Transport(proxy.url, "token", network=network, timeout=20, policy=QUICK)
    proxy.on(reset_after(100_000), times=float("inf"))
    gc.disable()
    try:
        with pytest.raises(ServerUnreachable):
            transport.request("POST", "/files/", form)
        assert len(opened) >= QUICK.attempts
        assert all(file.closed for file in opened)
    finally:
        gc.enable()
        transport.close()


def test_file_that_is_too_large_does_not_stop_the_others(
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    files: dict[str, bytes],
) -> None:
    proxy.on(answer(413, body=b"<html>Too Large</html>"), name="~/static/big.js")
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.summary) == (1, {"uploaded": 8, "failed": 1})
    error = run.error_of("~/static/big.js")
    assert "800.0 kB" in error
    assert "413" in error
    del files["shop/static/big.js"]
    assert release.files() == expected(files)


def _answer_413_to_the_head(exchange: Exchange) -> None:
    """As proxies do: without waiting for the body, which they read and throw away."""
    exchange.send(Response(413, {"Connection": "close"}, b"<html>Too Large</html>"))
    exchange.body()
    exchange.close()


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (_answer_413_to_the_head, "9.0 MB at once (413)"),
        (reset_after(200_000), "its 9.0 MB may be over the server's limit"),
    ],
    ids=["early answer", "connection reset"],
)
def test_server_that_does_not_read_a_large_file_is_understood(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    fault: Fault,
    hint: str,
) -> None:
    small = some_files(10)
    proxy.on(fault, name="~/large.js", times=float("inf"))
    run = upload(make_wheel(tmp_path, files={**small, "shop/large.js": bytes(9_000_000)}))
    assert (run.exit_code, run.summary) == (1, {"uploaded": 10, "failed": 1})
    assert hint in run.error_of("~/large.js")
    assert release.files() == expected(small)


@pytest.mark.parametrize(
    "change",
    [lambda content: b"?" + content[1:], lambda content: content + b"?"],
    ids=["same size", "other size"],
)
def test_content_that_is_changed_on_the_way_is_a_failure(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
) -> None:
    files = some_files(3)
    wheel = make_wheel(tmp_path, files=files)
    name = name_of("shop/static/js/app-001.js")
    proxy.on(alter_content(change), name=name)
    run = upload(wheel, finalize_release=True)
    assert (run.exit_code, run.summary) == (1, {"uploaded": 2, "failed": 1})
    assert "does something on the way change them?" in run.error_of(name)
    assert release.date_released() is None
    assert upload(wheel).summary == {"replaced": 1, "unchanged": 2}
    assert release.files() == expected(files)
