"""Releases belong to the organization: what another project's package has there stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import make_wheel

from .fault_proxy import FaultProxy
from .faults import answer
from .running import RemoteRelease, Uploader, expected

_TEMPLATE = 'release = "{name}@{version}"'
PLUM = {"plum/static/app.js": b"plum()", "plum/static/plum.js": b"1"}
PEAR = {"pear/static/app.js": b"pear()", "pear/static/pear.js": b"2"}


@pytest.fixture
def make(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    return lambda files: make_wheel(tmp_path, files=files)


@pytest.fixture
def pear(upload: Uploader, proxy: FaultProxy, make: Callable[[dict[str, bytes]], Path]) -> Path:
    """Return a wheel for the project `other`, after another was uploaded for `web`."""
    assert upload(make(PLUM)).exit_code == 0
    proxy.requests.clear()
    return make(PEAR)


@pytest.mark.parametrize("dry_run", [False, True], ids=["upload", "dry run"])
def test_files_of_another_project_s_package_are_not_replaced(
    *, upload: Uploader, proxy: FaultProxy, release: RemoteRelease, pear: Path, dry_run: bool
) -> None:
    run = upload(pear, projects="other", dry_run=dry_run)
    assert run.exit_code == 1
    assert "also linked to web" in run.message
    assert "~/static/app.js" in run.message
    assert _TEMPLATE in run.message
    assert run.statuses["~/static/app.js"] == "failed"
    assert release.files() == expected(PLUM)
    assert release.projects() == {"web"}
    assert {request.method for request in proxy.requests} == {"GET"}


def test_files_of_new_names_join_those_of_another_project_with_a_word(
    upload: Uploader,
    release: RemoteRelease,
    pear: Path,
    make: Callable[[dict[str, bytes]], Path],
) -> None:
    files = {"pear/static/pear.js": b"2"}
    run = upload(make(files), projects="other")
    assert (run.exit_code, run.summary) == (0, {"uploaded": 1})
    (warning,) = [line for line in run.lines if line.startswith("warning")]
    assert "was one of web and is now also one of other" in warning
    assert _TEMPLATE in warning
    assert release.projects() == {"web", "other"}
    again = upload(make(files), projects="other")
    assert again.summary == {"unchanged": 1}
    assert not [line for line in again.lines if line.startswith("warning")]


def test_own_files_are_not_replaced_once_the_release_is_another_project_s_too(
    upload: Uploader,
    release: RemoteRelease,
    pear: Path,
    make: Callable[[dict[str, bytes]], Path],
) -> None:
    upload(make({"pear/static/pear.js": b"2"}), projects="other")
    run = upload(make({**PLUM, "plum/static/app.js": b"plum(2)"}))
    assert run.exit_code == 1
    assert "also linked to other" in run.message


@pytest.mark.parametrize("projects", ["web,other", "other,web"])
def test_package_of_several_projects_replaces_its_own_files(
    upload: Uploader,
    release: RemoteRelease,
    pear: Path,
    make: Callable[[dict[str, bytes]], Path],
    projects: str,
) -> None:
    files = {**PLUM, "plum/static/app.js": b"plum(2)"}
    run = upload(make(files), projects=projects)
    assert (run.exit_code, run.summary) == (0, {"replaced": 1, "unchanged": 1})
    assert release.files() == expected(files)
    assert release.projects() == {"web", "other"}


def test_keep_keeps_them(upload: Uploader, release: RemoteRelease, pear: Path) -> None:
    run = upload(pear, projects="other", on_conflict="keep")
    assert (run.exit_code, run.summary) == (0, {"kept": 1, "uploaded": 1})


def test_error_says_so_too(upload: Uploader, release: RemoteRelease, pear: Path) -> None:
    run = upload(pear, projects="other", on_conflict="error")
    assert run.exit_code == 1
    assert _TEMPLATE in run.message
    assert release.files() == expected(PLUM)


def test_content_that_another_project_stored_meanwhile_is_not_replaced(
    upload: Uploader, proxy: FaultProxy, release: RemoteRelease, pear: Path
) -> None:
    # The list of files was read before the other package's were there.
    empty = answer(200, {"Content-Type": "application/json"}, b"[]")
    proxy.on(empty, method="GET", path="/files/?per_page=100")
    run = upload(pear, projects="other")
    assert run.exit_code == 1
    assert "may be that of another package" in run.error_of("~/static/app.js")
    assert release.content("~/static/app.js") == PLUM["plum/static/app.js"]


def test_bundle_links_the_project_and_replaces_nothing(
    upload: Uploader, release: RemoteRelease, pear: Path
) -> None:
    run = upload(pear, projects="other", upload_as="artifact-bundle")
    assert run.exit_code == 0
    assert release.projects() == {"web", "other"}
    assert release.files() == expected(PLUM)
