"""Debug ids are recommended for Django's apps, quietly: no wheel tells of hashed names."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.naming.support import members_of, metadata
from tests.assets.naming.test_guesses import REGISTERED
from tests.support import make_wheel
from tests.support.shell import Shell

APP = "shop/static/shop/app.js"
DJANGO = {"shop/__init__.py": "", **metadata("Requires-Dist: Django")}
HINT = "ManifestStaticFilesStorage"


def hint(files: dict[str, str]) -> str:
    distribution = Distribution("shop.whl", members_of(files), "shop", "1.0")
    return collect(distribution, include=DEFAULT_PATTERNS).hint


def test_scripts_of_apps_without_debug_ids_get_the_hint() -> None:
    assert HINT in hint({**DJANGO, APP: "a();"})


@pytest.mark.parametrize("files", [{**DJANGO, APP: REGISTERED}, {APP: "a();"}])
def test_others_get_none(files: dict[str, str]) -> None:
    assert hint(files) == ""


def test_builds_are_quiet_where_dry_runs_details_and_check_tell(shell: Shell) -> None:
    files = {APP: b"a();\n", "shop/__init__.py": b"", "shop/apps.py": b"import django.apps\n"}
    for other in shell.folder.glob("dist/*.whl"):
        other.unlink()
    wheel = str(make_wheel(Path(shell.folder, "dist"), version="1.2.0", files=files))

    assert HINT in shell.run("upload", wheel, "--dry-run").err
    assert HINT not in shell.run("upload", wheel).err
    assert HINT in shell.run("-v", "upload", wheel).err
    (line,) = [each for each in shell.run("check").out.splitlines() if HINT in each]
    assert line.startswith("hint ")
