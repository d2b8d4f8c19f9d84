"""Formats the answers to the frames of a trace, and their summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from hatch_sentry_artifacts.dates import moment
from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.explain.answers import Answer, Outcome
from hatch_sentry_artifacts.explain.event import Event
from hatch_sentry_artifacts.explain.explanation import Explanation
from hatch_sentry_artifacts.explain.wording import (
    WIDTH,
    explanation_lines,
    explanation_object,
    original_place,
    wrapped,
)

# Causes, with the number of the first frame that has them.
ToldCauses = Mapping[tuple[str, ...], int]

_COUNTED = {
    Outcome.RESOLVES: ("resolves", "resolve"),
    Outcome.LATE: ("would resolve from now on", "would resolve from now on"),
    Outcome.UNRESOLVED: ("does not resolve", "do not resolve"),
    Outcome.UNKNOWN: ("is not known", "are not known"),
    Outcome.FOREIGN: ("is not the page's code", "are not the page's code"),
}
_INDENT = 18


def event_lines(event: Event, place: str, problem: str | None) -> Iterator[str]:
    """Yield what an event is, before the answers to its frames."""
    release = f"release {event.release}" if event.release else "no release"
    dist = f"dist {event.dist}" if event.dist else "no dist"
    received = moment(event.received)
    when = f"received {received:%Y-%m-%d %H:%M:%S} UTC, " if received is not None else ""
    yield from wrapped(f"Event {event.id}: {event.title}")
    yield from wrapped(f"{when}of {release}, {dist}, of {place}")
    minified = any(frame.position and frame.shown is None for frame in event.trace.frames)
    if problem is not None and minified:
        yield ""
        yield from wrapped(problem)


def answer_lines(
    answer: Answer,
    count: int,
    *,
    labelled: bool = True,
    told: Mapping[tuple[str, ...], int] | None = None,
) -> Iterator[str]:
    """Yield the answer to one of `count` frames; of a single one, nothing but its explanation.

    With `labelled`, it says where the artifacts are. Of an event, `told` are the causes that were
    told before, with the number of the first frame of each.
    """
    if count > 1 or told is not None:
        yield f"Frame {answer.number} of {count}: {answer.frame.text}"
    if answer.frame.note is not None:
        yield from wrapped(_sentence(answer.frame.note))
    if answer.frame.shown is not None:
        yield from wrapped(f"Sentry shows {answer.frame.shown}")
    elif answer.same_as is not None:
        yield f"The place is that of frame {answer.same_as}."
    elif answer.found is not None:
        yield from explanation_lines(answer.found, labelled=labelled)
        yield from _causes(answer, told or {})


def _causes(answer: Answer, told: ToldCauses) -> Iterator[str]:
    first = told.get(answer.causes)
    if first is not None:
        yield f"The cause is that of frame {first}."
    else:
        for cause in answer.causes:
            yield from wrapped(_sentence(cause))
    for words in answer.said:
        yield from wrapped(f'Sentry said of that URL: "{words}"')


def answer_json(answer: Answer) -> str:
    """Return the answer as one JSON object; without a script it holds no explanation."""
    frame = answer.frame
    told: dict[str, object] = {"frame": answer.number, "text": frame.text, "note": frame.note}
    if answer.causes or answer.said or frame.shown is not None:
        told |= {"sentry_shows": frame.shown, "causes": answer.causes, "sentry_said": answer.said}
    if answer.found is not None:
        return json_text({**explanation_object(answer.found), **told})
    none = dict.fromkeys(("url", "line", "column"))
    resolved = True if frame.shown is not None else None if frame.foreign else False
    return json_text({**none, "resolved": resolved, "reason": frame.note, **told})


def summary_lines(answers: Sequence[Answer], left_out: int) -> Iterator[str]:
    """Yield a line that counts the outcomes, and one or two for each frame."""
    counts = Counter(answer.outcome for answer in answers)
    parts = [
        f"{counts[outcome]} {words[counts[outcome] > 1]}"
        for outcome, words in _COUNTED.items()
        if counts[outcome]
    ]
    more = f"; {left_out} more were not looked at" if left_out else ""
    yield from wrapped(f"{len(answers)} frames: {', '.join(parts)}{more}")
    yield ""
    firsts: dict[str, int] = {}
    for answer in answers:
        yield f"  {answer.number:>3}  {answer.outcome.value:<9}  {_short_place(answer)}"
        why = _why(answer)
        first = firsts.setdefault(why, answer.number)
        long = len(why) > WIDTH - _INDENT and first != answer.number
        yield from wrapped(f"as frame {first}" if long else why, indent=_INDENT)


def _short_place(answer: Answer) -> str:
    return str(answer.frame.position) if answer.frame.position is not None else answer.frame.text


def _why(answer: Answer) -> str:
    """Return what the frame leads to, or why not; "" where the frame's own line says enough."""
    if answer.frame.shown is not None:
        return answer.frame.shown
    if answer.same_as is not None:
        return f"as frame {answer.same_as}"
    if answer.found is None:
        return "" if answer.frame.foreign else answer.frame.note or ""
    return _why_by_explanation(answer, answer.found)


def _why_by_explanation(answer: Answer, found: Explanation) -> str:
    if answer.causes:
        return answer.causes[0]
    if found.reason is not None:
        return found.reason
    if found.original is not None:
        return original_place(found.original)
    return "the files could not be looked into" if found.error is not None else ""


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}{'' if note.endswith(('.', '?')) else '.'}"
