"""Takes a page of the documentation apart: the files that it shows, and what its consoles run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_FILE = re.compile(r'(?ms)^```\w+ title="([^"\n]+)"\n(.*?)^```$')
_CONSOLE = re.compile(r"(?ms)^```console\n(.*?)^```$")
_PROMPT = "$ "
_ANYTHING = "..."


@dataclass(frozen=True)
class Step:
    """A command as the page writes it, and the lines that it prints; `...` stands for anything."""

    command: str
    expected: tuple[str, ...]

    def missing(self, output: str) -> list[str]:
        """Return the expected lines that the output does not hold, in this order."""
        lines = iter(output.splitlines())
        return [
            each
            for each in self.expected
            if each != _ANYTHING and not any(_matches(each, line) for line in lines)
        ]


def files_of(page: str) -> dict[str, str]:
    """Return the files that the page shows, by their paths."""
    return dict(_FILE.findall(DOCS.joinpath(page).read_text("utf-8")))


def steps_of(page: str) -> Iterator[Step]:
    """Yield the commands of the page's consoles."""
    for block in _CONSOLE.findall(DOCS.joinpath(page).read_text("utf-8")):
        for part in ("\n" + block).split("\n" + _PROMPT)[1:]:
            command, *expected = part.rstrip("\n").split("\n")
            yield Step(command, tuple(line for line in expected if line))


def pages_with_consoles() -> set[str]:
    """Return the names of all pages that run something."""
    return {path.name for path in DOCS.glob("*.md") if _CONSOLE.search(path.read_text("utf-8"))}


def _matches(expected: str, line: str) -> bool:
    parts = (re.escape(part) for part in expected.strip().split(_ANYTHING))
    return re.fullmatch(".*".join(parts), line.strip()) is not None
