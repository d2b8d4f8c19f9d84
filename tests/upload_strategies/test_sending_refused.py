"""A server that has a bundle but cannot use it is heard: what it says, and what to do then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sentry.exchange import Exchange

from .chunk_proxy import ASSEMBLE, json_answer, say
from .site import Site, scripts, wheel_of

_UNCONFIRMED = "the server did not say that it has it"
_SAME = "another attempt would fail too, but the server's log may say more"
_WAIT = (
    "it keeps that response for about ten minutes, so run this again after that, "
    "or look into its log"
)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return wheel_of(tmp_path, scripts(20))


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        ("the bundle is invalid", _SAME),
        ("Reported checksum mismatch", _SAME),
        ("internal server error", _WAIT),
        ("Not all chunks available for assembling", _WAIT),
        (None, _WAIT),
    ],
)
def test_bundle_that_cannot_be_assembled_is_told_with_the_servers_reason(
    *, site: Site, wheel: Path, detail: str | None, advice: str
) -> None:
    site.proxy.on(say({"state": "created", "missingChunks": []}), path=ASSEMBLE)
    said: dict[str, object] = {"state": "error", "missingChunks": [], "detail": detail}
    site.proxy.on(say(said), path=ASSEMBLE)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    reason = detail or "it does not say why"
    assert run.message == f"the server could not assemble the bundle: {reason}; {advice}"
    assert len(site.proxy.orders) == 2
    assert run.error_of("~/static/app-000.js") == _UNCONFIRMED
    assert run.bundle["state"] == "error"


def test_bundle_that_the_server_finds_bad_is_told_with_its_reason(site: Site, wheel: Path) -> None:
    # So does a real server: it drops the chunks of a bad bundle, asks for them, and then says why.
    states = iter(["created", "not_found", "error"])

    def bad(exchange: Exchange) -> None:
        state = next(states)
        chunks = site.proxy.orders[-1]["chunks"]
        said = {"state": state, "missingChunks": chunks if state == "not_found" else []}
        exchange.body()
        exchange.send(json_answer({**said, "detail": "the bundle is invalid"}))

    site.proxy.on(bad, path=ASSEMBLE, times=3)
    run = site.upload(wheel)
    assert run.exit_code == 1
    assert "could not assemble the bundle: the bundle is invalid" in run.message


@pytest.mark.parametrize("accept", ["artifact_bundles", "artifact_bundles_v2"])
@pytest.mark.parametrize("lost", ["all", "one", "none"])
def test_server_that_loses_what_it_took_is_sent_it_again_only_so_often(
    *, serve: Callable[..., Site], wheel: Path, accept: str, lost: str
) -> None:
    site = serve(accept=(accept,))

    def forget(exchange: Exchange) -> None:
        chunks = site.proxy.orders[-1]["chunks"]
        lacks = {"all": chunks, "one": chunks[:1], "none": []}[lost]
        exchange.body()
        exchange.send(json_answer({"state": "not_found", "missingChunks": lacks}))

    site.proxy.on(forget, path=ASSEMBLE, times=99)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 20})
    assert "took all chunks 3 times, and still says that it" in run.message
    assert len(site.proxy.orders) <= 4
    sent = site.proxy.sent
    assert max((sent.count(sha1) for sha1 in sent), default=0) <= 3
    assert (run.bundle["state"], run.bundle["chunks_sent"]) == ("not_found", len(set(sent)))
