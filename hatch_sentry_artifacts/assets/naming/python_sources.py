"""Finds and parses the Python modules that may say where files are served; runs none of them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from hatch_sentry_artifacts.assets.naming.contents import Budget, Contents

# Looked for one by one, which is faster than a regular expression.
_TELLING = (
    b"Flask(",
    b"Quart(",
    b"Blueprint(",
    b"StaticFiles(",
    b"declare_component(",
    b".register_blueprint(",
    b".mount(",
    b"static/<path:",
)
_OTHERS = re.compile(r"(?:^|/)(?:tests?|testing|examples?|docs?|vendor|_vendor)/")
_MOST_SOURCE_BYTES = 256 * 1024
_MOST_READ_BYTES = 32 * 1024 * 1024
_MOST_PARSED_BYTES = 2 * 1024 * 1024
# The parser's stack and memory are not bound otherwise; what people write is far below.
_MOST_BRACKETS = 60
_CHAIN = re.compile(rb"(?:(?:\bnot|\blambda|\bawait|[-+~])[\s:(]*){40}")
_BRACKET = re.compile(rb"[\[({\])}]")


@dataclass(frozen=True)
class Source:
    """A module: its path in the distribution, its dotted name, and its syntax tree."""

    path: str
    name: str
    tree: ast.Module

    @cached_property
    def calls(self) -> Sequence[ast.Call]:
        """All calls in the module."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.path.rpartition("/")[0]


def telling_sources(contents: Contents) -> Iterator[Source]:
    """Yield the modules that call what serves files, each parsed when it is asked for."""
    to_read, to_parse = Budget(_MOST_READ_BYTES), Budget(_MOST_PARSED_BYTES)
    for path in sorted(contents.members):
        if not path.endswith(".py") or path.partition("/")[0] not in contents.packages:
            continue
        if _OTHERS.search(path):
            continue
        content = contents.read(path, _MOST_SOURCE_BYTES, to_read)
        if any(each in content for each in _TELLING) and to_parse.take(len(content)):
            tree = parse(content)
            if tree is not None:
                yield Source(path, module_name(path), tree)


def parse(content: bytes) -> ast.Module | None:
    """Return the syntax tree of a module; None if it is none, or nested like nobody writes."""
    if _is_nested_too_deep(content) or _CHAIN.search(content):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def module_name(path: str) -> str:
    """Return the dotted name of the module at that path."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_nested_too_deep(content: bytes) -> bool:
    """Return whether brackets are nested too deep; those in strings count too."""
    depth = 0
    for bracket in _BRACKET.finditer(content):
        depth = depth + 1 if bracket[0] in b"[({" else max(depth - 1, 0)
        if depth > _MOST_BRACKETS:
            return True
    return False
