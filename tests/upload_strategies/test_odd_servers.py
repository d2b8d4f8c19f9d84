"""What a server says of itself is told where it cannot be, and the token goes to it alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hatch_sentry_artifacts.configuration.credentials.settings import find_settings
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.errors import ServerRefused
from hatch_sentry_artifacts.sentry.bundles.bundle_api import BundleApi
from hatch_sentry_artifacts.sentry.session import connected
from tests.sentry import running
from tests.sentry.exchange import Fault
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer

from .chunk_proxy import ASSEMBLE, CHUNKS, changed_answer, say
from .site import Site, scripts, urls, wheel_of

_ALWAYS = float("inf")
_HTML = answer(404, {"Content-Type": "text/html"}, b"<title>Unimplemented API endpoint</title>")
_JSON = say({"detail": "The requested resource does not exist"}, 404)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return wheel_of(tmp_path, scripts(3))


@pytest.mark.parametrize("fault", [_HTML, _JSON], ids=["page", "JSON"])
def test_server_without_chunk_upload_is_told_with_the_other_way(
    site: Site, wheel: Path, fault: Fault
) -> None:
    site.proxy.on(fault, method="GET", path=CHUNKS)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (3, {"failed": 3})
    assert 'takes no artifact bundles: set `upload-as` to "release-files"' in run.message


@pytest.mark.parametrize("accept", [(), ("debug_files", "release_files")])
def test_server_without_artifact_bundles_is_told_with_the_other_way(
    serve: Callable[..., Site], wheel: Path, accept: tuple[str, ...]
) -> None:
    site = serve(accept=accept)
    run = site.upload(wheel)
    assert run.exit_code == 3
    assert 'set `upload-as` to "release-files"' in run.message
    assert site.proxy.steps == ["GET chunk-upload"]


def test_server_with_neither_way_is_told(site: Site, wheel: Path) -> None:
    site.proxy.on(_HTML, method="GET", path="/api/", times=_ALWAYS)
    run = site.upload(wheel)
    assert run.exit_code == 3
    assert "takes neither artifact bundles nor release files: is the url" in run.message


def test_unknown_organization_is_told(
    site: Site, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ORGANIZATION", "nobody")
    run = site.upload(wheel)
    assert run.exit_code == 3
    assert 'knows no organization "nobody"' in run.message


@pytest.mark.parametrize(("setting", "slug"), [("ORGANIZATION", "nobody"), ("PROJECT", "nothing")])
def test_dry_run_misses_what_an_upload_would_miss(
    *, site: Site, wheel: Path, monkeypatch: pytest.MonkeyPatch, setting: str, slug: str
) -> None:
    monkeypatch.setattr(running, setting, slug)
    run = site.upload(wheel, dry_run=True)
    assert run.exit_code == 3
    assert f'no {setting.lower()} "{slug}"' in run.message
    assert not site.proxy.orders


def test_dry_run_goes_on_where_projects_are_not_told(site: Site, wheel: Path) -> None:
    site.proxy.on(_HTML, method="GET", path="/releases/", times=_ALWAYS)
    run = site.upload(wheel, dry_run=True)
    assert (run.exit_code, run.summary) == (0, {"planned": 3})


def test_unknown_project_is_told_before_anything_is_sent(
    site: Site, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PROJECT", "nothing")
    run = site.upload(wheel)
    assert run.exit_code == 3
    assert 'has no project "nothing"' in run.message
    assert not site.proxy.posts


def test_unknown_project_is_told_by_the_bundle_where_no_release_is_to_be_made(
    site: Site, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PROJECT", "nothing")
    run = site.upload(wheel, create_release=False)
    assert run.exit_code == 3
    assert "does not take the bundle for the project nothing" in run.message
    assert "One or more projects are invalid" in run.message
    assert not site.proxy.posts


@pytest.mark.parametrize(
    "values",
    [
        {"chunkSize": 0},
        {"chunkSize": -1},
        {"chunkSize": 1},
        {"maxRequestSize": 1000},
        {"chunkSize": "much"},
        {"chunkSize": None},
        {"chunkSize": [1]},
        {"chunksPerRequest": 0},
        {"chunksPerRequest": {}},
        {"maxRequestSize": 0},
        {"maxRequestSize": None},
        {"maxFileSize": "x"},
        {"concurrency": 0},
        {"concurrency": None},
        {"hashAlgorithm": "sha256"},
        {"hashAlgorithm": None},
        {"compression": 1},
        {"accept": 1},
        {"accept": [{}]},
        {"url": None},
        {"url": 5},
        {"url": "http://[::1"},
    ],
    ids=str,
)
def test_limits_that_no_server_has_are_told(
    site: Site, wheel: Path, values: dict[str, object]
) -> None:
    site.proxy.on(changed_answer(**values), method="GET", path=CHUNKS)
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (1, {"failed": 3})
    assert "says of its chunk upload what no Sentry server says" in run.message
    assert not site.proxy.posts
    assert not site.proxy.orders


@pytest.mark.parametrize("said", [[], "text", None, 5], ids=str)
def test_limits_that_are_no_object_are_told(site: Site, wheel: Path, said: object) -> None:
    site.proxy.on(say(said), method="GET", path=CHUNKS)
    run = site.upload(wheel)
    assert run.exit_code == 1
    assert "is the url that of a Sentry server?" in run.message


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"state": "great"},
        {"state": None},
        {"state": []},
        {"state": "created", "missingChunks": 5},
    ],
    ids=str,
)
def test_state_that_no_server_knows_is_told_at_once(site: Site, wheel: Path, said: object) -> None:
    site.proxy.on(say(said), path=ASSEMBLE, times=_ALWAYS)
    run = site.upload(wheel)
    assert run.exit_code == 1
    assert "is the url that of a Sentry server?" in run.message
    assert len(site.proxy.orders) == 1


def test_bundle_that_is_too_large_for_the_server_is_told_before_it_is_sent(
    serve: Callable[..., Site], wheel: Path
) -> None:
    site = serve(max_file_size=100_000)
    for dry_run in (True, False):
        run = site.upload(wheel, dry_run=dry_run)
        assert run.exit_code == 2
        assert "the bundle has 181.0 kB" in run.message
        assert "takes 100.0 kB: leave files out" in run.message
    assert not site.proxy.orders


@pytest.mark.parametrize(
    "url",
    [
        "organizations/acme/chunk-upload/",
        "/api/0/organizations/acme/chunk-upload/",
        "/api/0/organizations/acme/chunk-upload/?region=us",
    ],
)
def test_relative_address_for_chunks_is_one_of_the_server(
    site: Site, wheel: Path, url: str
) -> None:
    site.proxy.on(changed_answer(url=url), method="GET", path=CHUNKS)
    assert site.upload(wheel).exit_code == 0
    assert {post.path.partition("?")[0] for post in site.proxy.posts} == {
        "/api/0/organizations/acme/chunk-upload/"
    }
    assert site.proxy.posts[0].path.endswith(urlsplit(url).query)
    assert site.files() == urls(scripts(3))


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("authority", ["127.0.0.1", "127.0.0.1:1", "user:secret@127.0.0.1:9"])
def test_other_scheme_or_port_of_the_same_host_is_taken_for_the_servers_own(
    *, site: Site, wheel: Path, scheme: str, authority: str
) -> None:
    # A server behind a proxy that ends TLS says http, and a port of its own.
    url = f"{scheme}://{authority}/api/0/organizations/acme/chunk-upload/"
    site.proxy.on(changed_answer(url=url), method="GET", path=CHUNKS)
    assert site.upload(wheel).exit_code == 0
    assert site.files() == urls(scripts(3))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/api/0/x/",
        "//localhost:{port}/api/0/x/",
        "http://127.0.0.1@localhost:{port}/api/0/x/",
        # Readers differ on where the host of these ends.
        "http://localhost:{port}\\@127.0.0.1:{own}/api/0/x/",
        "http://localhost:{port}\\@127.0.0.1/api/0/x/",
        "@localhost:{port}/api/0/x/",
        "http:localhost:{port}/",
        "/\\localhost:{port}/x/",
    ],
)
def test_token_goes_to_no_other_host(site: Site, wheel: Path, url: str) -> None:
    own = urlsplit(site.proxy.url).port
    with FaultProxy(site.server.url) as elsewhere:
        said = url.format(port=urlsplit(elsewhere.url).port, own=own)
        site.proxy.on(changed_answer(url=said), method="GET", path=CHUNKS)
        run = site.upload(wheel)
        assert elsewhere.connections == 0
    assert run.exit_code in {1, 3}
    assert run.summary == {"failed": 3}


def test_other_host_for_chunks_is_told_with_what_to_fix(site: Site, wheel: Path) -> None:
    url = "https://sentry.example:8443/api/0/organizations/acme/chunk-upload/"
    site.proxy.on(changed_answer(url=url), method="GET", path=CHUNKS)
    run = site.upload(wheel)
    assert run.exit_code == 3
    assert "wants chunks to be sent to https://sentry.example:8443, another host" in run.message
    assert "set the url to that address" in run.message
    assert site.proxy.steps == ["GET chunk-upload"]


@pytest.mark.parametrize(
    ("own", "said", "goes_to"),
    [
        ("https://sentry.io", "https://us.sentry.io/api/0/x/", "https://us.sentry.io/api/0/x/"),
        ("https://de.sentry.io", "https://us.sentry.io/x/", "https://us.sentry.io/x/"),
        ("https://us.sentry.io", "https://sentry.io/x/?a=1", "https://sentry.io/x/?a=1"),
        ("https://sentry.io", "http://us.sentry.io/x/", None),
        ("https://sentry.io", "https://us.sentry.io:8443/x/", None),
        ("https://sentry.io", "https://sentry.io.example/x/", None),
        ("https://sentry.io", "https://notsentry.io/x/", None),
        ("https://sentry.io", "https://evil.example\\.sentry.io/x/", None),
        ("https://sentry.io", "https://evil.example\\@us.sentry.io/x/", "https://us.sentry.io/x/"),
        ("https://sentry.example", "https://us.sentry.io/x/", None),
        ("https://sentry.io", "https://sentry.example/x/", None),
        ("https://sentry.example", "http://sentry.example:9000/x/", "https://sentry.example/x/"),
    ],
)
def test_only_hosts_of_sentry_io_stand_for_each_other(
    tmp_path: Path, own: str, said: str, goes_to: str | None
) -> None:
    variables = {
        "SENTRY_URL": own,
        "SENTRY_ORG": "acme",
        "SENTRY_PROJECT": "web",
        "SENTRY_AUTH_TOKEN": "sntryu_0123",
    }
    settings = find_settings(environment=variables, folder=tmp_path, home=None)
    with connected(
        settings.connection(),
        workers=Options().workers,
        timeout=Options().timeout,
        notice=lambda _: None,
    ) as api:
        bundles = BundleApi(api)
        if goes_to is None:
            with pytest.raises(ServerRefused, match="another host"):
                bundles._upload_path(said)
        else:
            assert bundles._upload_path(said) == goes_to
