"""Pages for people, and who may see them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
import zipfile

import pytest

from .client import Client


def _text(html: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL).split())


def test_the_front_page_lists_releases_with_number_and_size_of_files(client: Client) -> None:
    client.upload("~/a.js", b"x" * 1000)
    client.upload("~/b.js", b"x" * 1048)
    client.create_release("2.0 beta")
    answer = client.page("/")
    assert answer.status == 200
    text = _text(answer.data.decode())
    assert re.search(r"Releases of acme .* 2\.0 beta 0 0 B web .* 1\.0 2 2\.0 kB web", text)
    assert 'href="/releases/2.0%20beta/"' in answer.data.decode()


def test_a_release_has_the_address_that_sentry_has_for_it(client: Client) -> None:
    answer = client.page("/organizations/acme/releases/2.0%20beta/")
    assert answer.status == 302
    assert answer.headers["Location"] == "/releases/2.0%20beta/"
    assert client.page("/organizations/other/releases/1.0/").status == 404


def test_a_release_lists_its_files(client: Client) -> None:
    client.upload("~/a.js", b"content", "Sourcemap: a.js.map")
    text = _text(client.page("/releases/1.0/").data.decode())
    assert re.search(r"Release 1\.0 1 file, 7 B · projects: web · created \d{4}-\d\d-\d\d", text)
    assert re.search(r"~/a\.js 7 B 040f06fd77 .* Sourcemap: a\.js\.map \d{4}.* download", text)


def test_a_file_can_be_saved_from_its_link(client: Client) -> None:
    client.upload("~/folder/é.js", b"content")
    (link,) = re.findall(r'href="(/releases/1\.0/files/\d+/download/)"', _page(client))
    answer = client.page(link)
    assert (answer.status, answer.data) == (200, b"content")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")


def _page(client: Client) -> str:
    return client.page("/releases/1.0/").data.decode()


def _store_bundle(client: Client, url: str, kind: str = "minified_source") -> str:
    """Return a bundle of one file, and its page."""
    debug_id = "11111111-2222-3333-4444-555555555555"
    headers = {"debug-id": debug_id, "sourcemap": f"{url}.map"}
    info = {"url": url, "type": kind, "headers": headers}
    manifest = {"release": "1.0", "dist": "d1", "files": {"files/a.js": info, "gone": {}}}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest))
        archive.writestr(zipfile.ZipInfo("files/a.js"), b"content")
    sha1 = hashlib.sha1(file.getvalue(), usedforsecurity=False).hexdigest()
    organization = "/api/0/organizations/acme/"
    client.ask("POST", f"{organization}chunk-upload/", fields=[("file", (sha1, file.getvalue()))])
    body = {"checksum": sha1, "chunks": [sha1], "projects": ["web"]}
    client.ask("POST", f"{organization}artifactbundle/assemble/", json=body)
    return f"/artifact-bundles/{uuid.UUID(sha1[:32])}/"


def test_bundles_are_listed_on_the_front_page_and_with_their_release(client: Client) -> None:
    page = _store_bundle(client, "~/a.js")
    client.create_release("2.0")
    for path in ("/", "/releases/1.0/"):
        html = client.page(path).data.decode()
        assert re.search(r"Artifact bundles .* 1\.0 \(dist d1\) web \d{4}.* 2 \d+ B", _text(html))
        assert f'href="{page}"' in html
    assert "Table of artifact bundles" not in client.page("/releases/2.0/").data.decode()


def test_a_bundle_lists_its_files_which_can_be_saved(client: Client) -> None:
    html = client.page(_store_bundle(client, "~/a.js")).data.decode()
    text = _text(html)
    assert re.search(r"2 files, \d+ B as a bundle · projects: web · release 1\.0 , dist d1", text)
    assert (
        "~/a.js minified_source 11111111-2222-3333-4444-555555555555 7 B"
        " sourcemap: ~/a.js.map download" in text
    )
    assert "gone not in the bundle" in text
    (link,) = re.findall(r'href="(/artifact-bundles/[-\w]+/files/[-\w=]+/download/)"', html)
    answer = client.page(link)
    assert (answer.status, answer.data) == (200, b"content")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")


def test_what_a_manifest_says_cannot_become_part_of_a_page(client: Client) -> None:
    markup = '"><script>alert(1)<x>'
    answer = client.page(_store_bundle(client, markup, markup))
    assert b"alert(1)" in answer.data
    assert b"<script>" not in answer.data


def test_what_was_uploaded_cannot_become_part_of_a_page(client: Client) -> None:
    markup = '"><script>alert(1)<x>'
    client.upload(markup, b"content", f"{markup}:{markup}")
    client.create_release(markup.replace("/", ""))
    for path in ("/", "/releases/1.0/"):
        answer = client.page(path)
        assert b"alert(1)" in answer.data
        assert b"<script>" not in answer.data
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_no_releases_and_no_files_are_said_so(client: Client) -> None:
    assert "No files yet." in _text(_page(client))
    client.ask("DELETE", f"{client.releases}1.0/")
    assert "No releases yet." in _text(client.page("/").data.decode())


@pytest.mark.parametrize(
    "path",
    [
        "/releases/9/",
        "/releases/1.0/files/9/",
        "/artifact-bundles/9/",
        "/artifact-bundles/9/files/YQ==/",
        "/artifact-bundles/9/files/x/",
        "/nothing/",
    ],
)
def test_what_is_not_there_is_a_404(client: Client, path: str) -> None:
    assert client.page(path).status == 404


@pytest.mark.parametrize("host", ["example.invalid", "127.0.0.1.example.invalid:80", "[::2]", ""])
def test_requests_for_another_host_are_refused(client: Client, host: str) -> None:
    # A web page whose name is made to point to 127.0.0.1 could read everything otherwise.
    for path in ("/", client.files):
        answer = client.ask("GET", path, headers={"Host": host})
        assert answer.status == 400
        assert answer.data == b"This server answers only on 127.0.0.1 and localhost.\n"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1:80", "[::1]:80"])
def test_every_name_of_this_machine_is_answered(client: Client, host: str) -> None:
    assert client.ask("GET", "/", headers={"Host": host}).status == 200


def test_a_release_lists_its_deploys_and_what_it_is_made_from(client: Client) -> None:
    client.create_release()
    release = "/api/0/organizations/acme/releases/1.0/"
    client.ask("PUT", release, json={"ref": "v1", "status": "archived"})
    deploy = {"environment": "staging", "name": "<blue>", "dateFinished": "2024-01-02T03:04:05Z"}
    client.ask("POST", f"{release}deploys/", json=deploy)
    text = _text(_page(client))
    assert "· archived · made from v1" in text
    assert "Deploys Environment Name Address Finished staging &lt;blue&gt; 2024-01-02" in text
    assert "1.0 archived 0 0 B" in _text(client.page("/").data.decode())
