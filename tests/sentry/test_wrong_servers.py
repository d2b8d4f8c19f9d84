"""What answers like no Sentry server is told clearly, and never gets more than it was asked for."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.support import make_wheel

from .exchange import Fault
from .fault_proxy import FaultProxy
from .faults import answer, close_unanswered
from .running import RemoteRelease, Uploader, expected, some_files

_HTML = b"<!doctype html><title>Welcome</title>"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "upload"])
def test_redirect_is_told_and_not_followed(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    status: int,
    method: str,
) -> None:
    release.create()
    with FaultProxy(proxy.target) as elsewhere:
        fault = answer(status, {"Location": f"{elsewhere.url}/other/"}, b"")
        path = "/files/" if method == "upload" else "/releases/"
        verb = "GET" if method == "GET" else "POST"
        proxy.on(fault, method=verb, path=path, times=float("inf"))
        run = upload(make_wheel(tmp_path, files=some_files(1)))
        assert elsewhere.connections == 0
    said = run.error_of("~/static/js/app-000.js") if method == "upload" else run.message
    assert run.exit_code == 1
    assert f"redirects to {elsewhere.url}/other/" in said
    assert "set the url to it" in said
    assert release.files() == []


@pytest.mark.parametrize("method", ["GET", "upload"])
def test_page_in_place_of_an_answer_is_told(
    *, upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path, method: str
) -> None:
    release.create()
    path = "/files/" if method == "upload" else "/releases/"
    verb = "GET" if method == "GET" else "POST"
    proxy.on(answer(200, {"Content-Type": "text/html"}, _HTML), method=verb, path=path)
    files = some_files(3)
    wheel = make_wheel(tmp_path, files=files)
    run = upload(wheel, workers=1)
    assert run.exit_code == 1
    said = "\n".join([run.message, *run.lines])
    assert "not JSON" in said
    assert "is the url that of a Sentry server" in said
    assert run.summary == ({"uploaded": 2, "failed": 1} if method == "upload" else {"failed": 3})
    assert upload(wheel).exit_code == 0
    assert release.files() == expected(files)


def test_json_that_no_sentry_server_gives_is_told(
    upload: Uploader, proxy: FaultProxy, tmp_path: Path
) -> None:
    proxy.on(answer(201, body=b'["ok"]'), path="/acme/releases/")
    run = upload(make_wheel(tmp_path, files=some_files(1)))
    assert run.exit_code == 1
    assert "Sentry server" in run.message


def test_token_in_an_answer_is_not_shown(
    upload: Uploader, proxy: FaultProxy, tmp_path: Path
) -> None:
    # The uploader looks for tokens in all that is shown; these servers send them back.
    secret = upload.secrets[0].encode()
    proxy.on(answer(400, body=b'{"detail": "you sent %s"}' % secret), times=3)
    proxy.on(answer(503, body=b'{"detail": "you sent %s"}' % secret), times=float("inf"))
    run = upload(make_wheel(tmp_path, files=some_files(5)), workers=1)
    assert run.summary == {"failed": 5}
    assert any("you sent [token hidden]" in line for line in run.lines)

    location = {"Location": f"{proxy.url}/{secret.decode()}/"}
    proxy.on(answer(301, location), method="GET", path="/releases/")
    assert "redirects to" in upload(make_wheel(tmp_path, files=some_files(1))).message


def test_server_that_never_speaks_http_is_told(tmp_path: Path, release: RemoteRelease) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        upload = Uploader(url, release.version, tmp_path)
        run = upload(make_wheel(tmp_path, files=some_files(1)), timeout=0.05)
    assert run.exit_code == 1
    assert re.search(r"did not answer in \d(\.\d)? s, 5 times", run.message)


@pytest.mark.parametrize("fault", [close_unanswered, answer(500)], ids=["closed", "500"])
def test_path_at_which_the_server_fails_is_doubted(
    proxy: FaultProxy, release: RemoteRelease, tmp_path: Path, fault: Fault
) -> None:
    proxy.on(fault, method="GET", path="/some/path/", times=float("inf"))
    wheel = make_wheel(tmp_path, files=some_files(1))
    run = Uploader(f"{proxy.url}/some/path", release.version, tmp_path)(wheel)
    assert run.exit_code == 1
    assert "its path, /some/path, may be no part of the server's address" in run.message
    assert f"set the url (SENTRY_URL) to {proxy.url}" in run.message


def test_server_without_a_path_that_fails_is_not_doubted(
    upload: Uploader, proxy: FaultProxy, tmp_path: Path
) -> None:
    proxy.on(close_unanswered, method="GET", path="/", times=float("inf"))
    run = upload(make_wheel(tmp_path, files=some_files(1)))
    assert run.exit_code == 1
    assert "its path" not in run.message
