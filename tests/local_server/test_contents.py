"""Contents on disk: each once, complete or not at all, however many write at once."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from tests.support import sha1

from .client import Client, Process, client_of, details

pytestmark = pytest.mark.smoke

_MEBIBYTE = 1 << 20
_LARGE = 200 * _MEBIBYTE


def _blobs(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (folder / "blobs").glob("*/*")}


def test_a_content_is_stored_once_and_goes_with_its_last_file(client: Client, folder: Path) -> None:
    client.upload("~/a.js", b"same")
    client.upload("~/b.js", b"same")
    assert _blobs(folder) == {sha1(b"same"): b"same"}
    for file_id in client.listed().values():
        assert _blobs(folder) == {sha1(b"same"): b"same"}
        assert client.ask("DELETE", f"{client.files}{file_id}/").status == 204
    assert _blobs(folder) == {}


def test_contents_go_with_their_release(client: Client, folder: Path) -> None:
    client.upload("~/a.js", b"one")
    assert client.ask("DELETE", f"{client.releases}1.0/").status == 204
    assert _blobs(folder) == {}


def test_refused_uploads_leave_nothing(client: Client, folder: Path) -> None:
    client.upload("~/a.js", b"one")
    assert client.upload("~/a.js", b"two").status == 409
    assert client.upload("file", b"two").status == 400
    assert client.upload("~/b.js", b"two", "no colon").status == 400
    assert set(_blobs(folder).values()) == {b"one"}
    assert list((folder / "incoming").iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(client: Client, folder: Path) -> None:
    address = urlsplit(client.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        head = (
            f"POST {client.files} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {DEFAULT_TOKEN}\r\nContent-Length: 5000000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.js"\r\n\r\n'
        )
        connection.sendall(head.encode() + b"x" * 1_000_000)
    assert client.listed() == {}
    assert _blobs(folder) == {}
    assert list((folder / "incoming").iterdir()) == []


@pytest.mark.slow
def test_many_threads_store_and_delete_at_once(client: Client, folder: Path) -> None:
    # Few contents under many names: storing and deleting the same content meet all the time.
    def store(number: int) -> int:
        content = b"%d" % (number % 3)
        answer = client.upload(f"~/{number}.js", content)
        assert answer.status == 201
        file_id = int(details(answer)["id"])
        assert client.download(file_id) == content
        if number % 2:
            assert client.ask("DELETE", f"{client.files}{file_id}/").status == 204
        return file_id

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store, range(120)))
    listed = client.listed()
    assert set(listed) == {f"~/{number}.js" for number in range(0, 120, 2)}
    for number in range(0, 120, 2):
        assert client.download(listed[f"~/{number}.js"]) == b"%d" % (number % 3)
    assert len(_blobs(folder)) == 3


def _large_body(content: bytes, total: int) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.js"\r\n\r\n'
    for _ in range(total // len(content)):
        yield content
    yield b"\r\n--x--\r\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in other units elsewhere")
def test_a_large_upload_is_not_held_in_memory(folder: Path) -> None:
    block = bytes(range(256)) * 4096
    with Process(folder) as process, client_of(process.url) as client:
        client.create_release()
        ends = sum(len(piece) for piece in _large_body(block, 0))
        answer = client.ask(
            "POST",
            client.files,
            body=_large_body(block, _LARGE),
            headers={
                "Content-Type": "multipart/form-data; boundary=x",
                "Content-Length": str(ends + _LARGE),
            },
        )
        assert details(answer)["size"] == _LARGE
        download = client.ask(
            "GET", f"{client.files}{details(answer)['id']}/?download=1", preload_content=False
        )
        assert sum(len(piece) for piece in download.stream(_MEBIBYTE)) == _LARGE
        process.process.terminate()
        assert process.read_line() == "ended"
        assert int(process.read_line()) < 100 * 1024  # KiB
