"""Over a faulty network, or with a server that cannot go on, it ends: well, or with its reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from tests.sentry.exchange import Exchange, Fault
from tests.sentry.faults import (
    alter_content,
    answer,
    close_afterwards,
    close_unanswered,
    cut_answer,
    lose_answer,
    reset_after,
)

from .chunk_proxy import ASSEMBLE, CHUNKS, json_answer
from .site import Site, scripts, urls, wheel_of

_UNCONFIRMED = "the server did not say that it has it"
_ALWAYS = float("inf")
_TRANSIENT: Mapping[str, Fault] = {
    "reset": reset_after(0),
    "closed without an answer": close_unanswered,
    "answer lost": lose_answer,
    "answer cut": cut_answer(8),
    "closed after the answer": close_afterwards,
    "429": answer(429, {"Retry-After": "0"}),
    "500": answer(500, body=b""),
    "502": answer(502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"),
    "503": answer(503),
    "524": answer(524),
}
# One of each kind stays in the default run.
_QUICK = {"reset", "answer lost", "429", "502"}


@pytest.fixture
def files() -> dict[str, bytes]:
    return scripts(20)


@pytest.fixture
def wheel(tmp_path: Path, files: dict[str, bytes]) -> Path:
    return wheel_of(tmp_path, files)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=name, marks=() if name in _QUICK else pytest.mark.slow)
        for name, fault in _TRANSIENT.items()
    ],
)
@pytest.mark.parametrize(
    "accept",
    [pytest.param("artifact_bundles", marks=pytest.mark.slow), "artifact_bundles_v2"],
)
def test_every_file_arrives_over_a_faulty_network(
    *,
    serve: Callable[..., Site],
    wheel: Path,
    files: dict[str, bytes],
    fault: Fault,
    accept: str,
) -> None:
    site = serve(accept=(accept,), chunks_per_request=2)
    site.proxy.on(fault, method="GET", path=CHUNKS, times=2)
    site.proxy.on(fault, path=CHUNKS, times=3)
    site.proxy.on(fault, path=ASSEMBLE, times=2)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 20}), run.message
    assert site.files() == urls(files)


@pytest.mark.parametrize("fault", [answer(503), close_unanswered], ids=["503", "closed"])
def test_chunks_that_never_arrive_are_told_and_the_next_run_sends_only_those(
    *, serve: Callable[..., Site], wheel: Path, files: dict[str, bytes], fault: Fault
) -> None:
    site = serve(chunks_per_request=1)
    site.proxy.on(_after(3, fault), path=CHUNKS, times=_ALWAYS)
    run = site.upload(wheel, workers=1)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert "what is missing is sent when you run this again" in run.message
    assert (run.bundle["state"], run.bundle["chunks_sent"]) == ("not_found", 3)
    arrived = set(site.proxy.sent[:3])

    site.proxy.calm()
    assert site.upload(wheel).exit_code == 0
    assert not arrived & set(site.proxy.sent)
    assert site.files() == urls(files)


def _after(count: int, fault: Fault) -> Fault:
    """Let so many requests pass before the first that meets the fault."""
    left = [count]

    def counted(exchange: Exchange) -> None:
        left[0] -= 1
        if left[0] >= 0:
            exchange.send(exchange.forward())
        else:
            fault(exchange)

    return counted


def test_chunk_that_is_damaged_on_its_way_is_told_and_never_stored(
    serve: Callable[..., Site], wheel: Path, files: dict[str, bytes]
) -> None:
    site = serve(compression=())
    site.proxy.on(alter_content(lambda content: b"X" + content[1:]), path=CHUNKS)
    run = site.upload(wheel, workers=1)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert "chunk-upload/: 400 Checksum mismatch" in run.message
    assert "running this again sends what is missing" in run.message
    assert site.bundles() == []
    assert site.upload(wheel).exit_code == 0
    assert site.files() == urls(files)


def test_request_that_is_too_large_for_a_proxy_is_told_with_the_limit_to_set(
    site: Site, wheel: Path
) -> None:
    too_large = answer(413, {"Content-Type": "text/html"}, b"<h1>Request Entity Too Large</h1>")
    site.proxy.on(too_large, path=CHUNKS, times=_ALWAYS)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert "does not take 1.2 MB at once (413): raise its limit" in run.message
    assert "for the bodies of requests to 5 MB (nginx: client_max_body_size)" in run.message


def test_what_was_sent_is_told_where_the_server_is_gone_before_it_assembles(
    serve: Callable[..., Site], wheel: Path
) -> None:
    site = serve(accept=("artifact_bundles",))
    site.proxy.on(close_unanswered, path=ASSEMBLE, times=_ALWAYS)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert run.error_of("~/static/app-000.js") == _UNCONFIRMED
    assert (run.bundle["state"], run.bundle["chunks_sent"]) == (None, run.bundle["chunks"])


def test_nothing_is_said_to_be_sent_where_the_server_is_gone_before(
    site: Site, wheel: Path
) -> None:
    site.proxy.on(close_unanswered, path=ASSEMBLE, times=_ALWAYS)
    run = site.upload(wheel)
    assert run.error_of("~/static/app-000.js") == "not sent"
    assert (run.bundle["state"], run.bundle["chunks_sent"]) == (None, 0)


def test_chunk_that_got_lost_is_sent_again(
    site: Site, wheel: Path, files: dict[str, bytes]
) -> None:
    def lose_one(exchange: Exchange) -> None:
        sha1 = site.proxy.orders[-1]["chunks"][0]
        exchange.body()
        exchange.send(json_answer({"state": "not_found", "missingChunks": [sha1]}))

    site.upload(wheel)
    site.proxy.forget()
    site.proxy.on(lose_one, path=ASSEMBLE)
    run = site.upload(wheel)
    assert run.exit_code == 0
    assert site.proxy.sent == site.proxy.orders[-1]["chunks"][:1]
    assert site.files() == urls(files)


def test_server_that_takes_its_time_is_waited_for(
    serve: Callable[..., Site], wheel: Path, files: dict[str, bytes]
) -> None:
    site = serve(assembling_polls=3)
    run = site.upload(wheel, wait=20.0)
    assert run.exit_code == 0
    # It says what it lacks, that it begins, three times that it is at work, and that it is done.
    moments = [each.moment for each in site.proxy.requests if ASSEMBLE in each.path]
    assert len(moments) == 6
    pauses = [after - before for before, after in pairwise(moments)]
    assert all(
        pause >= least for pause, least in zip(pauses[1:], (0.1, 0.2, 0.4, 0.8), strict=True)
    )
    assert site.files() == urls(files)


@pytest.mark.slow
def test_server_that_takes_too_long_is_told_and_the_next_run_waits_on(
    serve: Callable[..., Site], wheel: Path, files: dict[str, bytes]
) -> None:
    site = serve(assembling_polls=6)
    before = time.monotonic()
    run = site.upload(wheel, wait=0.5)
    assert time.monotonic() - before < 10
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert "still at work on the bundle after 0.5 s (state assembling)" in run.message
    assert "`wait` sets how long" in run.message
    assert run.error_of("~/static/app-000.js") == _UNCONFIRMED
    chunks = len(site.proxy.sent)
    assert (run.bundle["state"], run.bundle["chunks_sent"]) == ("assembling", chunks)
    site.proxy.forget()
    assert site.upload(wheel, wait=20.0).exit_code == 0
    assert not site.proxy.posts
    assert site.files() == urls(files)


@pytest.mark.slow
def test_time_to_wait_does_not_count_while_chunks_are_sent(
    serve: Callable[..., Site], wheel: Path
) -> None:
    site = serve(assembling_polls=1, chunks_per_request=1)

    def slowly(exchange: Exchange) -> None:
        exchange.pause(0.3)
        exchange.send(exchange.forward())

    site.proxy.on(slowly, path=CHUNKS, times=4)
    assert site.upload(wheel, workers=1, wait=1.0).exit_code == 0


def test_without_a_time_to_wait_the_server_is_asked_once_it_has_all(
    serve: Callable[..., Site], wheel: Path
) -> None:
    site = serve(assembling_polls=1000)
    run = site.upload(wheel, wait=0.0)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 20})
    assert len(site.proxy.orders) == 2
    assert any("nobody waits for that" in line for line in run.lines)
    assert run.bundle["state"] == "created"


def test_file_that_changes_while_it_is_sent_is_told(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    file = folder / "a.js"
    file.write_bytes(b"old" * 1000)

    def change(exchange: Exchange) -> None:
        file.write_bytes(b"new" * 1000)
        exchange.send(exchange.forward())

    site.proxy.on(change, path=ASSEMBLE)
    run = site.upload(folder, release="1.2.0")
    assert run.exit_code == 2
    assert "shop/a.js, or another beside it, changed while it was uploaded" in run.message
    assert not site.proxy.posts
