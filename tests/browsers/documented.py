"""Takes the files of each recipe from docs/frameworks.md, so that what stands there is tried."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.wheelhouse import TREE

DOCUMENT = TREE / "docs" / "frameworks.md"
_BLOCK = re.compile(r'^```\w+ title="([^"\n]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def write_recipe(title: str, folder: Path) -> None:
    """Write the files of a section; what is said before the first one comes before its own."""
    folder.joinpath("shop").mkdir(parents=True, exist_ok=True)
    for name, text in _BLOCK.findall(_section(title)):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_before(name) + text, "utf-8")
    folder.joinpath("shop", "__init__.py").touch()


def write_file(title: str, name: str, folder: Path) -> None:
    """Write one file of a section."""
    (text,) = (text for each, text in _BLOCK.findall(_section(title)) if each == name)
    (folder / name).write_text(text, "utf-8")


@dataclass(frozen=True)
class Row:
    """A row of a recipe's table: a path in the wheel, its name, and the rule that gave that."""

    path: str
    name: str
    rule: str

    def is_of(self, path: str, name: str, rule: str) -> bool:
        """Return whether it tells of this file; HASH stands for any hash."""
        said = (self.path, self.name, self.rule)
        return all(map(fits, said, (path, name, rule)))


def rows_of(title: str) -> list[Row]:
    """Return the table of a section."""
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", _section(title), re.MULTILINE)
    return [Row(*each) for each in rows]


def url_paths_of(title: str) -> list[tuple[str, str]]:
    """Return the table of a section that has no names: paths in the wheel and of URLs."""
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", _section(title), re.MULTILINE)


def fits(said: str, found: str) -> bool:
    """Return whether a path is the one that is said; HASH stands for any hash."""
    return re.fullmatch(re.escape(said).replace("HASH", r"[\w-]+"), found) is not None


def _before(name: str) -> str:
    return "".join(f"{text}\n" for each, text in _BLOCK.findall(_section("")) if each == name)


def _section(title: str) -> str:
    return _sections()[title]


@cache
def _sections() -> dict[str, str]:
    first, *others = re.split(r"^## ", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)
    sections = {text.partition("\n")[0].strip(): text for text in others}
    return {"": first, **sections}
