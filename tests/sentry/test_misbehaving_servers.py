"""Whatever a server does, a request ends in time, in bounded memory, with an error that tells."""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.http.reading import MOST_JSON_BYTES
from hatch_sentry_artifacts.sentry.session import connected

from .raw_server import Behaviour, Wire, raw_server
from .running import QUICK

_SILENCE = 0.4
_TOKEN = "sntryu_" + "5ecre7" * 8


@contextmanager
def _api(url: str, timeout: float = _SILENCE) -> Iterator[SentryApi]:
    connection = Connection(url, "acme", ("web",), Token(_TOKEN, "the test"))
    with connected(
        connection, workers=2, timeout=timeout, notice=lambda _: None, policy=QUICK
    ) as api:
        yield api


def _answer(head: bytes, *body: bytes) -> Behaviour:
    """Answer each request with a status and headers, and close the connection."""

    def behave(wire: Wire) -> None:
        wire.request()
        wire.send(b"HTTP/1.1 " + head + b"\r\n\r\n", *body)

    return behave


def _after(start: bytes, block: bytes, pause: float = 0.0) -> Behaviour:
    """Answer with `start`, and then `block` again and again."""

    def behave(wire: Wire) -> None:
        wire.request()
        wire.send(start)
        wire.repeat(block, pause=pause)

    return behave


def _reset_after(count: int | None) -> Behaviour:
    """Reset the connection after so many bytes of an answer; None: before the request is read."""
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"version": "0",'

    def behave(wire: Wire) -> None:
        if count is not None:
            wire.request()
            wire.send(whole[:count])
        wire.reset()

    return behave


def _close_at_once(wire: Wire) -> None:
    """Close the connection without reading."""


def _slow_status(wire: Wire) -> None:
    wire.request()
    for byte in b"HTTP/1.1 200 " + b"x" * 10_000:
        wire.send(bytes([byte]))
        time.sleep(0.05)


def _deflated(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_GZIP = b"200 OK\r\nContent-Encoding: gzip"
_BOMB = _deflated(512 << 20)
_FAULTS: Mapping[str, tuple[Behaviour, str]] = {
    "closed at once": (_close_at_once, "closed the connection without a response"),
    "reset at once": (_reset_after(None), "connection"),  # as it is made, or used
    "reset after the request": (_reset_after(0), "closed the connection without a response"),
    "reset in the status": (_reset_after(9), "closed the connection without a response"),
    "reset in the headers": (_reset_after(30), "closed the connection without a response"),
    "reset in the body": (_reset_after(60), "closed the connection without a response"),
    "never answered": (Wire.wait, "did not answer in "),
    "slow status line": (_slow_status, "was too slow"),
    "slow headers": (_after(_OK, b"X-A: b\r\n", 0.05), "was too slow"),
    "slow body": (_after(_OK + b"\r\n", b" ", 0.05), "was too slow"),
    "slow chunks": (_after(_CHUNKED, b"1\r\n \r\n", 0.05), "was too slow"),
    "slow 100s": (_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05), "was too slow"),
    "endless 100s": (_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), "headers go on"),
    "endless headers": (_after(_OK, b"X-A: b\r\n" * 99), "not HTTP"),
    "endless header": (_after(_OK + b"X-A: ", b"a" * 9999), "not HTTP"),
    "endless status line": (_after(b"HTTP/1.1 200 ", b"a" * 9999), "not HTTP"),
    "endless body": (_after(_OK + b"\r\n", b" " * 65536), "larger than 4 MB"),
    "endless chunks": (
        _after(_CHUNKED, b"4000\r\n" + b" " * 0x4000 + b"\r\n"),
        "larger than 4 MB",
    ),
    "endless length": (
        _after(_OK + b"Content-Length: 99999999999999\r\n\r\n", b" " * 65536),
        "larger than 4 MB",
    ),
    "gzip bomb": (_answer(_GZIP, _BOMB), "larger than 4 MB"),
    "gzip, damaged": (_answer(_GZIP, b"no gzip at all"), "damaged"),
    "gzip, cut": (_answer(_GZIP, gzip.compress(b'{"version": "0"}' * 99)[:30]), "not JSON"),
    "unknown coding": (_answer(b"200 OK\r\nContent-Encoding: br", b"{}"), "compressed as 'br'"),
    "codings": (_answer(b"200 OK\r\nContent-Encoding: gzip, gzip", b"{}"), "compressed as"),
    "length too large": (_answer(b"200 OK\r\nContent-Length: 99", b"{}"), "was cut off"),
    "two lengths": (_answer(b"200 OK\r\nContent-Length: 2, 3", b"{}"), "not HTTP"),
    "length of no number": (_answer(b"200 OK\r\nContent-Length: -x", b"<p>"), "not JSON"),
    "chunk size of no number": (
        _answer(b"200 OK\r\nTransfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
        "was cut off",
    ),
    "another protocol": (lambda wire: wire.send(b"SSH-2.0-OpenSSH_9\r\n"), "not HTTP"),
    "a TLS alert": (lambda wire: wire.send(b"\x15\x03\x01\x00\x02\x02\x46\r\n"), "https://?"),
    "status of no number": (_answer(b"abc OK", b"{}"), "not HTTP"),
    "status out of range": (_answer(b"-20 OK", b"{}"), "not HTTP"),
    "unknown status": (_answer(b"999 What", b"{}"), "999"),
    "early hints alone": (_answer(b"103 Early Hints"), "103"),
    "redirect to itself": (
        _answer(b"302 -\r\nContent-Length: 0\r\nLocation: /api/0/"),
        "redirects to /api/0/",
    ),
    "redirect to nowhere": (_answer(b"302 -\r\nContent-Length: 0"), "redirects to elsewhere"),
    "page": (_answer(b"200 OK\r\nContent-Type: text/html", b"<html>"), "not JSON"),
    "page for an error": (_answer(b"404 -\r\nContent-Type: text/html", b"<p>"), "not JSON"),
    "endless page for an error": (
        _after(b"HTTP/1.1 404 -\r\n\r\n", b"<p>" * 9999),
        "is not the address of a Sentry server",
    ),
    "deep JSON": (_answer(b"200 OK", b"[" * 200_000), "not JSON"),
    "an endless number": (_answer(b"200 OK", b'{"version": ' + b"9" * 99999 + b"}"), "not JSON"),
    "no text": (_answer(b"200 OK", b'"\xff\xfe"'), "not JSON"),
    "other JSON": (_answer(b"200 OK", b"[1e999, NaN]"), "JSON that no Sentry server gives here"),
}


@pytest.mark.parametrize(("behaviour", "told"), _FAULTS.values(), ids=_FAULTS)
def test_a_request_ends_with_what_is_wrong(behaviour: Behaviour, told: str) -> None:
    started = time.monotonic()
    with raw_server(behaviour) as server:
        with _api(server.url) as api, pytest.raises(SentryArtifactsError) as raised:
            api.abilities()
        seconds = time.monotonic() - started
    assert told in str(raised.value)
    assert _TOKEN not in str(raised.value)
    # Of `timeout`: each attempt has twice that, and few faults are worth more than two of them.
    assert seconds < 10 * _SILENCE + 2
    # What a socket buffers is sent too, though nobody reads it.
    assert server.sent < 6 * (MOST_JSON_BYTES + (8 << 20))


_PERMANENT = {"another protocol": 2, "a TLS alert": 1, "slow status line": 2, "endless headers": 2}


@pytest.mark.parametrize(("name", "attempts"), _PERMANENT.items(), ids=_PERMANENT)
def test_what_no_attempt_changes_is_hardly_tried_again(name: str, attempts: int) -> None:
    with raw_server(_FAULTS[name][0]) as server:
        with _api(server.url) as api, pytest.raises(SentryArtifactsError):
            api.abilities()
        assert server.connections == attempts


def test_a_server_of_plain_http_is_told_within_seconds() -> None:
    """As many do, it waits for the rest of what it takes for a request."""

    def behave(wire: Wire) -> None:
        wire.request()
        wire.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    started = time.monotonic()
    with raw_server(behave) as server:
        url = server.url.replace("http:", "https:")
        with _api(url, timeout=60) as api, pytest.raises(SentryArtifactsError) as raised:
            api.abilities()
        assert time.monotonic() - started < 15
    assert "should the url begin with http://?" in str(raised.value)


@pytest.mark.parametrize("url", ["http://a..b", f"http://{'a' * 70}.invalid", "http://no.invalid"])
def test_an_address_that_leads_nowhere_is_told_at_once(url: str) -> None:
    with _api(url, timeout=60) as api, pytest.raises(SentryArtifactsError):
        api.abilities()
    assert api.transport.requests <= 2
    assert api.transport.bytes_sent == 0


def test_a_compressed_response_is_read() -> None:
    said = b'{"version": "0", "auth": {"scopes": ["org:ci"]}, "user": null}'
    for body in (gzip.compress(said), gzip.compress(said[:9]) + gzip.compress(said[9:])):
        with raw_server(_answer(_GZIP, body)) as server, _api(server.url) as api:
            assert api.abilities().scopes == ("org:ci",)


def _asset(size: int) -> Asset:
    return Asset("a.js", "~/a.js", size, "", 0, {}, lambda: io.BytesIO(bytes(size)))


def test_bytes_sent_are_those_that_left() -> None:
    """None of a request that found no server; of one that was cut half way, what was written."""
    size = 30_000_000

    def read_a_part(wire: Wire) -> None:
        wire.request()
        wire.reset()

    with raw_server(read_a_part) as server:
        with _api(server.url) as api, pytest.raises(SentryArtifactsError):
            api.upload_release_file("1.0", _asset(size), None)
        assert 0 < api.transport.bytes_sent < api.transport.requests * size / 2
    with _api(server.url) as api, pytest.raises(SentryArtifactsError):
        api.upload_release_file("1.0", _asset(size), None)
    assert api.transport.requests == QUICK.attempts
    assert api.transport.bytes_sent == 0


def test_bytes_of_a_body_are_counted_without_its_headers() -> None:
    bodies: list[int] = []

    def take(wire: Wire) -> None:
        bodies.append(len(wire.request().partition(b"\r\n\r\n")[2]))
        wire.send(b"HTTP/1.1 204 -\r\n\r\n")

    with raw_server(take) as server, _api(server.url) as api:
        api.transport.request("PUT", "/", {"name": "~/a.js"})
        api.transport.request("GET", "/")
        assert api.transport.bytes_sent == bodies[0] == len(b'{"name": "~/a.js"}')


@pytest.mark.parametrize("shape", ["{}", "x%2F{}%3D", '{{"detail": "' + "a" * 290 + '{}"}}'])
def test_a_token_that_comes_back_is_masked_before_anything_is_cut(shape: str) -> None:
    body = shape.format(_TOKEN).encode()
    head = b"400 -\r\nLocation: " + shape.format(_TOKEN).encode()
    with (
        raw_server(_answer(head, body)) as server,
        _api(server.url) as api,
        pytest.raises(SentryArtifactsError) as raised,
    ):
        api.require_project("web")
    assert "5ecre7" not in str(raised.value)
