"""A bounded part of a text, of whatever length its lines are, to be shown on a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.explain.source_map import LINE_END, characters_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_LINES = 60
_MOST_CHARACTERS = 4000
_LONGEST_PIECE = 2000
_LINES_BEFORE = 8
_CHARACTERS_BEFORE = 600
# As words of a script are, and all the rest in between; numbers and names in one.
_RARE_LINE_ENDS = ("\r", "\u2028", "\u2029")
_WORD = re.compile(r"[\w$]+|[^\w$]+")


@dataclass(frozen=True)
class Place:
    """A place in a text, counted from 1; the column in UTF-16 code units, as browsers do."""

    line: int
    column: int = 1


@dataclass(frozen=True)
class Part:
    """Characters of a line, and their column; `is_word` if they are a word, `marked` if it."""

    text: str
    column: int
    is_word: bool
    marked: bool


@dataclass(frozen=True)
class Line:
    """A line, or the part of it that is shown; `before` and `after` say that there is more."""

    number: int
    parts: tuple[Part, ...]
    before: bool
    after: bool


@dataclass(frozen=True)
class Window:
    """Lines of a text; `previous` and `following` are where the windows beside it begin."""

    lines: Sequence[Line]
    line_count: int
    previous: Place | None
    following: Place | None


def window_at(text: str, begin: Place, *, mark: Place | None = None) -> Window:
    """Return the window that begins at a place."""
    return _Text(text).window(begin, mark)


def window_around(text: str, mark: Place) -> Window:
    """Return the window around a place, which is marked in it."""
    found = _Text(text)
    return found.window(found.place_before(mark), mark)


class _Text:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts, self.ends = _line_spans(text)

    def place_before(self, mark: Place) -> Place:
        """Return where a window begins that shows what is before the mark, too."""
        line = min(mark.line, len(self.starts))
        if mark.column > _CHARACTERS_BEFORE:
            return Place(line, mark.column - _CHARACTERS_BEFORE)
        room = _CHARACTERS_BEFORE
        for number in range(line - 1, max(0, line - 1 - _LINES_BEFORE), -1):
            room -= self.ends[number - 1] - self.starts[number - 1]
            if room < 0:
                return Place(number + 1)
        return Place(max(1, line - _LINES_BEFORE))

    def window(self, begin: Place, mark: Place | None) -> Window:
        number = min(begin.line, len(self.starts))
        start = self._offset(number, begin.column)
        first = start
        lines: list[Line] = []
        room = _MOST_CHARACTERS
        following: Place | None = None
        for line in range(number, len(self.starts) + 1):
            if room <= 0 or len(lines) == _MOST_LINES:
                following = Place(line)
                break
            end = self.ends[line - 1]
            stop = min(end, start + min(room, _LONGEST_PIECE))
            lines.append(self._line(line, start, stop, mark))
            if stop < end:
                following = Place(line, _units(self.text[self.starts[line - 1] : stop]) + 1)
                break
            room -= stop - start + 1
            start = self.starts[line] if line < len(self.starts) else end
        return Window(lines, len(self.starts), self._previous(number, first), following)

    def _previous(self, line: int, start: int) -> Place | None:
        """Return where the window before the one from `start` on begins."""
        if start > self.starts[line - 1]:
            back = max(self.starts[line - 1], start - _LONGEST_PIECE)
            return Place(line, _units(self.text[self.starts[line - 1] : back]) + 1)
        if line == 1:
            return None
        number, room = line - 1, _MOST_CHARACTERS
        while number > 1 and line - number < _MOST_LINES:
            room -= self.ends[number - 2] - self.starts[number - 2] + 1
            if room < 0:
                break
            number -= 1
        back = max(self.starts[number - 1], self.ends[number - 1] - _LONGEST_PIECE)
        alone = number == line - 1
        return Place(number, _units(self.text[self.starts[number - 1] : back]) + 1 if alone else 1)

    def _line(self, number: int, start: int, stop: int, mark: Place | None) -> Line:
        first, end = self.starts[number - 1], self.ends[number - 1]
        marked = None if mark is None or mark.line != number else self._offset(number, mark.column)
        return Line(
            number, tuple(self._parts(first, start, stop, marked)), start > first, stop < end
        )

    def _parts(self, first: int, start: int, stop: int, marked: int | None) -> Iterator[Part]:
        column = _units(self.text[first:start]) + 1
        for found in _WORD.finditer(self.text, start, stop):
            for begin, end in _split(found, marked):
                text = self.text[begin:end]
                is_word = text[0] == "$" or text[0] == "_" or text[0].isalnum()
                yield Part(shown(text), column, is_word, marked=begin == marked)
                column += _units(text)

    def _offset(self, line: int, column: int) -> int:
        """Return the offset of a place in the text, within its line."""
        start, end = self.starts[line - 1], self.ends[line - 1]
        if self.text.isascii():
            return min(start + column - 1, end)
        return start + characters_in(self.text[start:end], column - 1)


def _line_spans(text: str) -> tuple[list[int], list[int]]:
    """Return the offsets where lines begin, and where they end."""
    if any(rare in text for rare in _RARE_LINE_ENDS):
        ends = list(LINE_END.finditer(text))
        return [0, *(end.end() for end in ends)], [*(end.start() for end in ends), len(text)]
    # Several times as fast, for scripts of many megabytes.
    past = list(accumulate(len(line) + 1 for line in text.split("\n")))
    return [0, *past[:-1]], [end - 1 for end in past]


def _split(found: re.Match[str], marked: int | None) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a match: the marked character of no word, or of a word its end, apart."""
    start, end = found.span()
    if marked is None or not start <= marked < end:
        yield start, end
        return
    word = found[0][0] in "$_" or found[0][0].isalnum()
    until = end if word else marked + 1
    for begin, stop in ((start, marked), (marked, until), (until, end)):
        if begin < stop:
            yield begin, stop


def shown(text: str) -> str:
    """Return the text without what a page would act upon: marks of direction, for one."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in "\t\u00a0" else f"\\u{ord(each):04x}" for each in text
    )


def _units(text: str) -> int:
    """Return the number of UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
