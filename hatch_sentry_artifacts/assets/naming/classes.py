"""Folders that classes and Sphinx's extensions name: of a Jupyter server, and `_static`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import Scope, called, last_name
from hatch_sentry_artifacts.assets.naming.rules import JUPYTER_SERVER, SPHINX_PATH
from hatch_sentry_artifacts.assets.naming.serving import Served, folder_of

_BASES = ("ExtensionApp", "LabServerApp")
_LISTS = frozenset({"append", "insert", "extend"})


def find_jupyter_applications(scope: Scope, contents: Contents) -> Iterator[Served]:
    """Yield the static folders of the applications that extend a Jupyter server."""
    if not scope.source.has(b"ExtensionApp", b"LabServerApp"):
        return
    for node in scope.source.nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        if not any(last_name(each).endswith(_BASES) for each in node.bases):
            continue
        attributes = dict(_attributes(node))
        name = scope.text(_value(attributes.get("name")))
        prefix = attributes.get("static_url_prefix")
        path = f"/static/{name}" if name else None
        if prefix is not None:
            path = scope.text(_value(prefix))
        for each in _folders(attributes):
            folder = folder_of(scope, each, contents)
            if folder:
                yield Served(folder, path, JUPYTER_SERVER)


def find_sphinx_paths(scope: Scope, contents: Contents) -> Iterator[Served]:
    """Yield the folders that a module adds to Sphinx's `html_static_path`."""
    for node in scope.source.calls:
        on = node.func.value if isinstance(node.func, ast.Attribute) else None
        if called(node) not in _LISTS or on is None or last_name(on) != "html_static_path":
            continue
        last = node.args[-1] if node.args else None
        for each in last.elts if isinstance(last, (ast.List, ast.Tuple)) else [last]:
            folder = folder_of(scope, each, contents)
            if folder:
                yield Served(folder, "/_static", SPHINX_PATH)


def _attributes(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for each in node.body:
        if isinstance(each, ast.Assign):
            yield from (
                (name.id, each.value) for name in each.targets if isinstance(name, ast.Name)
            )
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.value:
            yield each.target.id, each.value
        elif isinstance(each, ast.FunctionDef) and len(each.decorator_list) == 1:
            yield from _default(each, each.decorator_list[0])


def _default(node: ast.FunctionDef, decorator: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a method returns as the default of a trait, if nothing else is in it."""
    if not (isinstance(decorator, ast.Call) and called(decorator) == "default"):
        return
    name = decorator.args[0] if decorator.args else None
    last = node.body[-1]
    returns = [each for each in ast.walk(node) if isinstance(each, ast.Return)]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return
    if isinstance(last, ast.Return) and last.value is not None and len(returns) == 1:
        yield name.value, last.value


def _folders(attributes: Mapping[str, ast.expr]) -> list[ast.expr]:
    paths = _value(attributes.get("static_paths"))
    if isinstance(paths, (ast.List, ast.Tuple)):
        return list(paths.elts)
    folder = _value(attributes.get("static_dir"))
    return [] if folder is None else [folder]


def _value(node: ast.expr | None) -> ast.expr | None:
    """Return the default of a trait: `Unicode(x, help=…).tag(config=True)` is x."""
    if called(node or ast.Pass()) == "tag" and isinstance(node, ast.Call):
        node = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(node, ast.Call) and called(node) in {"Unicode", "List", "default"}:
        return node.args[0] if node.args else None
    return node
