"""Formats the answers to the frames of a trace, and their summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from hatch_sentry_artifacts.escaping import json_text
from hatch_sentry_artifacts.explain.answers import Answer, Outcome
from hatch_sentry_artifacts.explain.wording import (
    explanation_lines,
    explanation_object,
    original_place,
    wrapped,
)

_COUNTED = {
    Outcome.RESOLVES: ("resolves", "resolve"),
    Outcome.UNRESOLVED: ("does not", "do not"),
    Outcome.UNKNOWN: ("is not known", "are not known"),
    Outcome.FOREIGN: ("is not the page's code", "are not the page's code"),
}
_INDENT = 18


def answer_lines(answer: Answer, count: int) -> Iterator[str]:
    """Yield the answer to one of `count` frames; of a single one, nothing but its explanation."""
    if count > 1:
        yield f"Frame {answer.number} of {count}: {answer.frame.text}"
    if answer.frame.note is not None:
        yield from wrapped(_sentence(answer.frame.note))
    if answer.same_as is not None:
        yield f"The place is that of frame {answer.same_as}."
    elif answer.found is not None:
        yield from explanation_lines(answer.found, labelled=answer.number == 1)


def answer_json(answer: Answer) -> str:
    """Return the answer as one JSON object; without a script it holds no explanation."""
    frame = answer.frame
    told = {"frame": answer.number, "text": frame.text, "note": frame.note}
    if answer.found is not None:
        return json_text({**explanation_object(answer.found), **told})
    none = dict.fromkeys(("url", "line", "column"))
    resolved = None if frame.foreign else False
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
    for answer in answers:
        yield f"  {answer.number:>3}  {answer.outcome.value:<9}  {_short_place(answer)}"
        yield from wrapped(_why(answer), indent=_INDENT)


def _short_place(answer: Answer) -> str:
    return str(answer.frame.position) if answer.frame.position is not None else answer.frame.text


def _why(answer: Answer) -> str:
    """Return what the frame leads to, or why not; "" where the frame's own line says enough."""
    found = answer.found
    if answer.same_as is not None:
        return f"as frame {answer.same_as}"
    if found is None:
        return "" if answer.frame.foreign else answer.frame.note or ""
    if found.reason is not None:
        return found.reason
    if found.original is not None:
        return original_place(found.original)
    return "the files could not be looked into" if found.error is not None else ""


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}."
