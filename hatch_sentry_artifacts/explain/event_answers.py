"""Explains the frames of an event, and why those that are minified in Sentry are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.explain.answers import Answer
from hatch_sentry_artifacts.explain.artifacts import Artifacts, EventBundle
from hatch_sentry_artifacts.explain.event import Event
from hatch_sentry_artifacts.explain.explanation import Explanation, explain
from hatch_sentry_artifacts.explain.frame import Frame


@dataclass(frozen=True)
class EventArtifacts:
    """What is searched for an event's frames.

    `seen` is what the event's release and dist see; `problem` says what is wrong with that release
    as a whole. `find_bundle` returns the bundle with a debug id. `others` returns what other
    releases see that the event may have been meant for, each with its name; it may ask the server.
    """

    event: Event
    seen: Artifacts
    find_bundle: Callable[[str], EventBundle | None]
    problem: str | None = None
    others: Callable[[], Sequence[tuple[str, Artifacts]]] = tuple

    def explain(self, frame: Frame) -> Explanation:
        """Explain a frame that has a place."""
        assert frame.position is not None  # noqa: S101 - only such frames are explained
        return explain(frame.position, self._of_frame(frame))

    def _of_frame(self, frame: Frame) -> Artifacts:
        """Return what is searched for a frame: its debug id comes first, if it has one."""
        if frame.debug_id is None:
            return self.seen
        bundle = self.find_bundle(frame.debug_id)
        return replace(self.seen, debug_id=frame.debug_id, identified=bundle)


def with_causes(answer: Answer, artifacts: EventArtifacts) -> Answer:
    """Return the answer with the causes for a frame that Sentry left minified."""
    found, event = answer.found, artifacts.event
    if found is None or found.error is not None or answer.frame.shown is not None:
        return answer
    if found.resolved and not event.processed:
        return answer
    causes = _of_late(found, event) if found.resolved else _causes(found, artifacts)
    said = tuple(dict.fromkeys(event.errors.get(found.position.url, ())))
    late = found.resolved and _is_late(found, event)
    return replace(answer, causes=tuple(causes), said=said, late=late)


def _causes(found: Explanation, artifacts: EventArtifacts) -> Iterator[str]:
    """Yield what keeps the frame from resolving, beside what its explanation shows."""
    event, position = artifacts.event, found.position
    if found.artifacts.debug_id is not None and found.artifacts.identified is None:
        yield (
            f"no upload has the debug id {found.artifacts.debug_id} of the script: what the page "
            "ran is not what was uploaded, or its ids were put in after the upload"
        )
    for dist in artifacts.seen.dists():
        if dist != event.dist and explain(position, artifacts.seen.of_dist(dist)).resolved:
            yield (
                f"it resolves with {_dist(dist)}, and the event says {_dist(event.dist)}: `dist` "
                "has to be the same in `Sentry.init` and in the upload"
            )
    for name, other in artifacts.others():
        if explain(position, other).resolved:
            said = f"release {event.release}" if event.release else "no release"
            yield (
                f"it resolves in {name}, and the event says {said}: `release` has to be the same "
                "in `Sentry.init` and in the upload"
            )


def _of_late(found: Explanation, event: Event) -> Iterator[str]:
    """Yield why a frame that would resolve now did not when the event came."""
    stored, received = _stored(found), moment(event.received)
    if found.position.column is None:
        yield "the event has no column for it, and Sentry resolves no frame without one"
    elif _is_late(found, event) and stored is not None and received is not None:
        yield (
            f"the files were stored {_ago(stored, received)} after the event: they are used for "
            "those that come since, and this one stays as it is"
        )
    else:
        yield (
            "the files were there when the event came, as far as their dates tell: Sentry may have "
            "been unable to use them, or they were replaced since"
        )


def _is_late(found: Explanation, event: Event) -> bool:
    stored, received = _stored(found), moment(event.received)
    dated = stored is not None and received is not None and stored > received
    return dated and found.position.column is not None


def _stored(found: Explanation) -> datetime | None:
    """Return when the last of script and map was stored."""
    searches = [found.script, *([found.link.search] if found.link and found.link.search else [])]
    dates = [moment(each.artifact.date) for each in searches if each.artifact is not None]
    return max((date for date in dates if date is not None), default=None)


def _ago(later: datetime, earlier: datetime) -> str:
    seconds = int((later - earlier).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{max(seconds, 1)} s"


def _dist(dist: str | None) -> str:
    return "no dist" if dist is None else f"dist {dist}"
