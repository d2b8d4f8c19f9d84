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
    b"Mount(",
    b"static/<",
    b"add_static(",
    b"add_subapp(",
    b".static(",
    b"StaticFileHandler",
    b"static_path",
    b"create_static_files_router(",
    b"StaticFilesConfig(",
    b"ExtensionApp",
    b"LabServerApp",
    b"html_static_path",
    b"send_from_directory(",
    b"static_file(",
    b"FileResponse(",
)
# What a module imports that serves something itself.
_SERVERS = re.compile(
    rb"^[ \t]*(?:from|import)[ \t]+(http\.server|wsgiref|socketserver|aiohttp\.web|tornado\.web"
    rb"|flask|quart|django|fastapi|starlette|sanic|bottle|litestar|falcon|pyramid|cherrypy|twisted\.web"
    rb"|webob|werkzeug|cheroot|jupyter_server)\b",
    re.MULTILINE,
)
_OTHERS = re.compile(r"(?:^|/)(?:tests?|testing|examples?|docs?|vendor|_vendor)/")
_MOST_SOURCE_BYTES = 4 * 1024 * 1024
_MOST_MODULE_BYTES = 256 * 1024
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
    words: frozenset[bytes] = frozenset(_TELLING)

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All nodes of the tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def calls(self) -> Sequence[ast.Call]:
        """All calls in the module."""
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    def has(self, *words: bytes) -> bool:
        """Return whether one of these parts of `_TELLING` is in the module's text."""
        return not self.words.isdisjoint(words)

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.path.rpartition("/")[0]


class Modules:
    """The modules of a distribution: those that call what serves files, and what they are like.

    `server` is what serves something that one of them imports, "" if none does. `unread` is one
    that was not read, "" if all were: what it says may move what the others serve.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.server = ""
        self.unread = ""

    def telling(self) -> Iterator[Source]:
        """Yield the modules that call what serves files, each parsed when it is asked for."""
        to_read, to_parse = Budget(_MOST_READ_BYTES), Budget(_MOST_PARSED_BYTES)
        for path in self._paths():
            content = self._contents.read(path, _MOST_SOURCE_BYTES, to_read)
            if not content and self._contents.members[path].size:
                self.unread = self.unread or path
            if not self.server and (found := _SERVERS.search(content)):
                self.server = found[1].decode()
            words = frozenset(each for each in _TELLING if each in content)
            if not words:
                continue
            is_small = len(content) <= _MOST_MODULE_BYTES and to_parse.take(len(content))
            tree = parse(content) if is_small else None
            if tree is not None:
                yield Source(path, module_name(path), tree, words)
            else:
                self.unread = self.unread or path

    def _paths(self) -> Iterator[str]:
        for path in sorted(self._contents.members):
            if not path.endswith(".py") or _OTHERS.search(path):
                continue
            if path.partition("/")[0] in self._contents.packages:
                yield path


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
