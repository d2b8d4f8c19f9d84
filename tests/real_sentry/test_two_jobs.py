"""A job with the wheel and its side file gives a real Sentry what the build itself would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.builds.front_end import front_end, with_bare_map, write
from tests.builds.press import AS_FILES, EMBED, INJECT, KEEP, STRIP
from tests.integrations.setuptools.builds import CALL
from tests.support.machine import module
from tests.support.project import Project

from .command import run
from .test_bundles import looked_up


def _listed(connection: dict[str, str], release: str) -> Any:
    """Return what the server tells of the release, but for ids, times and the release itself."""
    text = run(connection, "list", "--json", "--release", release)
    said = json.loads(text.replace(release, "RELEASE"))
    return _without(said, {"id", "bundle_id", "date", "uploaded", "url", "checksum"})


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, keys) for key, each in value.items() if key not in keys}
    return [_without(each, keys) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("back_end", "way"), [("hatch", INJECT), ("setuptools", AS_FILES)])
def test_two_jobs_give_a_real_sentry_what_one_build_gives(
    real: dict[str, str],
    copy: Callable[[str], Project],
    tmp_path: Path,
    back_end: str,
    way: str,
) -> None:
    project = copy(f"shipping_{back_end}")
    write(project.folder / "press", front_end())
    write(project.folder / "press/static", with_bare_map("bare.js"))
    write(project.folder / "press/source", {"bare.js.ts": b"throw 'bare'\n"})
    project.configure(STRIP, EMBED, way, KEEP)
    (project.folder / ".gitignore").write_text("/build/\n")
    if back_end == "hatch":
        build = module("hatchling", "build", "-t", "wheel")
    else:
        build = (*CALL, "bdist_wheel")
    without_secrets = {"SENTRY_AUTH_TOKEN": "", "SENTRY_URL": "", "SENTRY_ARTIFACTS": ""}
    assert project.run(*build, **without_secrets).code == 0

    job = tmp_path / "release-job"
    job.mkdir()
    for file in (project.wheel, *project.folder.glob("build/source-maps/*")):
        shutil.copy(str(file), str(job))
    release = f"sidefile-{uuid4().hex[:12]}"
    elsewhere = project.machine.run(
        *module("hatch_sentry_artifacts", "upload", *sorted(each.name for each in job.iterdir())),
        folder=job,
        **{**real, "PATH": "", "NO_PROXY": "*", "SENTRY_RELEASE": f"{release}-b"},
    )
    assert elsewhere.code == 0, elsewhere.output
    order = {**real, "NO_PROXY": "*", "SENTRY_ARTIFACTS": "upload"}
    here = project.run(*build, **order, SENTRY_RELEASE=f"{release}-a")
    assert here.code == 0, here.output

    listed = _listed(real, f"{release}-b")
    assert listed == _listed(real, f"{release}-a")
    assert "app.js.map" in json.dumps(listed)
    bundles = [looked_up(real, release=f"{release}-{each}", url="~/static/app.js") for each in "ab"]
    assert bundles[0] == bundles[1]
    assert len(bundles[0]) == (way == INJECT)
