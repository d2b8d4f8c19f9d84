"""Servers are trusted by their certificates, and proxies are used as the environment says."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.support import make_wheel

from .connect_proxy import ConnectProxy
from .exchange import Fault
from .fault_proxy import FaultProxy
from .faults import close_afterwards, close_unanswered, cut_answer, lose_answer, reset_after
from .running import RemoteRelease, Uploader, expected, some_files

_PASSWORD = "p4ssw0rd-of-the-proxy"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "bundle.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def secure(shared_server: LocalServer, authority: trustme.CA) -> Iterator[FaultProxy]:
    """Yield the server, spoken to in HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with FaultProxy(shared_server.url, tls=context) as running:
        yield running


@pytest.fixture
def upload(secure: FaultProxy, release: RemoteRelease, tmp_path: Path) -> Uploader:
    return Uploader(secure.url, release.version, tmp_path)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path, files=some_files(5))


def test_unknown_authority_is_told_with_what_to_set(
    upload: Uploader, secure: FaultProxy, wheel: Path
) -> None:
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 5})
    assert "no trusted connection" in run.message
    assert "certificate verify failed" in run.message
    assert "REQUESTS_CA_BUNDLE or SSL_CERT_FILE" in run.message
    assert not secure.requests


def test_server_without_tls_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer_once() -> None:
            connection, _ = plain.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 -\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer_once)
        thread.start()
        upload = Uploader(f"https://127.0.0.1:{plain.getsockname()[1]}", "1.2.0", tmp_path)
        run = upload(make_wheel(tmp_path, files=some_files(1)))
        thread.join()
    assert run.exit_code == 1
    assert "should the url begin with http://?" in run.message
    assert run.report is not None
    assert run.report.requests == 1


def test_certificate_of_another_host_is_not_trusted(
    *,
    upload: Uploader,
    secure: FaultProxy,
    wheel: Path,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    upload.url = secure.url.replace("localhost", "127.0.0.1")
    run = upload(wheel)
    assert run.exit_code == 1
    assert "no trusted connection" in run.message
    assert not secure.requests


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_own_authority_is_trusted_once_it_is_named(
    *,
    upload: Uploader,
    release: RemoteRelease,
    wheel: Path,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, str(bundle))
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 5})
    assert release.files() == expected(some_files(5))


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "other content"])
def test_bundle_that_cannot_be_read_is_a_wrong_configuration(
    *,
    upload: Uploader,
    wheel: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: str | None,
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content, "utf-8")
    monkeypatch.setenv(variable, str(file))
    run = upload(wheel)
    assert run.exit_code == 2
    assert run.message.startswith(f"{variable}: {file} cannot be read as certificates")


@pytest.mark.parametrize(
    "fault",
    [
        reset_after(0),
        reset_after(500_000),
        close_unanswered,
        lose_answer,
        cut_answer(8),
        cut_answer(-20),
        close_afterwards,
    ],
    ids=["reset", "reset in mid-body", "closed", "lost", "cut at once", "cut", "closed afterwards"],
)
def test_everything_arrives_once_over_broken_secure_connections(
    *,
    upload: Uploader,
    secure: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    files = {**some_files(5), "shop/big.js": b"big;" * 500_000}
    secure.on(fault, name="~/big.js", times=2)
    secure.on(fault, times=2)
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.summary) == (0, {"uploaded": 6}), run.lines
    assert release.files() == expected(files)


@pytest.fixture
def connect_proxy(upload: Uploader) -> Iterator[ConnectProxy]:
    with ConnectProxy("someone", _PASSWORD) as running:
        upload.secrets += [_PASSWORD, running.credentials.partition(" ")[2]]
        yield running


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_of_the_environment_is_used(
    *,
    upload: Uploader,
    secure: FaultProxy,
    connect_proxy: ConnectProxy,
    wheel: Path,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv(variable, f"http://someone:{_PASSWORD}@{connect_proxy.address}")
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 5})
    assert len(connect_proxy.tunnels) == secure.connections > 0
    assert set(connect_proxy.tunnels) == {secure.url.removeprefix("https://")}
    assert not [request for request in secure.requests if "proxy-authorization" in request.headers]


def test_server_in_no_proxy_is_spoken_to_directly(
    *,
    upload: Uploader,
    connect_proxy: ConnectProxy,
    wheel: Path,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{_PASSWORD}@{connect_proxy.address}")
    monkeypatch.setenv("NO_PROXY", "example.org,localhost")
    assert upload(wheel).summary == {"uploaded": 5}
    assert (connect_proxy.tunnels, connect_proxy.refused) == ([], 0)


def test_proxy_that_refuses_is_told_without_its_credentials(
    upload: Uploader, connect_proxy: ConnectProxy, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload.secrets.append("a-wrong-password")
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:a-wrong-password@{connect_proxy.address}")
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 5})
    assert "proxy" in run.message
    assert "407" in run.message


def test_proxy_that_is_not_there_is_told_without_its_credentials(
    upload: Uploader, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload.secrets.append(_PASSWORD)
    with ConnectProxy("someone", _PASSWORD) as gone:
        address = gone.address
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{_PASSWORD}@{address}")
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 5})
    assert "the proxy that is set here" in run.message


def test_proxy_that_is_no_address_is_a_wrong_configuration(
    upload: Uploader, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload.secrets.append(_PASSWORD)
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://someone:{_PASSWORD}@127.0.0.1:1080")
    run = upload(wheel)
    assert run.exit_code == 2
    assert "HTTPS_PROXY" in run.message
