"""Uploads to a GlitchTip: mistakes are found, releases are met, and what it lacks is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sentry import running
from tests.sentry.running import Run, Uploader
from tests.support import make_wheel
from tests.support.history import GIT, History

from .stand_in import GlitchTip, Release

RELEASE = "shop@1.2.0"
ID = "0f9a1c2e-1111-4222-8333-444455556666"
PAIR = {
    "shop/static/app.js": b"a()\n//# sourceMappingURL=app.js.map\n",
    "shop/static/app.js.map": b'{"version":3,"sources":[],"names":[],"mappings":""}',
}


@pytest.fixture(params=["5.2", "6.0.5", "6.0.7"])
def site(request: pytest.FixtureRequest) -> Iterator[GlitchTip]:
    version = request.param
    with GlitchTip(tells_missing=version != "5.2", tells_size=version == "6.0.7") as running_site:
        yield running_site


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path, files=PAIR)


def upload(site: GlitchTip, wheel: Path, **options: object) -> Run:
    as_bundle = {"upload_as": "artifact-bundle"}
    return Uploader(site.url, RELEASE, wheel.parent)(wheel, **{**as_bundle, **options})  # type: ignore[arg-type]


def posts(site: GlitchTip) -> list[str]:
    return [step for step in site.steps if step.startswith("POST") and "chunk" in step]


def test_bundle_arrives_and_its_release_is_there_with_its_projects(
    site: GlitchTip, wheel: Path
) -> None:
    run = upload(site, wheel, projects="web,other", finalize_release=True)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 2}), run.message
    release = site.releases[RELEASE]
    assert release.projects == ["web", "other"]
    assert release.date_released
    assert [each["name"] for each in release.files] == ["app.js"]


def test_second_run_creates_nothing_and_fails_nowhere(site: GlitchTip, wheel: Path) -> None:
    upload(site, wheel)
    site.requests.clear()
    run = upload(site, wheel, finalize_release=True)
    assert run.exit_code == 0, run.message
    assert "POST releases" not in " ".join(site.steps)
    assert bool(posts(site)) is not site.tells_missing
    assert site.releases[RELEASE].date_released


@pytest.mark.parametrize("create_release", [True, False])
@pytest.mark.parametrize("dry_run", [True, False])
def test_wrong_organization_is_found_before_anything_is_sent(
    *,
    site: GlitchTip,
    wheel: Path,
    monkeypatch: pytest.MonkeyPatch,
    create_release: bool,
    dry_run: bool,
) -> None:
    monkeypatch.setattr(running, "ORGANIZATION", "nobody")
    run = upload(site, wheel, create_release=create_release, dry_run=dry_run)
    assert run.exit_code == 3
    assert 'knows no organization "nobody"' in run.message
    assert not posts(site)


@pytest.mark.parametrize("projects", ["nothing", "web,nothing"])
def test_wrong_project_is_found_before_anything_is_sent(
    site: GlitchTip, wheel: Path, projects: str
) -> None:
    run = upload(site, wheel, projects=projects)
    assert run.exit_code == 3
    assert 'has no project "nothing"' in run.message
    assert not posts(site)


def test_wrong_project_of_a_release_that_is_there_is_found(site: GlitchTip, wheel: Path) -> None:
    site.releases[RELEASE] = Release(["web"])
    run = upload(site, wheel, projects="nothing")
    assert run.exit_code == 3
    assert 'has no project "nothing"' in run.message
    assert not posts(site)


def test_release_that_a_worker_makes_meanwhile_is_taken(site: GlitchTip, wheel: Path) -> None:
    site.on_create = lambda version: site.releases.__setitem__(version, Release())
    run = upload(site, wheel, finalize_release=True)
    assert run.exit_code == 0, run.message
    assert site.releases[RELEASE].date_released


def test_release_that_the_bundle_makes_late_is_waited_for(site: GlitchTip, wheel: Path) -> None:
    site.delayed = 3
    run = upload(site, wheel, finalize_release=True, create_release=False)
    assert run.exit_code == 0, run.message
    assert site.releases[RELEASE].date_released


def test_release_files_are_refused_and_leave_no_release(site: GlitchTip, wheel: Path) -> None:
    run = upload(site, wheel, upload_as="release-files")
    assert run.exit_code == 3
    assert 'takes no release files: set `upload-as` to "artifact-bundle"' in run.message
    assert site.releases == {}
    assert not [step for step in site.steps if step.startswith("POST")]


def test_release_files_are_refused_by_a_dry_run(site: GlitchTip, wheel: Path) -> None:
    run = upload(site, wheel, upload_as="release-files", dry_run=True)
    assert run.exit_code == 3
    assert "takes no release files" in run.message


@pytest.mark.parametrize("projects", [["web"], ["other"], []], ids=["own", "other", "none"])
def test_release_files_are_refused_on_a_release_that_is_there(
    site: GlitchTip, wheel: Path, projects: list[str]
) -> None:
    site.releases[RELEASE] = Release(projects)
    run = upload(site, wheel, upload_as="release-files")
    assert run.exit_code == 3
    assert "takes no release files" in run.message
    assert len(site.requests) < 8
    assert site.releases[RELEASE].projects == projects


def test_scripts_of_one_file_name_are_warned_of(site: GlitchTip, tmp_path: Path) -> None:
    files = {
        path.replace("static", folder): content
        for folder in ("a", "b")
        for path, content in PAIR.items()
    }
    run = upload(site, make_wheel(tmp_path, files=files))
    assert run.exit_code == 0
    (warning,) = [line for line in run.lines if "by their file name alone" in line]
    assert "~/a/app.js and ~/b/app.js" in warning


def test_scripts_of_different_names_are_not_warned_of(site: GlitchTip, wheel: Path) -> None:
    assert not [line for line in upload(site, wheel).lines if "file name alone" in line]


def test_commits_are_not_kept_which_is_told_and_stops_nothing(
    site: GlitchTip, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if GIT is None:
        pytest.skip("git is not there")
    made = History()
    made.line(["one"])
    monkeypatch.chdir(made.write(tmp_path / "repository"))
    run = upload(site, wheel, commits="auto")
    assert (run.exit_code, run.summary) == (0, {"uploaded": 2}), run.message
    assert any("keeps no commits of releases" in line for line in run.lines)
