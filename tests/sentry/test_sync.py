"""A release comes to hold the files of the wheel, and nothing is sent that is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import make_wheel

from .fault_proxy import FaultProxy
from .faults import answer, lose_answer
from .running import ORGANIZATION, RemoteRelease, Uploader, expected, name_of, some_files

pytestmark = pytest.mark.smoke

_MAP = b'{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}'


def test_first_run_brings_every_file(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    files = {**some_files(5), "shop/static/empty.js": b"", "shop/static/big.js": b"1;" * 400_000}
    run = upload(make_wheel(tmp_path, files={**files, "shop/views.py": b"pass"}))
    assert (run.exit_code, run.summary) == (0, {"uploaded": 7})
    assert release.files() == expected(files)
    assert release.content("~/static/big.js") == files["shop/static/big.js"]


def test_headers_of_a_script_name_its_map(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    script = b"1;\n//# sourceMappingURL=a.js.map\n"
    upload(make_wheel(tmp_path, files={"shop/a.js": script, "shop/a.js.map": b"{}"}))
    assert {entry["name"]: entry["headers"] for entry in release.entries()} == {
        "~/a.js": {"Content-Type": "application/javascript", "Sourcemap": "a.js.map"},
        "~/a.js.map": {"Content-Type": "application/json"},
    }


def test_folder_gives_the_same_release_as_the_wheel(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(3)
    for path, content in files.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    assert upload(tmp_path / "shop").summary == {"uploaded": 3}
    assert release.files() == expected(files)
    assert upload(make_wheel(tmp_path, files=files)).summary == {"unchanged": 3}


def test_unchanged_rerun_sends_nothing(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(20)
    wheel = make_wheel(tmp_path, files=files)
    upload(wheel)
    proxy.requests.clear()
    run = upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"unchanged": 20})
    assert [request.method for request in proxy.requests] == ["GET", "GET"]
    assert not proxy.uploads
    assert release.files() == expected(files)


def test_changed_file_alone_is_sent_again(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(20)
    upload(make_wheel(tmp_path, files=files))
    proxy.requests.clear()
    changed = "shop/static/js/app-007.js"
    files[changed] = b"something else"
    run = upload(make_wheel(tmp_path, files=files))
    assert run.summary == {"unchanged": 19, "replaced": 1}
    (sent,) = proxy.uploads
    assert sent.name is not None
    assert sent.name.startswith("replacing/")
    assert release.files() == expected(files)


def test_missing_file_alone_is_sent_again(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(20)
    wheel = make_wheel(tmp_path, files=files)
    upload(wheel)
    release.delete("~/static/js/app-003.js")
    proxy.requests.clear()
    assert upload(wheel).summary == {"uploaded": 1, "unchanged": 19}
    assert [request.name for request in proxy.uploads] == ["~/static/js/app-003.js"]
    assert release.files() == expected(files)


def test_files_of_other_wheels_are_left_alone(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    foreign = {"shop/other/b.js": b"b", "shop/other/b.js.map": b"{}"}
    upload(make_wheel(tmp_path, name="other", files=foreign))
    files = some_files(3)
    upload(make_wheel(tmp_path, files=files))
    assert release.files() == sorted(expected(files) + expected(foreign))


def test_one_name_may_stand_in_two_dists(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    contents = {"": b"none", "linux": b"linux", "mac": b"mac"}
    for dist, content in contents.items():
        run = upload(make_wheel(tmp_path, files={"shop/a.js": content}), dist=dist or None)
        assert run.summary == {"uploaded": 1}
    contents["linux"] = b"linux again"
    wheel = make_wheel(tmp_path, files={"shop/a.js": contents["linux"]})
    assert upload(wheel, dist="linux").summary == {"replaced": 1}
    proxy.requests.clear()
    assert upload(wheel, dist="linux").summary == {"unchanged": 1}
    assert not proxy.uploads
    stored = [
        each
        for dist, content in contents.items()
        for each in expected({"shop/a.js": content}, dist)
    ]
    assert release.files() == sorted(stored)


def test_lost_answer_to_a_file_is_no_failure(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(1)
    (name,) = map(name_of, files)
    # The first closed connection could be one that was kept too long; the second is a fault.
    proxy.on(lose_answer, name=name, times=2)
    run = upload(make_wheel(tmp_path, files=files))
    assert (run.exit_code, run.statuses) == (0, {name: "uploaded"})
    assert len(proxy.uploads) == 3
    assert release.files() == expected(files)


def test_lost_answer_to_the_new_release_lets_it_be_listed(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(3)
    proxy.on(lose_answer, path=f"/{ORGANIZATION}/releases/")
    assert upload(make_wheel(tmp_path, files=files)).summary == {"uploaded": 3}
    methods = [request.method for request in proxy.requests[:5]]
    assert methods == ["GET", "GET", "POST", "POST", "GET"]
    assert release.files() == expected(files)


def test_release_that_is_not_to_be_created_has_to_be_there(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    files = some_files(2)
    wheel = make_wheel(tmp_path, files=files)
    run = upload(wheel, create_release=False)
    assert run.exit_code == 2
    assert f"no release {release.version}" in run.message
    assert "create it first" in run.message
    assert not release.exists()
    assert not proxy.uploads

    release.create()
    assert upload(wheel, create_release=False).summary == {"uploaded": 2}
    assert release.files() == expected(files)


def test_release_is_finalized_once_when_all_files_are_there(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, files=some_files(2))
    upload(wheel)
    assert release.date_released() is None
    upload(wheel, finalize_release=True)
    first = release.date_released()
    assert first is not None
    upload(wheel, finalize_release=True)
    assert release.date_released() == first


def test_release_is_not_finalized_when_a_file_failed(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    proxy.on(answer(400), name="~/static/js/app-001.js")
    wheel = make_wheel(tmp_path, files=some_files(3))
    run = upload(wheel, finalize_release=True)
    assert (run.exit_code, run.summary) == (1, {"uploaded": 2, "failed": 1})
    assert release.date_released() is None
    assert upload(wheel, finalize_release=True).summary == {"uploaded": 1, "unchanged": 2}
    assert release.date_released() is not None


def test_dry_run_of_a_new_release_changes_nothing(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, tmp_path: Path
) -> None:
    run = upload(make_wheel(tmp_path, files=some_files(3)), dry_run=True)
    assert (run.exit_code, run.summary) == (0, {"planned": 3})
    assert {request.method for request in proxy.requests} == {"GET"}
    assert not release.exists()
    plan = [line.split()[0] for line in run.lines if "app-" in line]
    assert plan == ["new", "new", "new"]


@pytest.mark.parametrize(
    ("on_conflict", "changed"), [("replace", "planned"), ("keep", "kept"), ("error", "failed")]
)
def test_dry_run_tells_what_an_upload_would_do(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    release: RemoteRelease,
    tmp_path: Path,
    on_conflict: str,
    changed: str,
) -> None:
    files = some_files(2)
    upload(make_wheel(tmp_path, files=files))
    before = release.files()
    proxy.requests.clear()
    (same, other) = files
    wheel = make_wheel(tmp_path, files={same: files[same], other: b"new", "shop/new.js": b"1"})
    run = upload(wheel, dry_run=True, on_conflict=on_conflict, finalize_release=True)
    assert run.statuses == {
        name_of(same): "unchanged",
        name_of(other): changed,
        "~/new.js": "planned",
    }
    assert run.exit_code == (1 if changed == "failed" else 0)
    assert {request.method for request in proxy.requests} == {"GET"}
    assert release.files() == before
    assert release.date_released() is None


def test_script_that_leads_to_another_map_is_replaced(
    upload: Uploader, release: RemoteRelease, tmp_path: Path
) -> None:
    """The content is the same: what has changed is the header, by which Sentry finds the map."""
    script = {"shop/a.js": b"a()"}
    (tmp_path / "before").mkdir()
    upload(make_wheel(tmp_path / "before", files=script))
    assert release.entries()[0]["headers"].get("Sourcemap") is None
    wheel = make_wheel(tmp_path, files={**script, "shop/a.js.map": _MAP})
    run = upload(wheel)
    assert run.statuses == {"~/a.js": "replaced", "~/a.js.map": "uploaded"}
    headers = {entry["name"]: entry["headers"] for entry in release.entries()}
    assert headers["~/a.js"]["Sourcemap"] == "a.js.map"
    assert upload(wheel).summary == {"unchanged": 2}
