"""Folders whose files are sent by a function with a route for every path below one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import (
    Location,
    Scope,
    argument,
    called,
    is_none,
)
from hatch_sentry_artifacts.assets.naming.rules import ROUTE
from hatch_sentry_artifacts.assets.naming.serving import Served, folder_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_ROUTES = frozenset({"route", "get", "api_route"})
# The whole rest of a path: <path:x> of Flask, <x:path> of Bottle, {x:path} of Starlette.
_REST = re.compile(r"(/[^<{]*?)/?(?:<path:(\w+)>|<(\w+):path>|\{(\w+):path\})")
_APPLICATIONS = frozenset({"Flask", "Quart", "FastAPI", "Bottle"})
_IN_FOLDER = {"send_from_directory": ("directory", 0, 1), "static_file": ("root", 1, 0)}
_OF_PATH = frozenset({"send_file", "FileResponse"})


def find_routes(scope: Scope, contents: Contents) -> Iterator[Served]:
    """Yield the folders that the functions of a module send files of."""
    for function, path, rest in _routes(scope):
        known = any(_is_at_top(scope, route) for route in function.decorator_list)
        for folder in _sent(scope, function, rest, contents):
            yield Served(folder, path if known else None, ROUTE)


def _routes(scope: Scope) -> Iterator[tuple[_Function, str, str]]:
    """Yield the functions with a route for all below a path: the path, and what holds the rest."""
    if not scope.source.has(b"send_from_directory(", b"static_file(", b"FileResponse("):
        return
    for node in scope.source.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for route in node.decorator_list:
            if not (isinstance(route, ast.Call) and called(route) in _ROUTES):
                continue
            pattern = scope.text(route.args[0] if route.args else None)
            found = _REST.fullmatch(pattern or "")
            if found:
                yield node, found[1], found[2] or found[3] or found[4]


def sends_unknown_files(scope: Scope, contents: Contents) -> bool:
    """Return whether a route for every path, or for static ones, sends files of a folder unknown.

    An application with such a route need not use the URLs of its own static folder.
    """
    for function, path, rest in _routes(scope):
        if (path in {"", "/"} or "static" in path) and not any(
            _sent(scope, function, rest, contents)
        ):
            calls = (called(each) for each in ast.walk(function))
            if any(each in _IN_FOLDER or each in _OF_PATH for each in calls):
                return True
    return False


def _is_at_top(scope: Scope, route: ast.expr) -> bool:
    """Return whether the route is of an application that says nothing of a prefix."""
    if not isinstance(route, ast.Call):
        return False
    if isinstance(route.func, ast.Name):  # Bottle's own application
        return True
    on = route.func.value if isinstance(route.func, ast.Attribute) else None
    made = scope.assigned(on)
    if not isinstance(made, ast.Call) or called(made) not in _APPLICATIONS:
        return False
    return is_none(argument(made, "root_path", 99))


def _sent(
    scope: Scope,
    function: _Function,
    rest: str,
    contents: Contents,
) -> Iterator[str]:
    """Yield the folders below which a function sends the file at the path `rest`."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        if called(node) in _IN_FOLDER:
            name, position, other = _IN_FOLDER[called(node)]
            sent = node.args[other] if other < len(node.args) else None
            if _is_name(sent, rest):
                folder = folder_of(scope, argument(node, name, position), contents)
                if folder:
                    yield folder
        elif called(node) in _OF_PATH and node.args:
            folder = _joined_with(scope, node.args[0], rest)
            if folder:
                yield folder


def _joined_with(scope: Scope, node: ast.expr, rest: str) -> str | None:
    """Return the folder of an expression that joins it with `rest`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_name(node.right, rest):
        value = scope.value(node.left)
    elif called(node) == "join" and isinstance(node, ast.Call) and len(node.args) == 2:
        value = scope.value(node.args[0]) if _is_name(node.args[1], rest) else None
    else:
        return None
    return value.path if isinstance(value, Location) else None


def _is_name(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
