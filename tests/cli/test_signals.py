"""What a build service or a terminal sends to end a command ends it in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.kinds import is_staged
from tests.builds.front_end import write

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals"),
]
_SECONDS = 60


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_an_injection_that_is_ended_leaves_nothing_unfinished(tmp_path: Path, name: str) -> None:
    files = {f"{number}.js": b"a(%d);" % number + b"b();" * 2000 for number in range(2000)}
    write(tmp_path / "static", files)
    process = subprocess.Popen(
        [sys.executable, "-m", "hatch_sentry_artifacts", "inject", "static"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process.stderr:
        began = time.monotonic()
        while not _staged(tmp_path):
            assert process.poll() is None
            assert time.monotonic() - began < _SECONDS
        process.send_signal(getattr(signal, name))
        error = process.stderr.read()
        assert process.wait(_SECONDS) == 130
    assert b"stopped" in error
    assert b"Traceback" not in error
    assert not _staged(tmp_path)


def _staged(folder: Path) -> list[Path]:
    return [path for path in folder.joinpath("static").iterdir() if is_staged(path.name)]
