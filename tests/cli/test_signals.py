"""What a build service or a terminal sends to end a command ends it in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.kinds import is_staged
from tests.builds.front_end import write

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals"),
]
_SECONDS = 60
_ATTEMPTS = 5


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_an_injection_that_is_ended_leaves_nothing_unfinished(tmp_path: Path, name: str) -> None:
    for attempt in range(_ATTEMPTS):
        folder = tmp_path / str(attempt)
        code, error = _end_an_injection(folder, getattr(signal, name))
        if code:
            break
    assert code == 130
    assert b"stopped" in error
    assert b"Traceback" not in error
    assert not _staged(folder)


def _end_an_injection(folder: Path, number: int) -> tuple[int, bytes]:
    """Send a signal to an injection as soon as it writes; on a busy machine it may be done then."""
    files = {f"{number}.js": b"a(%d);" % number + b"b();" * 2000 for number in range(2000)}
    write(folder / "static", files)
    process = subprocess.Popen(
        [sys.executable, "-m", "hatch_sentry_artifacts", "inject", "static"],
        cwd=folder,
        stderr=subprocess.PIPE,
        # Whoever runs the tests may have it ignored, as nohup does, and that is inherited.
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),  # noqa: PLW1509 - only signals
    )
    assert process.stderr is not None
    with process.stderr:
        began = time.monotonic()
        while not _staged(folder) and process.poll() is None:
            assert time.monotonic() - began < _SECONDS
        process.send_signal(number)
        error = process.stderr.read()
        return process.wait(_SECONDS), error


def _staged(folder: Path) -> list[Path]:
    return [path for path in folder.joinpath("static").iterdir() if is_staged(path.name)]
