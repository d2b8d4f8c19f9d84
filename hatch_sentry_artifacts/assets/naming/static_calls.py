"""Folders that aiohttp, Sanic and Litestar serve by one call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import (
    Scope,
    argument,
    called,
    is_none,
    is_open,
)
from hatch_sentry_artifacts.assets.naming.rules import AIOHTTP, LITESTAR, SANIC
from hatch_sentry_artifacts.assets.naming.serving import Served, folder_of

_LITESTAR = frozenset({"create_static_files_router", "StaticFilesConfig"})
_ROUTERS = frozenset({"Router", "Controller"})


def find_static_calls(scope: Scope, contents: Contents) -> Iterator[Served]:
    """Yield the folders that a module serves."""
    for node in scope.source.calls:
        name = called(node)
        if name == "add_static":
            yield from _aiohttp(scope, node, contents)
        elif name == "static" and isinstance(node.func, ast.Attribute):
            yield from _static(scope, node, node.func.value, contents)
        elif name in _LITESTAR:
            yield from _litestar(scope, node, contents)


def _aiohttp(scope: Scope, node: ast.Call, contents: Contents) -> Iterator[Served]:
    folder = folder_of(scope, argument(node, "path", 1), contents)
    if folder:
        prefix = None if is_open(node) else scope.text(argument(node, "prefix", 0))
        yield Served(folder, prefix, AIOHTTP)


def _static(scope: Scope, node: ast.Call, on: ast.expr, contents: Contents) -> Iterator[Served]:
    """Yield the folder of `web.static`, of a table of routes, and of an application of Sanic."""
    if isinstance(on, ast.Name) and on.id == "web":
        yield from _aiohttp(scope, node, contents)
        return
    made = called(scope.assigned(on) or ast.Pass())
    if made == "RouteTableDef":
        yield from _aiohttp(scope, node, contents)
    elif made in {"Sanic", "Blueprint"}:
        path = scope.text(argument(node, "uri", 0))
        folder = folder_of(scope, argument(node, "file_or_directory", 1), contents)
        if folder:
            # A blueprint is registered under a prefix, maybe.
            known = made == "Sanic" and not is_open(node)
            yield Served(folder, path if known else None, SANIC)


def _litestar(scope: Scope, node: ast.Call, contents: Contents) -> Iterator[Served]:
    directories = scope.assigned(argument(node, "directories", 1))
    if not isinstance(directories, (ast.List, ast.Tuple)) or len(directories.elts) != 1:
        return
    folder = folder_of(scope, directories.elts[0], contents)
    if folder:
        path = scope.text(argument(node, "path", 0))
        known = not is_open(node) and not _has_routers(scope)
        yield Served(folder, path if known else None, LITESTAR)


def _has_routers(scope: Scope) -> bool:
    """Return whether something in the module may have a path that the routes below it get."""
    return any(
        called(node) in _ROUTERS
        or (called(node) in {"Litestar", "Starlite"} and not is_none(argument(node, "path", 99)))
        for node in scope.source.calls
    )
