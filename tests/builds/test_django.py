"""Why the comment goes with the map: Django's `collectstatic` stops where it leads nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .front_end import in_package, shipped, with_map, write
from .press import STRIP, Press

PROGRAM = """
import sys
import django
from django.conf import settings
from django.core.management import call_command

STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
settings.configure(
    STATIC_URL="/static/",
    STATIC_ROOT=sys.argv[2],
    STATICFILES_DIRS=[sys.argv[1]],
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STORAGES={"staticfiles": {"BACKEND": STORAGE}},
)
django.setup()
call_command("collectstatic", interactive=False)
"""


def _collect_static(folder: Path, into: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(into)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_collectstatic_takes_a_stripped_wheel_and_no_dangling_comment(
    hatch: Press, tmp_path: Path
) -> None:
    pytest.importorskip("django")
    hatch.configure(STRIP)
    assert hatch.build().code == 0
    write(tmp_path / "shipped", in_package(shipped(hatch.wheel)))
    done = _collect_static(tmp_path / "shipped/static", tmp_path / "collected")

    assert done.returncode == 0, done.stderr
    assert "static files copied" in done.stdout

    write(tmp_path / "dangling", {"app.js": with_map("app.js")["app.js"]})
    done = _collect_static(tmp_path / "dangling", tmp_path / "other")
    assert done.returncode != 0
    assert "The file 'app.js.map' could not be found" in done.stderr
