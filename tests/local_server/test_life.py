"""Start, stop, restart, and sudden death."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings

from .client import Process, client_of


def _connect(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.hostname is not None
    return socket.create_connection((address.hostname, address.port or 0), timeout=10)


def test_everything_is_there_after_a_restart(folder: Path) -> None:
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        client.create_release()
        client.upload("~/a.js", b"one", "Sourcemap: a.js.map")
        before = client.ask("GET", client.files).json()
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        assert client.ask("GET", client.files).json() == before
        assert client.download(client.listed()["~/a.js"]) == b"one"
        assert client.upload("~/a.js", b"two").status == 409


def test_the_folder_may_be_relative(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    with LocalServer(Settings(Path("data"))) as server, client_of(server.url) as client:
        client.create_release()
        client.upload("~/a.js", b"one")
        assert client.download(client.listed()["~/a.js"]) == b"one"


def test_what_was_answered_survives_a_kill(folder: Path) -> None:
    contents = {f"~/{number}.js": b"%d" % number * 1000 for number in range(20)}
    with Process(folder) as process, client_of(process.url) as client:
        client.create_release()
        for name, content in contents.items():
            assert client.upload(name, content).status == 201
        process.kill()
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        listed = client.listed()
        assert {name: client.download(listed[name]) for name in listed} == contents


def test_a_start_clears_up_what_a_kill_left(folder: Path) -> None:
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        client.create_release()
        client.upload("~/a.js", b"kept")
    stale = [folder / "incoming" / "upload-x", folder / "blobs" / "ab" / ("ab" * 20)]
    for file in stale:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"left")
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        assert not any(file.exists() for file in stale)
        assert client.download(client.listed()["~/a.js"]) == b"kept"


def test_a_stop_is_prompt_and_leaves_nothing_behind(folder: Path) -> None:
    threads = set(threading.enumerate())
    server = LocalServer(Settings(folder))
    server.start()
    with _connect(server.url) as idle, _connect(server.url) as halfway:
        halfway.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n")
        halfway.sendall(b"x" * 1_000_000)  # more than is held in memory
        with client_of(server.url) as client:
            client.create_release()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 2
        assert idle.recv(1) == b""
    assert set(threading.enumerate()) == threads
    with pytest.raises(ConnectionRefusedError):
        _connect(server.url)


@pytest.mark.slow
def test_started_and_stopped_again_and_again(folder: Path) -> None:
    # A thread that wakes the server after its end would write into a file of the next one.
    for _ in range(50):
        with LocalServer(Settings(folder), threads=4) as server, client_of(server.url) as client:
            client.create_release()
            assert client.listed() == {}


def test_stopped_twice_or_never_started(folder: Path) -> None:
    server = LocalServer(Settings(folder))
    server.stop()
    server.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_forever_ends_cleanly_on_a_signal(folder: Path, number: signal.Signals) -> None:
    with Process(folder) as process, client_of(process.url) as client:
        client.create_release()
        process.process.send_signal(number)
        assert process.read_line() == "ended"
        assert process.process.wait(timeout=30) == 0


def test_a_port_that_is_taken_is_said_so(folder: Path) -> None:
    with LocalServer(Settings(folder)) as server:
        port = urlsplit(server.url).port or 0
        with pytest.raises(ConfigurationError, match=rf"^port {port} of 127\.0\.0\.1 cannot be"):
            LocalServer(Settings(folder), port)


def test_a_port_can_be_chosen_and_used_again(folder: Path) -> None:
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        client.create_release()
        port = urlsplit(server.url).port or 0
    with LocalServer(Settings(folder), port) as again, client_of(again.url) as client:
        assert again.url == server.url
        client.create_release()


def test_a_folder_has_one_server_at_a_time(folder: Path) -> None:
    with (
        LocalServer(Settings(folder)),
        pytest.raises(ConfigurationError, match=r"sentry\.sqlite3 is in use: stop the other"),
    ):
        LocalServer(Settings(folder)).start()


def test_a_file_that_is_no_database_is_said_so(folder: Path) -> None:
    folder.mkdir()
    (folder / "sentry.sqlite3").write_bytes(b"This is text, and of more than a hundred bytes. " * 9)
    with pytest.raises(ConfigurationError, match=r"sentry\.sqlite3 is not usable"):
        LocalServer(Settings(folder)).start()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"file.* cannot be used"):
        LocalServer(Settings(tmp_path / "file" / "server")).start()


def test_settings_show_no_tokens(folder: Path) -> None:
    assert DEFAULT_TOKEN not in repr(Settings(folder))
