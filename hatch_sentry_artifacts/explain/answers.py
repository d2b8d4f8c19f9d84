"""Answers every frame of a trace, each place once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from hatch_sentry_artifacts.explain.explanation import Explanation
from hatch_sentry_artifacts.explain.frame import Frame
from hatch_sentry_artifacts.explain.position import Position


class Outcome(str, Enum):
    """What became of a frame; the values are the words of the summary."""

    RESOLVES = "resolves"
    UNRESOLVED = "does not"
    UNKNOWN = "unknown"
    FOREIGN = "not yours"


@dataclass(frozen=True)
class Answer:
    """A frame, numbered from 1, and its explanation, which is None if it names no script.

    `same_as` is the number of an earlier frame of the same place.
    """

    number: int
    frame: Frame
    found: Explanation | None = None
    same_as: int | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of the frame."""
        if self.found is None:
            return Outcome.FOREIGN if self.frame.foreign else Outcome.UNRESOLVED
        if self.found.error is not None:
            return Outcome.UNKNOWN
        return Outcome.RESOLVES if self.found.resolved else Outcome.UNRESOLVED


def answer_frames(
    frames: Iterable[Frame], explain_one: Callable[[Position], Explanation]
) -> Iterator[Answer]:
    """Yield the answer to each frame; a place that comes again is not looked up again."""
    firsts: dict[Position, Answer] = {}
    for number, frame in enumerate(frames, 1):
        if frame.position is None:
            yield Answer(number, frame)
            continue
        first = firsts.get(frame.position)
        if first is not None:
            yield Answer(number, frame, first.found, first.number)
            continue
        firsts[frame.position] = Answer(number, frame, explain_one(frame.position))
        yield firsts[frame.position]
