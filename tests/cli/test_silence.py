"""A server that does not answer, and a port without TLS, are told while one waits."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from tests.support.shell import Shell

pytestmark = pytest.mark.integration


@pytest.fixture
def mute() -> Iterator[int]:
    """Yield the port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def patient() -> Iterator[int]:
    """Yield the port of a server of HTTP without TLS, which waits for a whole request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_answer_all, args=[server], daemon=True).start()
        yield int(server.getsockname()[1])


def _answer_all(server: socket.socket) -> None:
    kept = []  # open, as those of a server that waits
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        kept.append(connection)
        connection.settimeout(20)
        # The client's first message of TLS has no such line.
        if connection.recv(4096).startswith(b"HEAD "):
            connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_check_gives_up_soon(
    shell: Shell, mute: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hatch_sentry_artifacts.cli.check._PATIENCE", 6.0)
    began = time.monotonic()
    done = shell.run("check", "--url", f"{scheme}://127.0.0.1:{mute}")
    assert done.code == 1
    assert "FAILED   server" in done.out
    assert "did not answer in " in done.out
    assert "run this again" not in done.out
    assert time.monotonic() - began < 12


def test_check_waits_as_long_as_it_is_told(shell: Shell, mute: int) -> None:
    done = shell.run("check", "--url", f"http://127.0.0.1:{mute}", "--timeout", "0.2")
    assert done.code == 1
    assert re.search(r"GET /api/0/ did not answer in \d(\.\d)? s\n", done.out)


@pytest.mark.slow  # every attempt is waited for
def test_each_attempt_of_an_upload_is_told(shell: Shell, mute: int) -> None:
    done = shell.run("upload", "--url", f"http://127.0.0.1:{mute}", "--timeout", "0.2")
    assert done.code == 1
    told = [line for line in done.err.splitlines() if "; attempt " in line]
    assert re.search(r"/ did not answer in \d(\.\d)? s; attempt 2 of 6 follows in ", told[0])
    assert [line.partition(" follows ")[0] for line in told[1:]] == [
        f"sentry-artifacts: the same again; attempt {number} of 6" for number in range(3, 7)
    ]
    last = done.err.splitlines()[-1]
    assert re.search(r"did not answer in \d(\.\d)? s, 6 times; what is missing is sent", last)


@pytest.mark.parametrize("command", ["check", "upload"])
def test_port_without_tls_is_told_at_once(shell: Shell, patient: int, command: str) -> None:
    began = time.monotonic()
    done = shell.run(command, "--url", f"https://127.0.0.1:{patient}")
    assert done.code == 1
    assert "speaks no TLS there: should the url begin with http://?" in done.out + done.err
    assert time.monotonic() - began < 10
