"""Answers every frame of a trace, each place once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from hatch_sentry_artifacts.explain.explanation import Explanation
from hatch_sentry_artifacts.explain.frame import Frame


class Outcome(str, Enum):
    """What became of a frame; the values are the words of the summary."""

    RESOLVES = "resolves"
    LATE = "from now"
    UNRESOLVED = "does not"
    UNKNOWN = "unknown"
    FOREIGN = "not yours"


@dataclass(frozen=True)
class Answer:
    """A frame, numbered from 1, and its explanation, which is None if it names no script.

    `same_as` is the number of an earlier frame of the same place. Of an event's frame, `causes` say
    why it is minified in Sentry, `said` is what Sentry said of its URL, and `late` that its files
    were stored after the event.
    """

    number: int
    frame: Frame
    found: Explanation | None = None
    same_as: int | None = None
    causes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    late: bool = False

    @property
    def outcome(self) -> Outcome:
        """What became of the frame."""
        if self.frame.shown is not None:
            return Outcome.RESOLVES
        if self.found is None:
            return Outcome.FOREIGN if self.frame.foreign else Outcome.UNRESOLVED
        if self.found.error is not None:
            return Outcome.UNKNOWN
        if self.late:
            return Outcome.LATE
        resolved = self.found.resolved and not self.causes
        return Outcome.RESOLVES if resolved else Outcome.UNRESOLVED


def answer_frames(
    frames: Iterable[Frame],
    explain_one: Callable[[Frame], Explanation],
    complete: Callable[[Answer], Answer] = lambda answer: answer,
) -> Iterator[Answer]:
    """Yield the answer to each frame, as `complete` makes it whole.

    A place that comes again is not looked up again, and one that Sentry resolved not at all.
    """
    firsts: dict[tuple[object, ...], Answer] = {}
    for number, frame in enumerate(frames, 1):
        if frame.position is None or frame.shown is not None:
            yield Answer(number, frame)
            continue
        key = (frame.position, frame.debug_id)
        first = firsts.get(key)
        if first is not None:
            yield replace(first, number=number, frame=frame, same_as=first.number)
            continue
        firsts[key] = complete(Answer(number, frame, explain_one(frame)))
        yield firsts[key]
