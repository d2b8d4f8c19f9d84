"""A release that cannot be finalized keeps its files, and the report says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import make_wheel

from .fault_proxy import FaultProxy
from .faults import answer
from .running import RemoteRelease, Uploader


@pytest.fixture
def wheel(tmp_path: Path, release: RemoteRelease) -> Path:
    """Return a wheel of which the server knows nothing yet."""
    names = [f"shop/static/{name}.js" for name in "ab"]
    return make_wheel(tmp_path, files={name: f"{name}{release.version}".encode() for name in names})


@pytest.mark.parametrize(("status", "exit_code"), [(403, 3), (400, 1), (404, 3)])
@pytest.mark.parametrize("upload_as", ["release-files", "artifact-bundle"])
def test_files_are_there_though_the_release_is_not_finalized(
    *,
    upload: Uploader,
    proxy: FaultProxy,
    wheel: Path,
    upload_as: str,
    status: int,
    exit_code: int,
) -> None:
    no = answer(status, {"Content-Type": "application/json"})
    proxy.on(no, method="PUT", path="/releases/")
    run = upload(wheel, upload_as=upload_as, finalize_release=True)
    assert (run.exit_code, run.summary) == (exit_code, {"uploaded": 2})
    assert run.error_of("~/static/a.js") == ""
    assert run.report is not None
    assert run.report.json_object()["ok"] is False
    assert any(": 2 uploaded" in line for line in run.lines)


def test_release_of_a_bundle_is_not_created_twice(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, wheel: Path
) -> None:
    for _ in range(2):
        run = upload(wheel, upload_as="artifact-bundle", finalize_release=True)
        assert run.exit_code == 0
        # So does GlitchTip: it cannot create a release that it has.
        proxy.on(answer(500), path="/releases/", times=99)
    assert release.date_released()


def test_release_of_a_bundle_is_linked_to_every_project(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, wheel: Path
) -> None:
    release.create()
    run = upload(
        wheel,
        upload_as="artifact-bundle",
        finalize_release=True,
        projects="web,other",
    )
    assert run.exit_code == 0
    assert release.projects() == {"web", "other"}


def test_release_that_is_not_to_be_created_is_missed(
    upload: Uploader, release: RemoteRelease, wheel: Path
) -> None:
    run = upload(
        wheel,
        upload_as="artifact-bundle",
        finalize_release=True,
        create_release=False,
    )
    assert (run.exit_code, run.summary) == (2, {"uploaded": 2})
    assert f"there is no release {release.version}" in run.message
    assert not release.exists()


@pytest.mark.parametrize("upload_as", ["release-files", "artifact-bundle"])
def test_what_is_done_is_told_and_the_next_run_does_the_rest(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, wheel: Path, upload_as: str
) -> None:
    proxy.on(answer(400, {"Content-Type": "application/json"}), method="PUT", path="/releases/")
    run = upload(wheel, upload_as=upload_as, finalize_release=True)
    assert run.error is not None
    assert run.error.hint == (
        f"the files of release {release.version} are there; running this again does the rest, and "
        "sends no file twice"
    )
    again = upload(wheel, upload_as=upload_as, finalize_release=True)
    assert (again.exit_code, again.summary) == (0, {"unchanged": 2})
    assert release.date_released()


def test_the_release_is_created_first_and_finalized_last(
    upload: Uploader, proxy: FaultProxy, wheel: Path
) -> None:
    upload(wheel, finalize_release=True)
    changes = [each for each in proxy.requests if each.method != "GET"]
    assert changes[0].path.endswith("/organizations/acme/releases/")
    assert [each.method for each in changes] == ["POST", "POST", "POST", "PUT"]
