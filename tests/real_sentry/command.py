"""Runs the command line against a server."""

from __future__ import annotations

import os
import subprocess
import sys


def run(connection: dict[str, str], *arguments: object) -> str:
    command = [sys.executable, "-m", "hatch_sentry_artifacts", *map(str, arguments)]
    done = subprocess.run(
        command,
        env={**os.environ, **connection},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert connection["SENTRY_AUTH_TOKEN"] not in done.stdout + done.stderr
    return done.stdout
