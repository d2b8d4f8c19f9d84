"""`prune` on the local server: what it shows, what it deletes, and what stays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN, DEFAULT_TOKEN, LocalServer
from hatch_sentry_artifacts.sentry.http.retrying import RetryPolicy
from tests.sentry.exchange import Exchange
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer
from tests.sentry.running import RemoteRelease
from tests.support import make_wheel
from tests.support.shell import FILES, Result, Shell

AS_BUNDLE = ("--upload-as", "artifact-bundle")


@pytest.fixture
def shop(
    shell: Shell, server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Return a shell in a project that has the releases shop@1 to shop@3 on a server of its own.

    The first also has a bundle; each is newer than the one before.
    """
    monkeypatch.setenv("SENTRY_URL", server.url)
    shell.configure('release = "{name}@{version}"')
    for number in "123":
        upload(shell, tmp_path, number)
    upload(shell, tmp_path, "1", *AS_BUNDLE)
    return shell


@pytest.fixture
def proxy(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, shop: Shell
) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        monkeypatch.setenv("SENTRY_URL", running.url)
        yield running


def upload(shell: Shell, folder: Path, version: str, *more: str) -> None:
    target = folder / f"wheel-{version}"
    target.mkdir(exist_ok=True)
    done = shell.run("upload", str(make_wheel(target, version=version, files=FILES)), *more)
    assert done.code == 0, done.err


def _call(server: LocalServer, method: str, path: str, body: dict[str, str]) -> None:
    """Send a request below the organization."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}", "Content-Type": "application/json"}
    connection.request(method, f"/api/0/organizations/acme{path}", json.dumps(body), headers)
    assert connection.getresponse().status in {200, 201}
    connection.close()


def rows(done: Result) -> list[str]:
    """Return the table without its dates."""
    return [" ".join(line.split()[1:]) for line in done.out.splitlines()]


def held(shell: Shell, release: str) -> tuple[int, int]:
    """Return how many files and bundles the release has."""
    done = shell.run("list", "--release", release, "--json")
    return len(done.json["files"]), len(done.json["bundles"])


def test_what_old_releases_hold_is_shown_and_deleted(shop: Shell) -> None:
    shown = shop.run("prune", "--keep", "1", "--dry-run")
    assert shown.code == 0
    assert rows(shown) == [
        "AGE FILES BUNDLES SIZE RELEASE",
        "0 days 2 1 152 B shop@1",
        "0 days 2 - 76 B shop@2",
    ]
    assert "3 releases of acme/web" in shown.err
    assert ", of shop@*; 2 old, 2 of them with something to delete" in shown.err
    assert "to delete: 4 files and 1 artifact bundle, 228 B" in shown.err
    assert held(shop, "shop@1") == (2, 1)
    done = shop.run("prune", "--keep", "1", "--yes")
    assert (done.code, done.out) == (0, shown.out)
    assert "deleted 4 files and 1 artifact bundle (228 B) of acme/web" in done.err
    assert [held(shop, f"shop@{number}") for number in "123"] == [(0, 0), (0, 0), (2, 0)]
    again = shop.run("prune", "--keep", "1", "--yes")
    assert (again.code, again.out) == (0, "")
    assert "2 old, 0 of them with something to delete" in again.err


def test_without_a_terminal_nothing_is_deleted_unless_it_is_ordered(shop: Shell) -> None:
    done = shop.run("prune", "--keep", "1")
    assert done.code == 2
    assert "nothing was deleted, as no one can be asked here: pass --yes" in done.err
    assert held(shop, "shop@1") == (2, 1)


@pytest.mark.integration
def test_an_organization_token_is_refused_before_anything_is_looked_at(
    shop: Shell, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", CI_TOKEN)
    done = shop.run("prune", "--keep", "1", "--yes")
    assert done.code == 3
    assert "delete (it has org:ci): that needs project:releases or project:admin" in done.err
    assert len(proxy.requests) == 2
    assert {request.method for request in proxy.requests} == {"GET"}
    shown = shop.run("prune", "--keep", "1", "--dry-run")
    assert shown.code == 0
    assert "warning" in shown.err
    assert len(rows(shown)) == 3


@pytest.mark.integration
def test_a_right_that_only_the_deletion_tells_is_asked_for_first(
    shop: Shell, proxy: FaultProxy
) -> None:
    proxy.on(answer(403), method="DELETE", path="/artifact-bundles/")
    done = shop.run("prune", "--keep", "1", "--yes")
    assert done.code == 3
    assert "delete (403 for web): that needs project:releases" in done.err
    assert [request.method for request in proxy.requests].count("DELETE") == 1
    assert held(shop, "shop@1") == (2, 1)


@pytest.mark.integration
def test_what_is_gone_meanwhile_is_no_failure(shop: Shell, proxy: FaultProxy) -> None:
    def gone(exchange: Exchange) -> None:
        exchange.forward()
        exchange.send(exchange.forward())

    proxy.on(gone, method="DELETE", path="/releases/")
    done = shop.run("prune", "--keep", "1", "--yes")
    assert done.code == 0
    assert "deleted 3 files and 1 artifact bundle" in done.err
    assert "1 were gone already" in done.err


@pytest.mark.integration
def test_what_cannot_be_deleted_is_told_and_the_rest_is_deleted(
    shop: Shell, proxy: FaultProxy
) -> None:
    proxy.on(answer(400), method="DELETE", path="/releases/")
    done = shop.run("prune", "--keep", "1", "--yes", "--json")
    assert done.code == 1
    assert "1 deletion failed; running this again tries again:" in done.err
    assert done.json["deleted"]["files"] == 3
    assert len(done.json["failures"]) == 1
    assert shop.run("prune", "--keep", "1", "--yes", "--json").json["deleted"]["files"] == 1


@pytest.mark.integration
def test_a_server_that_asks_to_wait_is_waited_for(shop: Shell, proxy: FaultProxy) -> None:
    proxy.on(answer(429, {"Retry-After": "0"}), method="DELETE", path="/releases/")
    done = shop.run("prune", "--keep", "1", "--yes", "--json")
    assert done.code == 0
    assert done.json["deleted"] == {"files": 4, "bundles": 1, "size": 228, "gone": 0}


@pytest.mark.integration
def test_releases_of_other_projects_stay_unless_they_are_asked_for(
    shop: Shell, server: LocalServer, tmp_path: Path
) -> None:
    upload(shop, tmp_path, "2", "--project", "other")
    assert RemoteRelease(server.url, "shop@2").projects() == {"other", "web"}
    done = shop.run("prune", "--keep", "1", "--yes", "--json")
    assert done.code == 0
    assert {"release": "shop@2", "reason": "it is also that of other"} in done.json["kept"]
    assert "--shared takes those of other projects, too" in done.err
    assert held(shop, "shop@2")[0] == 2
    shared = shop.run("prune", "--keep", "1", "--shared", "--yes", "--json")
    assert "shop@2" in [each["release"] for each in shared.json["releases"]]
    assert held(shop, "shop@2")[0] == 0
    assert shop.run("prune", "--keep", "1", "--yes", "--json").json["kept"] == []


@pytest.mark.integration
def test_a_release_of_all_configured_projects_is_their_own(
    shop: Shell, server: LocalServer, tmp_path: Path
) -> None:
    both = ("--project", "web", "--project", "other")
    upload(shop, tmp_path, "0", *both)
    upload(shop, tmp_path, "0", *both, *AS_BUNDLE)
    upload(shop, tmp_path, "0.0.1", "--project", "other")
    upload(shop, tmp_path, "5", "--release", "shop@0.1", *both)
    done = shop.run("prune", "--keep", "1", "--release", "shop@0*", *both, "--yes", "--json")
    assert done.json["deleted"] == {"files": 4, "bundles": 1, "size": 228, "gone": 0}
    assert held(shop, "shop@0") == (0, 0)


@pytest.mark.integration
@pytest.mark.parametrize("counted", [True, False])
def test_a_release_that_only_a_bundle_names_is_one_like_others(
    shop: Shell, proxy: FaultProxy, tmp_path: Path, counted: bool
) -> None:
    if not counted:
        proxy.on(answer(404, body=b"<p>"), method="GET", path="/source-maps/", times=99)
    upload(shop, tmp_path, "0", *AS_BUNDLE, "--no-create-release")
    upload(shop, tmp_path, "4")
    done = shop.run("prune", "--keep", "1", "--release", "shop@[04]", "--yes", "--json")
    assert [each["release"] for each in done.json["releases"]] == ["shop@0"]
    assert done.json["deleted"] == {"files": 0, "bundles": 1, "size": 76, "gone": 0}


@pytest.mark.integration
def test_without_a_way_to_delete_all_at_once_that_is_told(shop: Shell, proxy: FaultProxy) -> None:
    page = answer(404, {"Content-Type": "text/html"}, b"<p>")
    proxy.on(page, method="DELETE", path="/source-maps/", times=99)
    done = shop.run("prune", "--keep", "1", "--at-once", "--yes")
    assert done.code == 3
    assert "has no way to delete all files of a release at once" in done.err


@pytest.mark.integration
def test_a_wrong_project_is_told(shop: Shell) -> None:
    done = shop.run("prune", "--keep", "1", "--yes", "--project", "wbe")
    assert done.code == 3
    assert 'has no project "wbe"' in done.err


@pytest.mark.integration
def test_names_of_servers_are_escaped(shop: Shell, proxy: FaultProxy) -> None:
    def odd(exchange: Exchange) -> None:
        got = exchange.forward()
        body = got.body.replace(b'"shop@1"', json.dumps("shop@\x1b[2J\n::error::").encode())
        exchange.send(type(got)(got.status, got.headers, body))

    proxy.on(odd, method="GET", path="/projects/acme/web/releases/")
    done = shop.run("prune", "--keep", "1", "--dry-run")
    assert "\x1b" not in done.out + done.err
    assert not any(line.startswith("::error") for line in (done.out + done.err).splitlines())


@pytest.mark.integration
def test_all_files_of_a_release_can_be_deleted_at_once(shop: Shell, proxy: FaultProxy) -> None:
    done = shop.run("prune", "--keep", "1", "--at-once", "--yes", "--json")
    assert done.json["deleted"] == {"files": 4, "bundles": 1, "size": 228, "gone": 0}
    assert [held(shop, f"shop@{number}") for number in "123"] == [(0, 0), (0, 0), (2, 0)]
    asked = [request.path for request in proxy.requests if request.method == "DELETE"]
    assert [path for path in asked if "source-maps" in path] == [
        f"/api/0/projects/acme/web/files/source-maps/?name=shop%40{number}" for number in "12"
    ]


@pytest.mark.integration
def test_files_of_an_archive_are_deleted_at_once_after_the_others(
    shop: Shell, proxy: FaultProxy
) -> None:
    def archived(exchange: Exchange) -> None:
        got = exchange.forward()
        listed = json.loads(got.body)
        listed[0]["id"] = "X34vMC5qcw=="
        exchange.send(type(got)(got.status, got.headers, json.dumps(listed).encode()))

    proxy.on(archived, method="GET", path="/shop%401/files/", times=2)
    done = shop.run("prune", "--keep", "1", "--yes", "--json")
    assert done.json["deleted"] == {"files": 4, "bundles": 1, "size": 228, "gone": 0}
    assert held(shop, "shop@1") == (0, 0)
    asked = [request.path for request in proxy.requests if request.method == "DELETE"]
    assert asked[-1] == "/api/0/projects/acme/web/files/source-maps/?name=shop%401"


@pytest.mark.integration
def test_what_is_deployed_and_what_is_archived(shop: Shell, server: LocalServer) -> None:
    _call(server, "POST", "/releases/shop@1/deploys/", {"environment": "production"})
    _call(server, "PUT", "/releases/shop@2/", {"status": "archived"})
    done = shop.run("prune", "--keep", "1", "--dry-run", "--json")
    assert done.json["kept"] == [{"release": "shop@1", "reason": "it is deployed to production"}]
    assert [each["release"] for each in done.json["releases"]] == ["shop@2"]
    _call(server, "POST", "/releases/shop@3/deploys/", {"environment": "production"})
    assert shop.run("prune", "--keep", "1", "--dry-run", "--json").json["kept"] == []


@pytest.mark.integration
def test_the_date_of_the_release_counts_before_that_of_its_creation(
    shop: Shell, server: LocalServer
) -> None:
    _call(server, "PUT", "/releases/shop@1/", {"dateReleased": "2199-01-01T00:00:00Z"})
    done = shop.run("prune", "--keep", "1", "--dry-run", "--json")
    assert [each["release"] for each in done.json["releases"]] == ["shop@2", "shop@3"]
    _call(server, "PUT", "/releases/shop@1/", {"dateReleased": "1999-01-01T00:00:00Z"})
    old = shop.run("prune", "--older-than", "9000", "--dry-run", "--json")
    assert old.json["kept"] == [
        {"release": "shop@1", "reason": "it is the newest that is finalized"}
    ]


@pytest.mark.integration
def test_bundles_of_no_release_go_by_age_and_only_if_asked_for(
    shop: Shell, proxy: FaultProxy
) -> None:
    def aged(exchange: Exchange) -> None:
        got = exchange.forward()
        listed = json.loads(got.body)
        for each in listed:
            each |= {"associations": [], "dateModified": "2020-01-01T00:00:00Z"}
        exchange.send(type(got)(got.status, got.headers, json.dumps(listed).encode()))

    proxy.on(aged, method="GET", path="sortBy=date_added", times=2)
    asked = ("prune", "--older-than", "30", "--yes")
    assert shop.run(*asked).out == ""
    done = shop.run(*asked, "--bundles-without-release")
    assert rows(done) == ["SIZE RELEASE", "76 B none"]
    assert held(shop, "shop@1") == (2, 0)


@pytest.mark.integration
def test_a_server_that_has_gone_is_not_asked_for_every_file(
    shop: Shell, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(RetryPolicy, "backoff", lambda *_: 0.0)
    proxy.on(answer(503), method="DELETE", path="/releases/", times=1000)
    done = shop.run("prune", "--keep", "1", "--yes")
    assert done.code == 1
    assert "deleted 0 files and 1 artifact bundle (76 B)" in done.err


@pytest.mark.integration
def test_a_right_that_is_lost_meanwhile_ends_it(shop: Shell, proxy: FaultProxy) -> None:
    proxy.on(answer(403), method="DELETE", path="/releases/", times=99)
    done = shop.run("prune", "--keep", "1", "--yes")
    assert done.code == 3
    assert "delete (403): that needs project:releases" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what is old: --keep N, --older-than DAYS, or both"),
        (["--keep", "1", "--release", ""], "--release needs a pattern"),
        (["--keep", "0"], "is no whole number from 1"),
        (["--older-than", "9999999999999"], "is no whole number from 1"),
        (["--keep", "1", "--bundles-without-release"], "needs --older-than DAYS"),
    ],
)
def test_what_makes_no_sense_is_refused(shell: Shell, arguments: list[str], said: str) -> None:
    done = shell.run("prune", *arguments)
    assert done.code == 2
    assert said in done.err


@pytest.mark.integration
def test_young_releases_stay(shop: Shell) -> None:
    done = shop.run("prune", "--older-than", "1", "--yes")
    assert (done.code, done.out) == (0, "")
    assert "3 releases of acme/web" in done.err
    assert os.environ["SENTRY_AUTH_TOKEN"] not in done.err
