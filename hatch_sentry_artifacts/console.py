"""Shows messages to people: one line per step."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import Protocol, TextIO

from hatch_sentry_artifacts.errors import OutputError
from hatch_sentry_artifacts.escaping import visible

# Whose message it is, in logs that many tools write to.
PREFIX = "sentry-artifacts: "
_YELLOW, _RED, _PLAIN = "\x1b[33m", "\x1b[31m", "\x1b[0m"
# More lines of one kind would hide the others; the report has all of them.
MOST_LINES = 10


class Console(Protocol):
    """An output for messages. Every line is escaped, so that it stays one line."""

    def info(self, message: str) -> None:
        """Show a step that was made."""

    def warning(self, *lines: str) -> None:
        """Show a problem that stops nothing."""

    def error(self, *lines: str) -> None:
        """Show why something failed."""

    def result(self, line: str) -> None:
        """Show a line of what was asked for, such as a plan."""


class TerminalConsole:
    """Messages on stderr, results on stdout; colours on a terminal only, and not with NO_COLOR."""

    def __init__(self, environment: Mapping[str, str], *, results: TextIO | None = None) -> None:
        self._results = results
        forced = bool(environment.get("FORCE_COLOR"))
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._colours = not environment.get("NO_COLOR") and (forced or terminal)

    def info(self, message: str) -> None:
        """Show a step that was made, plainly."""
        self._tell("", message)

    def warning(self, *lines: str) -> None:
        """Show a warning, yellow where colours are on."""
        self._tell(self._coloured("warning: ", _YELLOW), *lines)

    def error(self, *lines: str) -> None:
        """Show an error, red where colours are on."""
        self._tell(self._coloured("error: ", _RED), *lines)

    def result(self, line: str) -> None:
        """Print to stdout, unless that is kept for JSON. Raises as `print_safely` does."""
        if self._results is not None:
            _try_to_print(visible(line), self._results)
        else:
            print_safely(visible(line), sys.stdout)

    def _tell(self, kind: str, *lines: str) -> None:
        _try_to_print(text_of(lines, kind), sys.stderr)

    def _coloured(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colours else text


@dataclass(frozen=True)
class HostConsole:
    """Messages through the functions of a host, such as a build back end."""

    show_info: Callable[[str], object]
    show_warning: Callable[[str], object]
    show_error: Callable[[str], object]

    def info(self, message: str) -> None:
        """Show a step that was made."""
        self.show_info(text_of([message]))

    def warning(self, *lines: str) -> None:
        """Show a warning as the host shows its own."""
        self.show_warning(text_of(lines, "warning: "))

    def error(self, *lines: str) -> None:
        """Show an error as the host shows its own."""
        self.show_error(text_of(lines, "error: "))

    def result(self, line: str) -> None:
        """Show a line of what was asked for."""
        self.show_info(visible(line))


def text_of(lines: Iterable[str], kind: str = "") -> str:
    """Return the lines of a message, each escaped, and with whose and of which kind it is."""
    return "\n".join(f"{PREFIX}{kind}{visible(line)}" for line in lines)


def print_safely(text: str, stream: TextIO | None) -> None:
    """Print a line; characters that the stream's encoding lacks become escapes, not errors.

    A stream that was closed before the start is None, and shows nothing. Raises BrokenPipeError if
    the reader closed the stream, OutputError if the text cannot be written for another reason.
    """
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"the output cannot be written: {error.strerror}") from None


def _try_to_print(text: str, stream: TextIO | None) -> None:
    """Print a message; ignore errors, which are no reason to stop an upload."""
    with suppress(BrokenPipeError, OutputError):
        print_safely(text, stream)


def some_of(lines: Sequence[str], *, more: str) -> list[str]:
    """Return the first lines, and how many more there are; `more` says what they are."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more {more}"]


@contextmanager
def progress(total: int, *, of_bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """Yield a function that advances a bar by files or bytes; shown on a terminal only."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
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
