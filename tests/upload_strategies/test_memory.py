"""However much there is to send, only what is under way is held in memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from tests.assets.bundle.support import MEBIBYTE
from tests.support import make_wheel

from .site import RELEASE, Site

_PROGRAM = r"""
import re, resource, sys
from pathlib import Path
from hatch_sentry_artifacts.cli import main
code = main(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":  # where that counts what the process had that started this one
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]
print(peak)
sys.exit(code)
"""
_MEBIBYTES = 300


def _many(folder: Path) -> Path:
    for number in range(_MEBIBYTES):
        noise = random.Random(number).randbytes(MEBIBYTE // 4)
        (folder / f"{number}.js").write_bytes(noise.hex().encode() * 2)
    return folder


def _one(folder: Path) -> Path:
    noise = random.Random(1)
    with (folder / "one.js").open("wb") as file:
        for _ in range(_MEBIBYTES):
            file.write(noise.randbytes(MEBIBYTE))
    return folder


def _wheel(folder: Path) -> Path:
    wheel = make_wheel(folder)
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(_MEBIBYTES):
            archive.writestr(f"shop/{number}.js", random.Random(number).randbytes(MEBIBYTE))
    return wheel


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource usage to look at")
@pytest.mark.parametrize(
    ("make", "accept"),
    [
        (_many, "artifact_bundles"),
        (_one, "artifact_bundles"),
        (_one, "artifact_bundles_v2"),
        (_wheel, "artifact_bundles_v2"),
    ],
)
def test_bundle_of_300_mebibytes_takes_less_than_half_of_that(
    *, serve: Callable[..., Site], tmp_path: Path, make: Callable[[Path], Path], accept: str
) -> None:
    site = serve(accept=(accept,))
    folder = tmp_path / "shop"
    folder.mkdir()
    variables = {
        "SENTRY_URL": site.server.url,
        "SENTRY_ORG": "acme",
        "SENTRY_PROJECT": "web",
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    arguments = ["upload", str(make(folder)), "--upload-as", "artifact-bundle"]
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments, "--release", RELEASE, "--validate", "off"],
        check=False,
        env={**os.environ, **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert process.returncode == 0, process.stderr
    unit = 1 if sys.platform == "darwin" else 1024
    peak = int(process.stdout.split()[-1]) * unit
    assert peak < _MEBIBYTES * MEBIBYTE / 2, f"{peak / MEBIBYTE:.0f} MiB"
