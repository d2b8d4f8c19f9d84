"""Other content under a name is replaced, kept or refused, and never lost on the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import CI_TOKEN
from tests.support import make_wheel

from .exchange import Exchange, Fault
from .fault_proxy import FaultProxy
from .faults import alter_content, answer, close_unanswered, lose_answer, reset_after
from .running import RemoteRelease, Uploader, expected

_NAME = "~/app.js"
_OLD = {"shop/app.js": b"the old content", "shop/lib.js": b"a library"}
_NEW = {**_OLD, "shop/app.js": b"the new content, which is longer"}


@pytest.fixture
def new_wheel(upload: Uploader, proxy: FaultProxy, tmp_path: Path) -> Path:
    """Return a wheel with a file changed; what was before it is on the server already."""
    assert upload(make_wheel(tmp_path, files=_OLD)).exit_code == 0
    proxy.requests.clear()
    return make_wheel(tmp_path, files=_NEW)


@pytest.mark.smoke
def test_replaced_file_leaves_nothing_behind(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    run = upload(new_wheel)
    assert (run.exit_code, run.statuses) == (0, {_NAME: "replaced", "~/lib.js": "unchanged"})
    assert release.files() == expected(_NEW)
    assert not [line for line in run.lines if line.startswith("warning")]
    methods = [request.method for request in proxy.requests]
    assert methods == ["GET", "GET", "POST", "PUT", "PUT", "DELETE"]


def test_token_that_may_not_delete_leaves_the_old_file_aside(
    upload: Uploader, release: RemoteRelease, tmp_path: Path, new_wheel: Path
) -> None:
    run = upload(new_wheel, token=CI_TOKEN)
    assert (run.exit_code, run.statuses[_NAME]) == (0, "replaced")
    assert len([line for line in run.lines if "warning" in line and "replaced/" in line]) == 1
    names = [stored.name for stored in release.files()]
    (aside,) = [name for name in names if name.startswith("replaced/")]
    assert release.content(aside) == _OLD["shop/app.js"]
    assert [each for each in release.files() if each.name != aside] == expected(_NEW)

    again = make_wheel(tmp_path, files={**_NEW, "shop/app.js": b"a third content"})
    assert upload(again, token=CI_TOKEN).summary == {"replaced": 1, "unchanged": 1}
    assert len(release.files()) == 4
    assert upload(again, token=CI_TOKEN).summary == {"unchanged": 2}


def test_one_warning_tells_of_many_files_that_stay_aside(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    old = {f"shop/{number}.js": b"old" for number in range(12)}
    upload(make_wheel(tmp_path, files=old), token=CI_TOKEN)
    run = upload(make_wheel(tmp_path, files=dict.fromkeys(old, b"new")), token=CI_TOKEN)
    assert run.summary == {"replaced": 12}
    assert len([line for line in run.lines if line.startswith("warning")]) == 1
    assert len(release.files()) == 24


@pytest.mark.parametrize(
    "fault",
    [answer(400), answer(413), answer(502), close_unanswered, reset_after(50)],
    ids=["400", "413", "502", "closed", "reset"],
)
def test_new_content_that_cannot_be_sent_leaves_the_old_one(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path, fault: Fault
) -> None:
    proxy.on(fault, times=100)
    run = upload(new_wheel, finalize_release=True)
    assert (run.exit_code, run.statuses) == (1, {_NAME: "failed", "~/lib.js": "unchanged"})
    assert release.files() == expected(_OLD)
    assert release.content(_NAME) == _OLD["shop/app.js"]
    assert release.date_released() is None
    assert not [each for each in proxy.requests if each.method == "PUT"]


@pytest.mark.parametrize(
    ("fault", "times"),
    [(answer(400), 1), (answer(502), 6), (close_unanswered, 12)],
    ids=["400", "502", "closed"],
)
def test_failed_replacement_gives_the_old_file_its_name_back(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    new_wheel: Path,
    fault: Fault,
    times: int,
) -> None:
    proxy.on(fault, method="PUT", name=_NAME, times=times)
    run = upload(new_wheel, finalize_release=True)
    assert (run.exit_code, run.statuses) == (1, {_NAME: "failed", "~/lib.js": "unchanged"})
    assert release.files() == expected(_OLD)
    assert release.content(_NAME) == _OLD["shop/app.js"]
    assert release.date_released() is None


def test_failure_says_where_the_old_content_is_if_it_cannot_go_back(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    no = answer(400, body=b'{"detail": "not today"}')
    proxy.on(no, method="PUT", name=_NAME)
    proxy.on(answer(500), method="PUT", name=_NAME, times=100)
    run = upload(new_wheel)
    assert run.exit_code == 1
    error = run.error_of(_NAME)
    assert "not today" in error
    aside = re.search(r"replaced/\S+", error)
    assert aside is not None
    assert release.content(aside[0]) == _OLD["shop/app.js"]
    proxy.calm()
    assert upload(new_wheel).statuses[_NAME] == "uploaded"
    assert release.files() == expected(_NEW)
    assert release.content(_NAME) == _NEW["shop/app.js"]


def test_old_content_survives_a_replacement_that_is_changed_on_the_way(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    proxy.on(alter_content(bytes.upper))
    run = upload(new_wheel)
    assert (run.exit_code, run.statuses[_NAME]) == (1, "failed")
    error = run.error_of(_NAME)
    assert "does something on the way change them?" in error
    assert release.files() == expected(_OLD)
    assert upload(new_wheel).statuses[_NAME] == "replaced"
    assert release.content(_NAME) == _NEW["shop/app.js"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_lost_answers_do_not_disturb_a_replacement(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path, method: str
) -> None:
    proxy.on(lose_answer, method=method, times=3)
    run = upload(new_wheel)
    assert (run.exit_code, run.statuses[_NAME]) == (0, "replaced")
    assert release.files() == expected(_NEW)


def test_a_new_name_that_was_given_in_spite_of_an_error_is_not_asked_for_again(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    def give_and_fail(exchange: Exchange) -> None:
        exchange.forward()
        answer(500)(exchange)

    proxy.on(give_and_fail, method="PUT", name=_NAME)
    run = upload(new_wheel)
    assert (run.exit_code, run.statuses[_NAME]) == (0, "replaced")
    asked = [each for each in proxy.requests if (each.method, each.name) == ("PUT", _NAME)]
    assert len(asked) == 1
    assert release.files() == expected(_NEW)


def test_old_file_that_cannot_be_deleted_for_a_fault_is_told(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    proxy.on(answer(503), method="DELETE", times=100)
    run = upload(new_wheel)
    assert (run.exit_code, run.statuses[_NAME]) == (0, "replaced")
    (warning,) = [line for line in run.lines if line.startswith("warning")]
    assert "its old content stays as replaced/" in warning
    assert release.content(_NAME) == _NEW["shop/app.js"]


def test_token_that_may_not_rename_leaves_the_old_file(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    proxy.on(answer(403), method="PUT", times=100)
    run = upload(new_wheel)
    assert run.exit_code == 3
    assert "needs the scope" in run.message
    assert release.files() == expected(_OLD)


def test_keep_leaves_other_content_as_it_is(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, new_wheel: Path
) -> None:
    run = upload(new_wheel, on_conflict="keep")
    assert (run.exit_code, run.statuses) == (0, {_NAME: "kept", "~/lib.js": "unchanged"})
    assert release.files() == expected(_OLD)
    assert not proxy.uploads


def test_error_sends_nothing_at_all(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path, new_wheel: Path
) -> None:
    wheel = make_wheel(tmp_path, files={**_NEW, "shop/another.js": b"is not there yet"})
    run = upload(wheel, on_conflict="error", finalize_release=True)
    assert run.exit_code == 1
    assert _NAME in run.message
    assert "nothing was uploaded" in run.message
    assert run.statuses == {_NAME: "failed", "~/lib.js": "unchanged", "~/another.js": "failed"}
    assert run.error_of("~/another.js") == "not sent"
    assert release.files() == expected(_OLD)
    assert release.date_released() is None
    assert [request.method for request in proxy.requests] == ["GET", "GET"]


@pytest.mark.parametrize(
    ("on_conflict", "status", "content"),
    [
        ("replace", "replaced", _NEW["shop/app.js"]),
        ("keep", "kept", _OLD["shop/app.js"]),
        ("error", "failed", _OLD["shop/app.js"]),
    ],
)
def test_content_that_another_run_stored_meanwhile_is_a_conflict_too(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    new_wheel: Path,
    on_conflict: str,
    status: str,
    content: bytes,
) -> None:
    # The list was read before the other run stored its file.
    proxy.on(answer(200, body=b"[]"), method="GET", path="/files/")
    run = upload(new_wheel, on_conflict=on_conflict)
    assert run.statuses[_NAME] == status
    assert run.statuses["~/lib.js"] == "unchanged"
    assert release.content(_NAME) == content
    assert len(release.files()) == 2


def test_name_that_is_too_long_to_be_given_back_is_not_replaced(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    long = f"shop/{'folder/' * 30}app.js"
    old = {long: b"old", "shop/app.js": b"old"}
    upload(make_wheel(tmp_path, files=old))
    run = upload(make_wheel(tmp_path, files=dict.fromkeys(old, b"new")))
    assert (run.exit_code, run.summary) == (1, {"replaced": 1, "failed": 1})
    assert "characters" in run.error_of("~/" + long.partition("/")[2])
    assert "release a new version" in run.error_of("~/" + long.partition("/")[2])
    assert release.files() == expected({**old, "shop/app.js": b"new"})


def test_long_base_name_is_replaced(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    path = f"shop/{'x' * 190}.js"
    upload(make_wheel(tmp_path, files={path: b"old"}))
    wheel = make_wheel(tmp_path, files={path: b"new"})
    assert upload(wheel).summary == {"replaced": 1}
    assert release.files() == expected({path: b"new"})
