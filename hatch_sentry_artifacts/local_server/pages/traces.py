"""The page that resolves a stack trace, and the answer that tells pages of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from flask import Response, render_template, request

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.answers import Answer, answer_frames
from hatch_sentry_artifacts.explain.artifacts import Artifacts
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.frame import Frame
from hatch_sentry_artifacts.explain.trace import read_trace
from hatch_sentry_artifacts.explain.wording import explanation_lines
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.overview_store import Wanted
from hatch_sentry_artifacts.local_server.pages import searching
from hatch_sentry_artifacts.local_server.pages.blueprint import pages

_PROPOSED = 50


@dataclass(frozen=True)
class Answered:
    """The answers to a trace's frames; `left_out` is the number of those that were too many."""

    answers: Sequence[Answer]
    left_out: int


@pages.route("/trace/", methods=["GET", "POST"])
def show_trace() -> str:
    """Show a box for a stack trace, and the trace that was sent from it, resolved."""
    given = request.form if request.method == "POST" else request.args
    text, version, dist = (given.get(key, "") for key in ("trace", "release", "dist"))
    version, dist = version.strip(), dist.strip()
    answered: Answered | None = None
    problem = None
    if request.method == "POST":
        try:
            answered = _answer(text, version, dist or None)
        except ConfigurationError as error:
            problem = str(error)
    store, organization = access.store(), access.settings().organization
    return render_template(
        "trace.html",
        text=text,
        version=version,
        dist=dist,
        answered=answered,
        problem=problem,
        proposed=store.overview.releases(organization, Wanted(), limit=_PROPOSED),
        lines_of=_lines,
    )


@pages.get("/changes/")
def tell_changes() -> Response:
    """Answer with a text that is another one whenever something was stored or deleted."""
    response = Response(access.store().overview.changes(), mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(text: str, version: str, dist: str | None) -> Answered:
    """Answer each frame. Raises ConfigurationError if there is no trace, or no such release."""
    if not text.strip():
        raise ConfigurationError("there is no trace in the box: paste one, with its URLs")
    if not version:
        raise ConfigurationError("which release is the trace of? Name it beside the box")
    artifacts = searching.of_release(version, dist)
    if not artifacts.files and not artifacts.bundles:
        raise ConfigurationError(f"there is no file of a release {version} here")
    trace = read_trace(text)
    return Answered(list(answer_frames(trace.frames, partial(_explain, artifacts))), trace.left_out)


def _explain(artifacts: Artifacts, frame: Frame) -> Explanation:
    assert frame.position is not None  # noqa: S101 - only such frames are explained
    return explain(frame.position, artifacts)


def _lines(found: Explanation) -> str:
    """Return what was looked for, and where, in the command's words; the original stands apart."""
    return "\n".join(explanation_lines(replace(found, original=None), labelled=False))
