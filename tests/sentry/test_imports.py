"""What takes long to import is imported when something is uploaded, not before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.smoke

_PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
version = "1.0"
[tool.hatch.build.targets.wheel.hooks.sentry]
organization = "acme"
project = "web"
"""
_KEPT = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
_SLOW = {"requests", "urllib3", "charset_normalizer", "certifi", "idna"}


def _imported(code: str, folder: Path, **environment: str) -> set[str]:
    """Run `code` and return the top modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('imported', *sys.modules)"],
        cwd=folder,
        env={**_KEPT, "HOME": str(folder), **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("imported "))
    return {name.partition(".")[0] for name in line.split()}


@pytest.mark.parametrize("mode", ["", "off", "dry-run"])
def test_a_build_that_uploads_nothing_imports_no_http(tmp_path: Path, mode: str) -> None:
    (tmp_path / "pyproject.toml").write_text(_PROJECT, "utf-8")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "app.js").write_text("a()", "utf-8")
    code = "import hatchling.build\nhatchling.build.build_wheel('dist')"
    environment = {"SENTRY_ARTIFACTS": mode} if mode else {}
    found = _imported(code, tmp_path, **environment)
    assert "hatch_sentry_artifacts" in found
    assert not _SLOW & found


def test_the_spine_imports_no_http_before_it_connects(tmp_path: Path) -> None:
    assert not _SLOW & _imported("import hatch_sentry_artifacts.publish", tmp_path)
