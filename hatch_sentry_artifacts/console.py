"""Shows messages to people: one line per step."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from hatch_sentry_artifacts.errors import OutputError, SentryArtifactsError
from hatch_sentry_artifacts.escaping import visible
from hatch_sentry_artifacts.styles import MOST_LINES, Style


class Console(Protocol):
    """An output for messages. Every line is escaped, so that it stays one line."""

    @property
    def verbosity(self) -> int:
        """How much is wanted: below zero warnings and errors alone, above it all details."""

    def info(self, message: str) -> None:
        """Show a step that was made."""

    def details(self, title: str, lines: Sequence[str]) -> None:
        """Show what a step did to each file; `title` is that of a folded group, where logs fold."""

    def warning(self, *lines: str) -> None:
        """Show a problem that stops nothing."""

    def error(self, *lines: str) -> None:
        """Show why something failed."""

    def result(self, line: str) -> None:
        """Show a line of what was asked for, such as a plan."""


@dataclass(frozen=True)
class TerminalConsole:
    """Messages on stderr, results on stdout, or on `results` if stdout is kept for JSON."""

    style: Style
    verbosity: int = 0
    results: TextIO | None = None

    @staticmethod
    def of(
        environment: Mapping[str, str], *, verbosity: int = 0, results: TextIO | None = None
    ) -> TerminalConsole:
        """Return a console in the style of where stderr leads."""
        return TerminalConsole(_style(environment), verbosity, results)

    def info(self, message: str) -> None:
        """Show a step that was made, plainly."""
        if self.verbosity >= 0:
            _try_to_print(self.style.info(message), sys.stderr)

    def details(self, title: str, lines: Sequence[str]) -> None:
        """Show the first lines, or all if details are wanted."""
        if self.verbosity >= 0 and lines:
            text = self.style.details(title, lines, everything=self.verbosity > 0)
            _try_to_print(text, sys.stderr)

    def warning(self, *lines: str) -> None:
        """Show a warning, yellow where colours are on."""
        _try_to_print(self.style.problem("warning", lines), sys.stderr)

    def error(self, *lines: str) -> None:
        """Show an error, red where colours are on."""
        _try_to_print(self.style.problem("error", lines), sys.stderr)

    def result(self, line: str) -> None:
        """Print to stdout, unless that is kept for JSON. Raises as `print_safely` does."""
        if self.results is not None:
            _try_to_print(visible(line), self.results)
        else:
            print_safely(visible(line), sys.stdout)


@dataclass(frozen=True)
class HostConsole:
    """Messages through the functions of a host, such as a build back end."""

    show_info: Callable[[str], object]
    show_warning: Callable[[str], object]
    show_error: Callable[[str], object]
    verbosity: int = 0
    style: Style = field(default_factory=lambda: _style(os.environ))

    def info(self, message: str) -> None:
        """Show a step that was made."""
        with _beside_bars():
            self.show_info(self.style.info(message))

    def details(self, title: str, lines: Sequence[str]) -> None:
        """Show the first lines, or all if details are wanted."""
        if lines:
            text = self.style.details(title, lines, everything=self.verbosity > 0)
            self.show_info(text)

    def warning(self, *lines: str) -> None:
        """Show a warning as the host shows its own."""
        with _beside_bars():
            self.show_warning(self.style.problem("warning", lines))

    def error(self, *lines: str) -> None:
        """Show an error as the host shows its own."""
        self.show_error(self.style.problem("error", lines))

    def result(self, line: str) -> None:
        """Show a line of what was asked for."""
        self.show_info(visible(line))


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


def some_of(lines: Sequence[str], *, more: str) -> list[str]:
    """Return the first lines, and how many more there are; `more` says what they are."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more {more}"]


def _style(environment: Mapping[str, str]) -> Style:
    return Style.of(environment, terminal=sys.stderr is not None and sys.stderr.isatty())


def _try_to_print(text: str, stream: TextIO | None) -> None:
    """Print a message; ignore errors, which are no reason to stop an upload."""
    with suppress(BrokenPipeError, OutputError), _beside_bars():
        print_safely(text, stream)


@contextmanager
def _beside_bars() -> Iterator[None]:
    """Take progress bars away while a message is shown, and draw them again below it."""
    if "tqdm" not in sys.modules:  # then there is none
        yield
        return
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stderr):
        yield


def show_error(console: Console, error: SentryArtifactsError) -> None:
    """Show an error, and what to do besides."""
    console.error(*error.lines)
    if error.hint:
        console.info(error.hint)


class SilentConsole:
    """A console that shows nothing."""

    verbosity = -1

    def details(self, title: str, lines: Sequence[str]) -> None:
        """Show nothing."""

    def info(self, message: str) -> None:
        """Show nothing."""

    def warning(self, *lines: str) -> None:
        """Show nothing."""

    def error(self, *lines: str) -> None:
        """Show nothing."""

    def result(self, line: str) -> None:
        """Show nothing."""


class RecordingConsole:
    """A console that passes everything on, and keeps the warnings for the report."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.warnings: list[str] = []
        self.verbosity = console.verbosity
        self.info = console.info
        self.details = console.details
        self.error = console.error
        self.result = console.result

    def warning(self, *lines: str) -> None:
        """Keep and show a warning."""
        self.warnings += lines
        self._console.warning(*lines)
