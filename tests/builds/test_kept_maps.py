"""A build without secrets keeps the maps, and another job makes the same release of them."""

from __future__ import annotations

import json
import shlex
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.integrations.setuptools.builds import CALL
from tests.support.machine import Machine, Result, module
from tests.support.project import READ_ONLY_TOKEN
from tests.support.sentry_contents import contents, files, releases

from .front_end import with_bare_map, write
from .press import AS_FILES, EMBED, INJECT, KEEP, STRIP, Press

SIDE_FILE = Path("build/source-maps/press-1.0.sentry.zip")
NO_TOKEN = {"SENTRY_AUTH_TOKEN": "", "SENTRY_URL": ""}


@pytest.fixture
def other_server(tmp_path: Path) -> Iterator[LocalServer]:
    """Yield a server that no build uploads to."""
    with LocalServer(Settings(tmp_path / "other-server")) as running:
        yield running


@dataclass(frozen=True)
class ReleaseJob:
    """A job that gets the wheel and the side file, and has no project and no tools."""

    folder: Path
    machine: Machine
    server: LocalServer

    def take(self, *given: Path) -> list[str]:
        """Copy files into the job's folder, as a service for artifacts does."""
        return [Path(shutil.copy(str(path), str(self.folder))).name for path in given]

    def upload(self, *arguments: str, **environment: str) -> Result:
        """Run `upload` as the only thing that is done here."""
        given = {
            "PATH": "",
            "SENTRY_URL": self.server.url,
            "SENTRY_ORG": "acme",
            "SENTRY_PROJECT": "web",
            "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
            **environment,
        }
        command = module("hatch_sentry_artifacts", "upload", *arguments)
        return self.machine.run(*command, folder=self.folder, **given)


@pytest.fixture
def job(tmp_path: Path, machine: Machine, other_server: LocalServer) -> ReleaseJob:
    folder = tmp_path / "release-job"
    folder.mkdir()
    return ReleaseJob(folder, machine, other_server)


def _release(server: LocalServer, release: str = "1.0") -> dict[str, tuple[Any, ...]]:
    """Return what the server holds of the release: all but ids and times."""
    held = contents(server, release)
    return {
        name: (held[name], each["sha1"], each["size"], each["headers"], each["dist"])
        for name, each in files(server, release).items()
    }


@pytest.fixture
def keeping(press: Press) -> Press:
    """Return the project with `keep-maps`, in a folder that git ignores."""
    return _kept(press)


def _kept(press: Press) -> Press:
    press.configure(STRIP, KEEP, 'report = "report.json"')
    (press.folder / ".gitignore").write_text("/build/\n")
    return press


def _facts(report: str) -> Any:
    """Return what a report says of contents: all but what became of them."""
    said = json.loads(report)
    facts = [
        {key: each[key] for key in ("path", "name", "size", "sha1", "headers", "debug_id", "rule")}
        for each in said["files"]
    ]
    bundle = said.get("bundle")
    return (
        sorted(facts, key=lambda each: str(each["name"])),
        bundle and {key: bundle[key] for key in ("checksum", "size", "chunks", "state")},
        [said[key] for key in ("release", "dist", "upload_as", "organization", "projects")],
    )


def test_two_jobs_give_the_release_files_that_one_build_gives(
    keeping: Press, job: ReleaseJob
) -> None:
    keeping.configure(AS_FILES, 'dist = "{name}"')
    built = keeping.build(**NO_TOKEN)
    assert built.code == 0, built.output
    given = job.take(keeping.wheel, keeping.folder / SIDE_FILE)
    uploaded = job.upload(*given, "--json")
    assert uploaded.code == 0, uploaded.output
    assert keeping.build().code == 0

    assert _release(job.server) == _release(keeping.server)
    assert "~/static/app.js.map" in _release(job.server)
    assert _facts(uploaded.out) == _facts((keeping.folder / "report.json").read_text())
    assert (keeping.folder / SIDE_FILE).read_bytes() == (job.folder / given[1]).read_bytes()
    again = job.upload(*given, SENTRY_URL=keeping.server.url)
    assert "5 unchanged" in again.err


def test_two_jobs_give_the_bundle_that_one_build_gives(keeping: Press, job: ReleaseJob) -> None:
    keeping.configure(INJECT, EMBED, 'release = "{name}@{version}"')
    write(keeping.folder / "press/static", with_bare_map("bare.js"))
    write(keeping.folder / "press/source", {"bare.js.ts": b"throw 'bare'\n"})
    built = keeping.build(**NO_TOKEN)
    assert built.code == 0, built.output
    given = job.take(keeping.wheel, keeping.folder / SIDE_FILE)
    uploaded = job.upload(*given, "--json")
    assert uploaded.code == 0, uploaded.output
    assert keeping.build().code == 0

    facts = _facts(uploaded.out)
    assert facts == _facts((keeping.folder / "report.json").read_text())
    assert facts[1]["state"] == "ok"
    assert facts[2][0] == "press@1.0"
    assert b"throw 'bare'" in (keeping.folder / SIDE_FILE).read_bytes()
    again = job.upload(*given, SENTRY_URL=keeping.server.url)
    assert "7 unchanged" in again.err


def test_an_upload_that_failed_is_finished_by_the_command_that_is_told(
    keeping: Press, job: ReleaseJob
) -> None:
    failed = keeping.build(SENTRY_AUTH_TOKEN=READ_ONLY_TOKEN)
    assert failed.code != 0
    (hint,) = [line for line in failed.lines if "to send what is missing: " in line]
    assert not [line for line in failed.lines if "ships without" in line]
    _, _, command = hint.partition("hatch-sentry-artifacts ")
    assert SIDE_FILE.as_posix() in command.replace("\\", "/")
    finished = keeping.project.run(*module("hatch_sentry_artifacts", *shlex.split(command)))
    assert finished.code == 0, finished.output
    assert keeping.map_of("~/static/app.js") == "app.js.map"


def test_a_dry_run_keeps_the_maps_and_shows_them(hatch: Press) -> None:
    _kept(hatch)
    result = hatch.build(SENTRY_ARTIFACTS="dry-run")
    assert "~/static/app.js  Sourcemap: app.js.map" in result.output
    assert (hatch.folder / SIDE_FILE).is_file()
    assert not [line for line in result.lines if line.startswith("warning: ")]


def test_a_side_file_of_another_build_sends_nothing(hatch: Press, job: ReleaseJob) -> None:
    _kept(hatch)
    assert hatch.build(**NO_TOKEN).code == 0
    job.take(hatch.folder / SIDE_FILE)
    hatch.wheel.unlink()
    write(hatch.folder / "press/static", {"plain.js": b"changed()\n"})
    assert hatch.build(**NO_TOKEN).code == 0
    refused = job.upload(*job.take(hatch.wheel), SIDE_FILE.name)

    assert refused.code == 2
    assert "press/static/plain.js of the wheel differ from what it says" in refused.err
    assert releases(job.server) == []


def test_without_its_side_file_a_stripped_wheel_points_at_it(hatch: Press, job: ReleaseJob) -> None:
    _kept(hatch).configure(INJECT)
    assert hatch.build(**NO_TOKEN).code == 0
    (wheel, side_file) = job.take(hatch.wheel, hatch.folder / SIDE_FILE)
    refused = hatch.project.run(*module("hatch_sentry_artifacts", "upload"))
    assert refused.code == 2
    assert "(`keep-maps`)" in refused.err
    alone = job.upload(side_file)
    assert (alone.code, f"goes with {wheel}" in alone.err) == (2, True)
    late = job.upload(wheel, side_file, "--paths", "press=~/x", "--source-maps=ship")
    assert late.code == 2
    assert "--paths, --source-maps: a side file has names and contents" in late.err
    assert "only a build has" in job.upload(wheel, side_file, "--keep-maps=maps").err
    named = job.upload(wheel, side_file, "--release", "other")
    assert (named.code, releases(job.server)) == (0, ["other"])


def test_what_is_published_holds_no_side_file(press: Press) -> None:
    _kept(press)
    assert press.build(**NO_TOKEN).code == 0
    sdist = press.build_sdist()
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if "sentry" in name]
    press.wheel.unlink()
    built = press.project.run(*module("build", "--no-isolation"), **NO_TOKEN)
    assert built.code == 0, built.output
    assert (press.folder / SIDE_FILE).is_file()
    assert {path.suffix for path in press.folder.glob("dist/*")} == {".gz", ".whl"}
    checked = press.project.run(
        *module("twine", "check", *map(str, press.folder.glob("dist/*"))), NO_COLOR="1"
    )
    assert checked.code == 0, checked.output


@pytest.mark.parametrize("place", ["press/maps", "press"])
def test_a_folder_of_a_package_is_refused_before_the_build(press: Press, place: str) -> None:
    press.configure(STRIP, f'keep-maps = "{place}"')
    result = press.build(**NO_TOKEN)
    assert result.code == 2
    assert f'`keep-maps` names "{place}", ' in result.output
    assert press.project.wheels == []


def test_hatch_refuses_a_folder_that_its_sdists_hold_and_pip_keeps_nothing(hatch: Press) -> None:
    hatch.configure(STRIP, KEEP)
    refused = hatch.build(**NO_TOKEN)
    assert refused.code == 2
    assert '"build/source-maps", which Hatch would pack into the sdist: name it in' in refused.err
    hatch.project.edit(
        "[tool.hatch.build.targets.wheel]\n",
        '[tool.hatch.build.targets.sdist]\nexclude = ["/build"]\n\n'
        "[tool.hatch.build.targets.wheel]\n",
    )
    assert hatch.build(**NO_TOKEN).code == 0
    (hatch.folder / SIDE_FILE).unlink()
    for order in ("", "upload"):
        command = module("pip", "wheel", "--no-deps", "--no-build-isolation", ".")
        built = hatch.project.run(*command, SENTRY_ARTIFACTS=order)
        assert built.code == 0, built.output
        assert not (hatch.folder / SIDE_FILE).exists()


def test_the_command_of_setuptools_keeps_what_it_uploads(setuptools: Press) -> None:
    setuptools.configure(STRIP, AS_FILES)
    command = (*CALL, "sentry_artifacts", "--keep-maps=maps/of wheels")
    done = setuptools.project.run(*command)
    assert done.code == 0, done.output
    assert (setuptools.folder / "maps/of wheels" / SIDE_FILE.name).is_file()
    assert setuptools.map_of("~/static/app.js") == "app.js.map"
    refused = setuptools.project.run(*CALL, "sentry_artifacts", "--keep-maps=press/static")
    assert (refused.code, "inside of the package press" in refused.output) == (2, True)
