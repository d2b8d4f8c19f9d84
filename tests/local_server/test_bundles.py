"""Artifact bundles on the local server: what a real one does not show, or not that quickly."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.bundles import states
from hatch_sentry_artifacts.local_server.server import LocalServer, Settings
from hatch_sentry_artifacts.local_server.settings import ChunkUpload
from tests.support import sha1

from .client import Client, Process, client_of

_CHUNKS = "/api/0/organizations/acme/chunk-upload/"
_ASSEMBLE = "/api/0/organizations/acme/artifactbundle/assemble/"
_BUNDLES = "/api/0/projects/acme/web/files/artifact-bundles/"
_V2_LEFT_OUT = ChunkUpload(accept=("artifact_bundles",))


def _bundle(content: bytes = b"a()", release: str | None = "1.0", **more: str) -> bytes:
    info = {"url": "~/a.js", "type": "minified_source"}
    manifest = {**({"release": release} if release else {}), **more, "files": {"a.js": info}}
    file = io.BytesIO(b"SYSB\x02\0\0\0")
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest))
        archive.writestr(zipfile.ZipInfo("a.js"), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _send(client: Client, *chunks: bytes) -> int:
    fields = [("file", (sha1(chunk), chunk)) for chunk in chunks]
    return client.ask("POST", _CHUNKS, fields=fields).status


def _assemble(client: Client, bundle: bytes, *chunks: bytes) -> Mapping[str, Any]:
    body = {
        "checksum": sha1(bundle),
        "chunks": [sha1(chunk) for chunk in chunks or (bundle,)],
        "projects": ["web"],
    }
    answer: Mapping[str, Any] = client.ask("POST", _ASSEMBLE, json=body).json()
    return answer


def _states(client: Client, bundle: bytes, *chunks: bytes) -> list[str]:
    """Return the states of the first polls, until one is the end."""
    found: list[str] = []
    while not found or (found[-1] in {"created", "assembling"} and len(found) < 9):
        found.append(_assemble(client, bundle, *chunks)["state"])
    return found


def _listed(client: Client) -> list[Any]:
    bundles: list[Any] = client.ask("GET", _BUNDLES).json()
    return bundles


def _blobs(folder: Path) -> set[str]:
    return {file.name for file in (folder / "blobs").glob("*/*")}


@pytest.fixture
def settings(folder: Path) -> Settings:
    return Settings(folder)


def test_everything_is_there_after_a_restart(settings: Settings) -> None:
    bundle = _bundle()
    with LocalServer(settings) as server, client_of(server.url) as client:
        _send(client, bundle)
        assert _states(client, bundle) == ["created", "ok"]
        before = _listed(client)
        files = f"/api/0/projects/acme/web/artifact-bundles/{before[0]['bundleId']}/files/"
        content = client.ask("GET", files).json()
    with LocalServer(settings) as server, client_of(server.url) as client:
        assert _listed(client) == before
        assert client.ask("GET", files).json() == content
        assert client.ask("GET", f"{files}{content['files'][0]['id']}/").data == b"a()"


def test_chunks_survive_a_kill_and_are_assembled_by_the_next_server(folder: Path) -> None:
    bundle = _bundle()
    with Process(folder) as process, client_of(process.url) as client:
        assert _send(client, bundle[:50], bundle[50:]) == 200
        process.kill()
    with LocalServer(Settings(folder)) as server, client_of(server.url) as client:
        assert _states(client, bundle, bundle[:50], bundle[50:]) == ["created", "ok"]
        assert [found["fileCount"] for found in _listed(client)] == [1]


def test_after_a_restart_the_same_bundle_is_assembled_again_and_stays_one(
    settings: Settings,
) -> None:
    bundle = _bundle()
    for _ in range(2):
        with LocalServer(settings) as server, client_of(server.url) as client:
            _send(client, bundle)
            assert _states(client, bundle) == ["created", "ok"]
            assert len(_listed(client)) == 1


def test_a_state_is_forgotten_in_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "_SECONDS", -1)
    bundle = _bundle()
    _send(client, bundle)
    assert [_assemble(client, bundle)["state"] for _ in range(2)] == ["created", "created"]


def test_without_v2_chunks_have_to_go_first(settings: Settings) -> None:
    bundle, other = _bundle(), _bundle(b"other")
    with (
        LocalServer(replace(settings, chunk_upload=_V2_LEFT_OUT)) as server,
        client_of(server.url) as client,
    ):
        assert client.ask("GET", _CHUNKS).json()["accept"] == ["artifact_bundles"]
        _send(client, bundle)
        assert _states(client, bundle) == ["created", "ok"]
        assert _assemble(client, other)["state"] == "created"
        error = {
            "state": "error",
            "detail": "Not all chunks available for assembling",
            "missingChunks": [],
        }
        assert _assemble(client, other) == error
        _send(client, other)
        assert _assemble(client, other) == error


def test_without_v2_a_bad_bundle_is_an_error_at_the_next_poll(settings: Settings) -> None:
    with (
        LocalServer(replace(settings, chunk_upload=_V2_LEFT_OUT)) as server,
        client_of(server.url) as client,
    ):
        _send(client, b"no zip")
        assert _states(client, b"no zip") == ["created", "error"]
        assert _assemble(client, b"no zip")["detail"] == "the bundle is invalid"


def test_assembling_can_take_some_polls(settings: Settings) -> None:
    slow = replace(settings, chunk_upload=ChunkUpload(assembling_polls=2))
    bundle = _bundle()
    with LocalServer(slow) as server, client_of(server.url) as client:
        _send(client, bundle)
        assert _states(client, bundle) == ["created", "assembling", "assembling", "ok"]


def test_limits_are_announced_and_kept(settings: Settings) -> None:
    limits = ChunkUpload(
        chunk_size=100,
        chunks_per_request=2,
        max_request_size=150,
        max_file_size=120,
        concurrency=1,
        compression=(),
    )
    with (
        LocalServer(replace(settings, chunk_upload=limits)) as server,
        client_of(server.url) as client,
    ):
        announced = client.ask("GET", _CHUNKS).json()
        assert announced["chunkSize"] == 100
        assert announced["chunksPerRequest"] == 2
        assert announced["maxRequestSize"] == 150
        assert announced["maxFileSize"] == 120
        assert announced["concurrency"] == 1
        assert announced["compression"] == []
        assert _send(client, bytes(101)) == 400
        assert _send(client, bytes(100), bytes(51)) == 400
        assert _send(client, b"1", b"2", b"3") == 400
        assert _send(client, bytes(100), bytes(50)) == 200
        assert _send(client, b"x" * 50) == 200
        for chunks in ((bytes(100), bytes(50)), (b"x" * 50,) * 3):  # one that is there, repeated
            large = b"".join(chunks)
            assert _assemble(client, large, *chunks)["state"] == "created"
            assert _assemble(client, large, *chunks)["detail"] == "File exceeds maximum size"


def test_contents_go_with_the_last_thing_that_has_them(client: Client, folder: Path) -> None:
    bundle = _bundle()
    _send(client, bundle)
    assert _states(client, bundle) == ["created", "ok"]
    client.upload("~/bundle.zip", bundle)
    assert _blobs(folder) == {sha1(bundle)}
    client.ask("DELETE", f"{_BUNDLES}?bundleId={_listed(client)[0]['bundleId']}")
    assert _blobs(folder) == {sha1(bundle)}
    client.ask("DELETE", f"{client.files}{client.listed()['~/bundle.zip']}/")
    assert _blobs(folder) == set()


def test_a_bundle_in_pieces_leaves_nothing_when_it_is_deleted(client: Client, folder: Path) -> None:
    bundle = _bundle()
    _send(client, bundle[:9], bundle[9:])
    assert _states(client, bundle, bundle[:9], bundle[9:]) == ["created", "ok"]
    client.ask("DELETE", f"{_BUNDLES}?bundleId={_listed(client)[0]['bundleId']}")
    assert _blobs(folder) == set()
    assert list((folder / "incoming").iterdir()) == []


def test_refused_and_bad_uploads_leave_nothing(client: Client, folder: Path) -> None:
    assert client.ask("POST", _CHUNKS, fields=[("file", ("0" * 40, b"x"))]).status == 400
    assert client.ask("POST", _CHUNKS, fields=[("file_gzip", ("0" * 40, b"x"))]).status == 500
    _send(client, b"no zip")
    assert _states(client, b"no zip") == ["created", "not_found"]
    assert _blobs(folder) == set()
    assert list((folder / "incoming").iterdir()) == []


def test_a_bundle_may_name_its_files_as_it_likes(client: Client, folder: Path) -> None:
    # Nothing is unpacked to a path that comes from a bundle.
    path = "../../outside.js"
    headers = {"content-type": "text/x\r\nX-More: x"}
    manifest = {"release": "1.0", "files": {path: {"url": "~/a.js", "headers": headers}}}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr(path, b"outside")
    bundle = file.getvalue()
    _send(client, bundle)
    assert _states(client, bundle) == ["created", "ok"]
    files = f"/api/0/projects/acme/web/artifact-bundles/{_listed(client)[0]['bundleId']}/files/"
    (found,) = client.ask("GET", files).json()["files"]
    answer = client.ask("GET", f"{files}{found['id']}/")
    assert answer.data == b"outside"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="outside.js"'
    assert [path.name for path in folder.parent.rglob("outside*")] == []


def test_a_manifest_that_unpacks_to_too_much_is_invalid(client: Client) -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("manifest.json", "w") as manifest,
    ):
        for _ in range(129):
            manifest.write(bytes(1 << 20))
    bundle = file.getvalue()
    _send(client, bundle)
    assert _states(client, bundle) == ["created", "not_found"]


def test_many_clients_send_and_assemble_the_same_at_once(client: Client, folder: Path) -> None:
    bundles = [_bundle(b"%d" % number) for number in range(3)]

    def store(number: int) -> str:
        bundle = bundles[number % 3]
        half = len(bundle) // 2
        assert _send(client, bundle[:half], bundle[half:]) == 200
        return _states(client, bundle, bundle[:half], bundle[half:])[-1]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(store, range(48))) <= {"ok", "created"}
    assert len(_listed(client)) == 3
    assert list((folder / "incoming").iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in other units elsewhere")
def test_a_large_bundle_is_not_held_in_memory(folder: Path, tmp_path: Path) -> None:
    file, block = tmp_path / "bundle.zip", bytes(range(256)) * 4096
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"release": "1.0", "files": {"a.js": {}}}))
        with archive.open("a.js", "w") as entry:
            for _ in range(200):
                entry.write(block)
    checksum, chunks = hashlib.sha1(usedforsecurity=False), []
    with Process(folder) as process, client_of(process.url) as client:
        with file.open("rb") as content:
            while chunk := content.read(8 << 20):
                checksum.update(chunk)
                chunks.append(sha1(chunk))
                assert _send(client, chunk) == 200
        body = {"checksum": checksum.hexdigest(), "chunks": chunks, "projects": ["web"]}
        found = [client.ask("POST", _ASSEMBLE, json=body).json()["state"] for _ in range(2)]
        assert found == ["created", "ok"]
        (bundle,) = _listed(client)
        path = f"/api/0/projects/acme/web/artifact-bundles/{bundle['bundleId']}/files/YS5qcw==/"
        download = client.ask("GET", path, preload_content=False)
        assert sum(len(piece) for piece in download.stream(1 << 20)) == 200 << 20
        process.process.terminate()
        assert process.read_line() == "ended"
        assert int(process.read_line()) < 100 * 1024  # KiB
