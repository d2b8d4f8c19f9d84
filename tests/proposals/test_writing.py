"""A file is replaced at once, or stays as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.writing import replace_content


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    file, other = tmp_path / "new.toml", tmp_path / "other"
    other.touch()
    replace_content(file, b"", b"a = 1\n")
    assert file.read_bytes() == b"a = 1\n"
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_what_somebody_else_has_changed_in_the_meantime_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"theirs = 1\n")
    with pytest.raises(ConfigurationError, match="was changed by somebody else"):
        replace_content(file, b"ours = 1\n", b"ours = 2\n")
    assert file.read_bytes() == b"theirs = 1\n"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("fault", ["a folder", "a file"])
def test_what_must_not_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"a = 1\n")

    def refuse(*_arguments: object, **_more: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    # The user who runs the tests may be allowed everything.
    if fault == "a folder":
        monkeypatch.setattr("tempfile.mkstemp", refuse)
    else:
        monkeypatch.setattr(os, "access", lambda *_arguments: False)
    with pytest.raises(ConfigurationError, match="cannot be written, and is as it was: "):
        replace_content(file, b"a = 1\n", b"a = 2\n")
    assert file.read_bytes() == b"a = 1\n"


def test_a_fault_in_the_middle_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"a = 1\n")

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ConfigurationError, match="No space left"):
        replace_content(file, b"a = 1\n", b"a = 2\n")
    assert [each.name for each in tmp_path.iterdir()] == ["a.toml"]
    assert file.read_bytes() == b"a = 1\n"
