"""What a killed run leaves among temporary files is deleted by the next, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hatch_sentry_artifacts import temporary
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.temporary import TemporaryFolder, sweep

_PROGRAM = """
import sys
from hatch_sentry_artifacts.temporary import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "injected" / "deep").mkdir(parents=True)
(folder.path / "injected" / "deep" / "app.js").write_bytes(b"a()")
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files lie."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def running() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Yield a run in a process of its own that has made its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        yield process, Path(process.stdout.readline().strip())
        process.kill()
        process.wait()


def test_it_ends_with_its_context(place: Path) -> None:
    with TemporaryFolder() as folder:
        (folder / "maps").mkdir()
        (folder / "maps" / "a.js.map").write_bytes(b"{}")
        assert folder.parent == place
    assert not list(place.iterdir())


def test_the_folder_of_a_run_that_goes_on_is_left_alone_until_that_is_killed(place: Path) -> None:
    with running() as (process, folder):
        with TemporaryFolder() as other:
            assert (folder / "injected" / "deep" / "app.js").read_bytes() == b"a()"
            assert other != folder
        process.kill()
        process.wait()
        assert folder.exists()
        sweep()
    assert not list(place.iterdir())


def test_nothing_else_is_deleted(place: Path) -> None:
    elsewhere = place / "elsewhere"
    with running() as (_, folder):
        folder.rename(elsewhere)
    (place / "sentry-artifacts-plugin").mkdir()
    (place / "sentry-artifacts-plugin" / "setup.py").touch()
    (place / "sentry-artifacts-started").mkdir()
    (place / "sentry-artifacts-notes").touch()
    before = sorted(place.rglob("*"))
    sweep()
    assert sorted(place.rglob("*")) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few make links")
def test_no_link_is_followed(place: Path) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    with running() as (process, folder):
        (folder / "link").symlink_to(elsewhere)
        (place / "sentry-artifacts-linked").symlink_to(folder)
        process.kill()
        process.wait()
        sweep()
    assert [path.name for path in elsewhere.iterdir()] == ["kept"]
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has a folder for each user")
def test_what_belongs_to_another_user_is_left_alone(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as (process, folder):
        process.kill()
        process.wait()
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        sweep()
        assert folder.exists()


def test_an_empty_folder_of_a_run_that_was_killed_at_once_is_deleted_when_it_is_old(
    place: Path,
) -> None:
    young, old = place / "sentry-artifacts-abcd1234", place / "sentry-artifacts-efgh5678"
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    sweep()
    assert list(place.iterdir()) == [young]


def test_a_folder_that_is_swept_before_it_is_locked_is_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = temporary._lock, list[Path]()

    def sweep_first(file: object) -> None:
        if not swept:
            swept.extend(place.iterdir())
            sweep()
        lock(file)  # type: ignore[arg-type]

    monkeypatch.setattr(temporary, "_lock", sweep_first)
    with TemporaryFolder() as folder:
        assert [folder] == list(place.iterdir())
        assert (os.name == "nt") == (folder in swept)


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no permissions from users")
def test_no_place_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/nowhere/at/all"])
    with pytest.raises(DistributionError, match=r"no temporary folder can be made: .*TMPDIR"):
        TemporaryFolder()
