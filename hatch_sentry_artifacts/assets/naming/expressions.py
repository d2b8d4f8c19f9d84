"""Evaluates the few expressions by which sources name folders: literals, and paths from a file."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hatch_sentry_artifacts.assets.naming.python_sources import Source

_MOST_STEPS = 30
_SAME = frozenset({"abspath", "realpath", "normpath", "str", "Path", "PurePath", "fspath"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix"})


@dataclass(frozen=True)
class Location:
    """A path in the distribution."""

    path: str


class Scope:
    """The names of one module that are assigned once, wherever, and what they stand for."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def location(self, node: ast.expr | None, base: str) -> str | None:
        """Return the folder that the expression means; a relative one begins at `base`."""
        value = self.value(node)
        if isinstance(value, Location):
            return value.path
        if value is None or value.startswith("/"):
            return None
        return _normal(posixpath.join(base, value))

    def text(self, node: ast.expr | None) -> str | None:
        """Return the string that the expression is."""
        value = self.value(node)
        return value if isinstance(value, str) else None

    def value(self, node: ast.expr | None, steps: int = _MOST_STEPS) -> str | Location | None:
        """Return a string or a location; None for what is computed otherwise."""
        if node is None or steps <= 0:
            return None
        evaluate = _EVALUATORS.get(type(node))
        return evaluate(self, node, steps - 1) if evaluate else None

    def assigned(self, node: ast.expr | None) -> ast.expr | None:
        """Return what a name stands for, or the expression itself."""
        if isinstance(node, ast.Name):
            return self.once.get(node.id)
        return node

    def target(self, call: ast.Call) -> str | None:
        """Return the name that the call's result is assigned to."""
        return self._targets.get(id(call))

    @cached_property
    def _targets(self) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for name, value in self.once.items():
            found.setdefault(id(value), name)
        return found

    @cached_property
    def imported(self) -> Mapping[str, tuple[str, str]]:
        """The names that are imported, each with its module's last part and its name there."""
        return dict(_imports(self.source.nodes))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters of all functions."""
        return frozenset(node.arg for node in self.source.nodes if isinstance(node, ast.arg))

    @cached_property
    def once(self) -> Mapping[str, ast.expr]:
        """The values of names that have one assignment in the module."""
        found: dict[str, list[ast.expr | None]] = {}
        for node in self.source.nodes:
            for name, value in _bound(node):
                found.setdefault(name, []).append(value)
        return {
            name: values[0]
            for name, values in found.items()
            if len(values) == 1 and values[0] is not None
        }


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            yield from ((each.asname or each.name, (module, each.name)) for each in node.names)
        elif isinstance(node, ast.Import):
            for each in node.names:
                name = each.asname or each.name.rpartition(".")[2]
                yield name, ("", each.name.rpartition(".")[2])


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a node binds, each with its value if that is known."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _names(target, node.value)
    elif isinstance(node, ast.AnnAssign):
        yield from _names(node.target, node.value)
    elif isinstance(node, (ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor)):
        yield from _names(node.target, None)
    elif isinstance(node, ast.arg):
        yield node.arg, None


def _names(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    for name in ast.walk(target):
        if isinstance(name, ast.Name):
            yield name.id, value if name is target else None


def listed_folders(scope: Scope, name: str) -> Iterator[tuple[str, str]]:
    """Yield the folders of a list that has that name, each with the prefix that a pair has."""
    listed = scope.once.get(name)
    for each in listed.elts if isinstance(listed, (ast.List, ast.Tuple)) else ():
        pair = isinstance(each, ast.Tuple) and len(each.elts) == 2
        prefix, folder = each.elts if isinstance(each, ast.Tuple) and pair else (None, each)
        value = scope.value(folder)
        text = "" if prefix is None else scope.text(prefix)
        if isinstance(value, Location) and value.path and text is not None:
            yield value.path, text.strip("/")


def called(node: ast.AST) -> str:
    """Return the last name of what is called; "" if it is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return last_name(node.func)


def argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    """Return an argument by its name or position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None


def is_open(call: ast.Call) -> bool:
    """Return whether the call has arguments that do not stand there."""
    return any(keyword.arg is None for keyword in call.keywords) or any(
        isinstance(each, ast.Starred) for each in call.args
    )


def is_none(node: ast.expr | None) -> bool:
    """Return whether the argument is not given, or None."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def last_name(node: ast.expr) -> str:
    """Return a name, or the last one of `a.b`; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _constant(_scope: Scope, node: ast.Constant, _steps: int) -> str | Location | None:
    return node.value if isinstance(node.value, str) else None


def _name(scope: Scope, node: ast.Name, steps: int) -> str | Location | None:
    if node.id == "__file__":
        return Location(scope.source.path)
    if node.id == "__name__":
        return scope.source.name
    return scope.value(scope.once.get(node.id), steps)


def _operation(scope: Scope, node: ast.BinOp, steps: int) -> str | Location | None:
    left, right = scope.value(node.left, steps), scope.value(node.right, steps)
    if not isinstance(right, str) or left is None:
        return None
    if isinstance(node.op, ast.Div):
        return _join(left, right)
    if isinstance(node.op, ast.Add):
        return left + right if isinstance(left, str) else _join(left, right.lstrip("/"))
    return None


def _attribute(scope: Scope, node: ast.Attribute, steps: int) -> str | Location | None:
    return _parent(scope.value(node.value, steps)) if node.attr == "parent" else None


def _subscript(scope: Scope, node: ast.Subscript, steps: int) -> str | Location | None:
    of = node.value
    index = node.slice
    if not (isinstance(of, ast.Attribute) and of.attr == "parents"):
        return None
    if not (isinstance(index, ast.Constant) and isinstance(index.value, int)):
        return None
    value = scope.value(of.value, steps)
    for _ in range(min(index.value, _MOST_STEPS) + 1):
        value = _parent(value)
    return value


def _call(scope: Scope, node: ast.Call, steps: int) -> str | Location | None:
    if node.keywords or is_open(node):
        return None
    name = called(node)
    values = [scope.value(each, steps) for each in node.args]
    if isinstance(node.func, ast.Attribute) and name in {*_SAME_METHODS, "joinpath"}:
        return _joined([scope.value(node.func.value, steps), *values])
    if (name == "join" or (name in _SAME and values)) and _is_path_function(node.func, name):
        return _joined(values)
    return _of_one(name, values[0]) if len(values) == 1 else None


def _of_one(name: str, value: str | Location | None) -> Location | None:
    """Return the folder of a path, or of a package."""
    if name == "dirname":
        return _parent(value)
    if name == "files" and isinstance(value, str):
        return Location(value.replace(".", "/"))
    return None


def _is_path_function(function: ast.expr, name: str) -> bool:
    """Return whether `join` is that of paths, and not of a string."""
    if name != "join" or isinstance(function, ast.Name):
        return True
    return isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Constant)


def _joined(values: list[str | Location | None]) -> str | Location | None:
    result = values[0] if values else None
    for each in values[1:]:
        if result is None or not isinstance(each, str):
            return None
        result = _join(result, each)
    return result


def _join(left: str | Location, right: str) -> str | Location | None:
    if right.startswith("/"):
        return None
    if isinstance(left, str):
        return posixpath.join(left, right)
    path = _normal(posixpath.join(left.path, right))
    return None if path is None else Location(path)


def _parent(value: str | Location | None) -> Location | None:
    if not isinstance(value, Location) or not value.path:
        return None
    return Location(value.path.rpartition("/")[0])


def _normal(path: str) -> str | None:
    normal = posixpath.normpath(path)
    return None if normal.startswith("..") else "" if normal == "." else normal


_EVALUATORS: Mapping[type[ast.expr], Callable[..., str | Location | None]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _operation,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
