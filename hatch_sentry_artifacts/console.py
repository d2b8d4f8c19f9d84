"""Where messages for people go: one line a step, no more than helps."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import Protocol, TextIO

_YELLOW, _RED, _PLAIN = "\x1b[33m", "\x1b[31m", "\x1b[0m"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# More lines of one kind than this bury the others; the report has all of them.
MOST_LINES = 10


class Console(Protocol):
    """What a front end offers for messages."""

    def info(self, message: str) -> None:
        """A step that was made."""

    def warning(self, message: str) -> None:
        """Something that is wrong and was passed over."""

    def error(self, message: str) -> None:
        """Why something failed."""

    def result(self, text: str) -> None:
        """What was asked for, such as a plan."""


class TerminalConsole:
    """Messages on stderr, results on stdout; colours on a terminal only, and not with NO_COLOR."""

    def __init__(
        self, environment: Mapping[str, str], *, results: TextIO | None = None, prefix: str = ""
    ) -> None:
        self._results = results
        self._prefix = prefix
        forced = bool(environment.get("FORCE_COLOR"))
        self._colours = not environment.get("NO_COLOR") and (forced or sys.stderr.isatty())

    def info(self, message: str) -> None:
        """A step that was made, plainly."""
        print_safely(f"{self._prefix}{_visible_lines(message)}", sys.stderr)

    def warning(self, message: str) -> None:
        """Coloured yellow where colours are on."""
        self._tell(self._coloured("warning:", _YELLOW), message)

    def error(self, message: str) -> None:
        """Coloured red where colours are on."""
        self._tell(self._coloured("error:", _RED), message)

    def result(self, text: str) -> None:
        """On stdout, unless that is kept for JSON."""
        print_safely(_visible_lines(text), self._results or sys.stdout)

    def _tell(self, kind: str, message: str) -> None:
        print_safely(f"{self._prefix}{kind} {_visible_lines(message)}", sys.stderr)

    def _coloured(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colours else text


def visible(text: str) -> str:
    """One line in which nothing is left that a terminal would act upon.

    Names, and what servers and maps say, may hold such codes.
    """
    return _CONTROL.sub("\ufffd", text)


def _visible_lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


def print_safely(text: str, stream: TextIO) -> None:
    """Print a line; characters that the stream's encoding lacks become escapes, not errors."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


def some_of(lines: Sequence[str], *, more: str) -> list[str]:
    """The first lines, and how many more there are; `more` says where they stand."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more {more}"]


@contextmanager
def progress(total: int, *, of_bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """A bar that moves by so many files, or bytes, at each call; shown on a terminal only."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from tqdm import tqdm

    # Some terminals say that they have no size, for which tqdm shows nothing; this takes 80 x 24.
    columns, lines = get_terminal_size()
    with tqdm(
        total=total,
        unit="B" if of_bytes else " files",
        unit_scale=of_bytes,
        leave=False,
        delay=0.5,
        ncols=columns,
        nrows=lines,
    ) as bar:

        def advance(done: int) -> None:
            bar.update(done)

        yield advance
