"""Starts an upload in a process of its own, which a campaign then stops."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from tests.sentry.running import ORGANIZATION, PROJECT


def start(wheel: Path, url: str, release: str, workers: int) -> subprocess.Popen[bytes]:
    """Start the upload of the wheel to the server at `url`."""
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "upload", str(wheel)]
    return subprocess.Popen(
        [*command, "--release", release, "--workers", str(workers)],
        cwd=wheel.parent,
        env={
            **os.environ,
            "SENTRY_URL": url,
            "SENTRY_ORG": ORGANIZATION,
            "SENTRY_PROJECT": PROJECT,
            "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
