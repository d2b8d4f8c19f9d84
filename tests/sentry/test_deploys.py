"""A deploy is told once, whatever happens to requests and answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timezone

import pytest

from hatch_sentry_artifacts.errors import ServerRefused, ServerUnreachable
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.releases.deploys import Deploy, Deploys, NewDeploy
from hatch_sentry_artifacts.sentry.releases.releases import Release, Releases
from hatch_sentry_artifacts.sentry.session import connected

from .exchange import Fault
from .fault_proxy import FaultProxy
from .faults import answer, close_afterwards, close_unanswered, cut_answer, lose_answer
from .running import ORGANIZATION, PROJECT, QUICK, RemoteRelease

NEW = NewDeploy("production", "blue", started=datetime(2024, 1, 2, tzinfo=timezone.utc))
NOW = datetime(2024, 1, 3, 4, 5, 6, 789, tzinfo=timezone.utc)


def api_of(url: str) -> AbstractContextManager[SentryApi]:
    connection = Connection(url, ORGANIZATION, (PROJECT,), Token(DEFAULT_TOKEN, "the test"))
    return connected(connection, workers=2, timeout=5, notice=lambda _: None, policy=QUICK)


def tell(url: str, version: str, *, again: bool = False) -> tuple[Deploy, bool, int]:
    """Tell of the deploy; return it, whether it is new, and how many there are now."""
    with api_of(url) as api:
        deploys = Deploys(api, Release(version, frozenset({PROJECT})))
        deploy, is_new = deploys.tell(NEW, NOW, again=again)
        return deploy, is_new, len(deploys.list())


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "fault",
    [
        lose_answer,
        cut_answer(30),
        cut_answer(-5),
        close_unanswered,
        close_afterwards,
        answer(500),
        answer(429),
        answer(503, {"Retry-After": "0"}),
    ],
)
def test_a_deploy_is_told_once_however_its_request_ends(
    proxy: FaultProxy, release: RemoteRelease, fault: Fault, times: int
) -> None:
    release.create()
    proxy.on(fault, method="POST", path="/deploys/", times=times)
    deploy, is_new, count = tell(proxy.url, release.version)
    assert (is_new, count) == (True, 1)
    assert (deploy.name, deploy.finished) == ("blue", NOW)


def test_a_lost_answer_is_told_apart_from_a_deploy_that_was_there(
    proxy: FaultProxy, release: RemoteRelease
) -> None:
    release.create()
    first, _, _ = tell(proxy.url, release.version)
    assert tell(proxy.url, release.version) == (first, False, 1)
    proxy.on(lose_answer, method="POST", path="/deploys/")
    second, is_new, count = tell(proxy.url, release.version, again=True)
    assert (is_new, count) == (True, 2)
    assert second.id != first.id


def test_a_run_after_one_whose_answers_were_all_lost_finds_the_deploy(
    proxy: FaultProxy, release: RemoteRelease
) -> None:
    release.create()
    proxy.on(lose_answer, method="POST", path="/deploys/", times=99)
    assert tell(proxy.url, release.version)[2] == 1
    assert tell(proxy.url, release.version)[1:] == (False, 1)


def test_a_list_that_cannot_be_read_stops_before_anything_is_told(
    proxy: FaultProxy, release: RemoteRelease
) -> None:
    release.create()
    proxy.on(answer(502), method="GET", path="/deploys/", times=99)
    with pytest.raises(ServerUnreachable):
        tell(proxy.url, release.version)
    proxy.calm()
    assert tell(proxy.url, release.version)[1:] == (True, 1)


def test_a_release_that_another_run_creates_meanwhile_is_taken(
    proxy: FaultProxy, release: RemoteRelease
) -> None:
    release.create()
    conflict = answer(409, {"Content-Type": "application/json"})
    proxy.on(conflict, method="POST", path="/releases/")
    with api_of(proxy.url) as api:
        assert Releases(api).create(release.version).projects == {PROJECT}


# So newer Sentrys answer a token that does not reach all projects of the release.
_NOT_FOUND = answer(404, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("PUT", lambda api, there: Releases(api).update(there, {"ref": "x"})),
        ("DELETE", lambda api, there: Releases(api).delete(there)),
        ("POST", lambda api, there: Deploys(api, there).tell(NEW, NOW)),
    ],
)
def test_a_release_that_is_shown_but_not_found_for_a_change_is_refused(
    proxy: FaultProxy,
    release: RemoteRelease,
    method: str,
    change: Callable[[SentryApi, Release], object],
) -> None:
    release.create()
    proxy.on(_NOT_FOUND, method=method, path="/releases/")
    there = Release(release.version, frozenset({PROJECT, "other"}))
    with api_of(proxy.url) as api, pytest.raises(ServerRefused) as raised:
        change(api, there)
    assert "needs access to all of its projects, which are other, web" in str(raised.value)
    assert release.exists()


def test_a_server_without_deploys_is_told(proxy: FaultProxy, release: RemoteRelease) -> None:
    release.create()
    proxy.on(answer(404), method="GET", path="/deploys/")
    with pytest.raises(ServerRefused, match="does not take deploys of releases"):
        tell(proxy.url, release.version)
