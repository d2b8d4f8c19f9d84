"""Events of a real Bugsink, explained by a wheel, since it does not tell what it holds."""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.support import make_wheel
from tests.support.machine import Result, module

from .example import run
from .server import Place, Project, ask
from .test_uploads import DEBUG_ID, pair

URL = "https://shop.example/static/app.js"


def explain(project: Project, folder: Path, *arguments: str) -> Result:
    command = module("hatch_sentry_artifacts", "explain", *arguments)
    return run(command, folder, project.environment)


def event_of(project: Project) -> str:
    """Return the id of the only event of the project."""
    (issue,) = ask(project, f"issues/?project={project.id}")["results"]
    (event,) = ask(project, f"events/?issue={issue['id']}")["results"]
    return str(event["id"])


def test_the_frames_of_an_event_are_explained_by_a_wheel(project: Project, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files=pair(debug_id=DEBUG_ID))
    project.shows([Place(URL, 1, 1, "t"), Place(f"{URL}x", 1, 1, "u")], DEBUG_ID, "1.2.0")
    done = explain(project, tmp_path, "--event", event_of(project), "--from", str(wheel))
    assert "RangeError: empty" in done.out
    assert "of release 1.2.0, no dist" in done.out
    assert f"  by debug id:\n  answers     {DEBUG_ID}\n" in done.out
    assert "src/app.ts:1:1" in done.out
    assert done.code == 0, done.output


def test_without_a_wheel_the_way_out_is_told(project: Project, tmp_path: Path) -> None:
    project.shows([Place(URL, 1, 1, "t")], DEBUG_ID, "1.2.0")
    page = f"{project.url}/issues/issue/{uuid.uuid4()}/event/{event_of(project)}/"
    done = explain(project, tmp_path, "--event", page)
    assert "--from looks into a wheel instead" in done.err
    assert done.code == 3


def test_an_event_that_is_not_there_is_told(project: Project, tmp_path: Path) -> None:
    done = explain(project, tmp_path, "--event", uuid.uuid4().hex)
    assert "Bugsink knows events by the id in the address" in done.err
    assert done.code == 2
