"""A build without secrets keeps the maps, and another job makes the same release of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from tests.support.machine import Machine, Result, module
from tests.support.sentry_contents import contents, files

from .press import AS_FILES, STRIP, Press

KEEP = 'keep-maps = "build/source-maps"'
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


MakeJob = Callable[[], ReleaseJob]


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


def test_two_jobs_give_the_release_files_that_one_build_gives(
    press: Press, job: ReleaseJob
) -> None:
    press.configure(STRIP, AS_FILES, KEEP)
    built = press.build(**NO_TOKEN)
    assert built.code == 0, built.output
    uploaded = job.upload(*job.take(press.wheel, press.folder / SIDE_FILE))
    assert uploaded.code == 0, uploaded.output
    assert press.build().code == 0

    assert _release(job.server) == _release(press.server)
    assert "~/static/app.js.map" in _release(job.server)
