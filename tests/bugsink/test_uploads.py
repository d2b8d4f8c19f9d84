"""What uploads to a real Bugsink say, and that large ones arrive."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support import make_wheel
from tests.support.machine import Result, module

from .example import run
from .server import Frame, Place, Project

DEBUG_ID = "6c7f2b0e-4e0f-5d4c-9a55-2f0f3f1c8a01"
# Generated line 1, column 1 stands for line 1, column 1 of the only source, and the only name.
MAPPINGS = "AAAAA"
BUNDLE = ("--upload-as", "artifact-bundle")


def pair(
    *, debug_id: str | None, source: str = "total(basket)\n", folder: str = "shop/static"
) -> dict[str, bytes]:
    """Return a script and its map, as files of a wheel."""
    source_map: dict[str, Any] = {
        "version": 3,
        "sources": ["src/app.ts"],
        "sourcesContent": [source],
        "names": ["total"],
        "mappings": MAPPINGS,
    }
    script = "t(b);\n//# sourceMappingURL=app.js.map\n"
    if debug_id:
        source_map["debugId"] = debug_id
        registered = f'(self._sentryDebugIds={{}})[Error().stack]="{debug_id}";'
        script = script.replace("\n", f"\n{registered}\n", 1) + f"//# debugId={debug_id}\n"
    return {
        f"{folder}/app.js": script.encode(),
        f"{folder}/app.js.map": json.dumps(source_map).encode(),
    }


def upload(project: Project, wheel: Path, *arguments: str, **environment: str) -> Result:
    command = module("hatch_sentry_artifacts", "upload", str(wheel), *arguments)
    return run(command, wheel.parent, {**project.environment, **environment})


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path, files=pair(debug_id=DEBUG_ID))


def test_a_bundle_of_several_chunks_arrives_whole(project: Project, tmp_path: Path) -> None:
    noise = base64.b64encode(random.Random(0).randbytes(5_000_000)).decode()
    source = "total(basket)\n" + "\n" * 20 + f"// {noise}\n"
    wheel = make_wheel(tmp_path, files=pair(debug_id=DEBUG_ID, source=source))
    done = upload(project, wheel, *BUNDLE, "--json")

    assert done.code == 0, done.output
    report = json.loads(done.out)
    assert report["summary"] == {"uploaded": 2}
    # Of 2 MiB, one a request; before them the server is asked for its limits, then to assemble.
    assert report["bundle"]["chunks"] == report["bundle"]["chunks_sent"] == 3
    # Limits, a probe, release and root in vain, chunks, the bundle; and what was closed.
    assert report["requests"] <= 10
    place = Place("https://shop.example/static/app.js", 1, 1, "t")
    assert project.shows([place], DEBUG_ID, "1.2.0") == [
        Frame("src/app.ts", 1, "total", "total(basket)")
    ]


def test_a_script_that_is_there_under_two_spellings_is_found(
    project: Project, tmp_path: Path
) -> None:
    files = pair(debug_id=DEBUG_ID, folder="shop/static/@shop")
    done = upload(project, make_wheel(tmp_path, files=files), "--json")

    assert json.loads(done.out)["summary"] == {"uploaded": 3}
    for folder in ("@shop", "%40shop"):
        place = Place(f"https://shop.example/static/{folder}/app.js", 1, 1, "t")
        assert project.shows([place], DEBUG_ID, "1.2.0")[0].text == "total(basket)"


def test_other_content_for_a_known_debug_id_is_taken_but_the_first_stays(
    project: Project, wheel: Path, tmp_path: Path
) -> None:
    second = make_wheel(
        tmp_path, version="1.3.0", files=pair(debug_id=DEBUG_ID, source="changed()\n")
    )
    codes = [upload(project, each, *BUNDLE).code for each in (wheel, second)]

    assert codes == [0, 0]
    place = Place("https://shop.example/static/app.js", 1, 1, "t")
    assert project.shows([place], DEBUG_ID, "1.3.0")[0].text == "total(basket)"


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)], ids=["upload", "dry run"])
def test_files_without_debug_ids_are_warned_of_once(
    project: Project, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    wheel = make_wheel(tmp_path, files=pair(debug_id=None))
    done = upload(project, wheel, *BUNDLE, *arguments)

    assert done.code == 0
    warnings = [line for line in done.err.splitlines() if ": warning: " in line]
    warning = (
        "sentry-artifacts: warning: 1 file with a source map, but without a debug id in events: "
        "a Bugsink, as this "
        "server may be, finds no map without one, and says nothing; build with "
        '`debug-ids = "inject"`'
    )
    assert warnings == [warning]


def test_files_with_debug_ids_are_not_warned_of(project: Project, wheel: Path) -> None:
    done = upload(project, wheel, *BUNDLE)

    assert (done.code, "warning" in done.err) == (0, False)


def test_release_files_are_refused_with_an_offer_of_bundles(project: Project, wheel: Path) -> None:
    done = upload(project, wheel, "--upload-as", "release-files")

    assert done.code == 3
    assert f"error: {project.url} takes no release files" in done.err
    assert 'set `upload-as` to "artifact-bundle"' in done.err


def test_a_wrong_token_is_said_to_be_one(project: Project, wheel: Path) -> None:
    done = upload(project, wheel, *BUNDLE, SENTRY_AUTH_TOKEN="0" * 40)

    assert done.code == 3
    assert (
        f"error: {project.url} does not accept the token from SENTRY_AUTH_TOKEN "
        "(401: Invalid token)"
    ) in done.err


def test_a_wrong_project_is_named(project: Project, wheel: Path) -> None:
    done = upload(project, wheel, *BUNDLE, SENTRY_PROJECT="nowhere")

    assert done.code == 3
    assert f"error: {project.url} does not take the bundle for the project nowhere" in done.err
    assert "fix `project` (SENTRY_PROJECT) to the slug" in done.err


def test_a_release_cannot_be_finalized_but_the_bundle_is_there(
    project: Project, wheel: Path
) -> None:
    done = upload(project, wheel, *BUNDLE, "--finalize-release")

    assert done.code == 3
    assert "release 1.2.0: 2 uploaded" in done.err
    assert done.err.endswith(
        f"error: the bundle is there, but {project.url} has no releases that could be finalized: "
        "leave out `finalize-release`\n"
    )


def test_prune_says_that_a_bugsink_has_nothing_to_prune(project: Project, tmp_path: Path) -> None:
    for more in (["--yes"], ["--dry-run"]):
        command = module("hatch_sentry_artifacts", "prune", "--keep", "1", *more)
        done = run(command, tmp_path, project.environment)
        assert done.code == 3
        assert "nothing can be pruned there" in done.err, done.err
        assert "Traceback" not in done.err
