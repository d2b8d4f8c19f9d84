"""Prints the answers to the frames of a trace as they come, and the summary."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hatch_sentry_artifacts.console import Console, print_safely
from hatch_sentry_artifacts.errors import UPLOAD_FAILED, FilesHidden
from hatch_sentry_artifacts.explain.answers import Answer, Outcome
from hatch_sentry_artifacts.explain.trace_wording import answer_json, answer_lines, summary_lines


class AnswersOutput:
    """Prints answers; `code` is the exit code of all so far.

    `heading` are lines before them, of an event.
    """

    def __init__(
        self, console: Console, *, count: int, in_json: bool, heading: Sequence[str] = ()
    ) -> None:
        self.code = 0
        self._console = console
        self._count = count
        self._in_json = in_json
        self._heading = heading
        self._answers: list[Answer] = []
        self._causes: dict[tuple[str, ...], int] = {}
        self._told: set[str] = set()

    def show(self, answer: Answer) -> None:
        """Print the answer to a frame; an error that came before is not told again."""
        if self._in_json:
            print_safely(answer_json(answer), sys.stdout)
        else:
            for line in self._lines(answer):
                self._console.result(line)
        self._answers.append(answer)
        self.code = max(self.code, self._code(answer))

    def summarize(self, left_out: int) -> None:
        """Print what became of each frame, if there are several."""
        if self._count > 1 and not self._in_json:
            self._console.result("")
            for line in summary_lines(self._answers, left_out):
                self._console.result(line)

    def _lines(self, answer: Answer) -> Sequence[str]:
        before = [""] if self._answers else [*self._heading, ""] if self._heading else []
        explained = any(each.found is not None for each in self._answers)
        told = self._causes if self._heading else None
        lines = [*before, *answer_lines(answer, self._count, labelled=not explained, told=told)]
        if answer.causes:
            self._causes.setdefault(answer.causes, answer.number)
        return lines

    def _code(self, answer: Answer) -> int:
        error = answer.found.error if answer.found is not None else None
        if error is None:
            return UPLOAD_FAILED if answer.outcome is Outcome.UNRESOLVED else 0
        if str(error) not in self._told:
            self._told.add(str(error))
            self._console.error(*error.lines)
            if isinstance(error, FilesHidden):
                self._console.info("--from looks into a wheel or folder")
        return error.exit_code
