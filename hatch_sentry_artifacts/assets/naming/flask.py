"""Places of the static folders of Flask's applications and blueprints."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import (
    Scope,
    argument,
    called,
    is_none,
    is_open,
)
from hatch_sentry_artifacts.assets.naming.rules import FLASK, Doubt, Place

_COMPUTED = "\0"
# Pairs of blueprints and registrations; people have a few thousand.
_MOST_COMPARED = 500_000


@dataclass(frozen=True)
class Blueprint:
    """A blueprint with a static folder: the name it is assigned to, in which module.

    `prefix` is its own `url_prefix`, None without one; `path` its `static_url_path`.
    """

    module: str
    variable: str | None
    folder: str
    prefix: str | None
    path: str | None


@dataclass(frozen=True)
class Registration:
    """A registration of a blueprint: its variable, and the last part of the module it is from.

    `prefix` is None without one of its own, `_COMPUTED` if it does not stand there. `on` is the
    variable of what it is registered on.
    """

    module: str
    variable: str
    prefix: str | None
    on: str


def find_applications(scope: Scope, contents: Contents) -> Iterator[Place]:
    """Yield the static folders of the applications that a module makes."""
    for node in scope.source.calls:
        if called(node) not in {"Flask", "Quart"}:
            continue
        root = _root(scope, argument(node, "import_name", 0), contents)
        given = {each.arg for each in node.keywords}
        if root is None or is_open(node) or given & {"root_path", "static_host", "host_matching"}:
            continue
        folder = _static_folder(scope, argument(node, "static_folder", 2), root, "static")
        url = argument(node, "static_url_path", 1)
        path = f"/{posixpath.basename(folder or '')}" if is_none(url) else scope.text(url)
        if folder and path is not None and _is_plain(path):
            yield Place(folder, ("~/" + path.strip("/"),), FLASK)


def serves_itself(scope: Scope) -> bool:
    """Return whether a module has a route of its own for static files, maybe with a prefix."""
    return any(
        called(node) in {"route", "add_url_rule"}
        and "static/<" in (scope.text(argument(node, "rule", 0)) or "")
        for node in scope.source.calls
    )


def find_blueprints(scope: Scope, contents: Contents) -> Iterator[Blueprint]:
    """Yield the blueprints of a module that have a static folder of their own."""
    for node in scope.source.calls:
        if called(node) != "Blueprint" or is_open(node):
            continue
        root = _root(scope, argument(node, "import_name", 1), contents)
        if root is None or any(each.arg in {"root_path", "subdomain"} for each in node.keywords):
            continue
        folder = _static_folder(scope, argument(node, "static_folder", 2), root, "")
        if folder:
            yield Blueprint(
                scope.source.name,
                scope.target(node),
                folder,
                _prefix(scope, argument(node, "url_prefix", 5)),
                _prefix(scope, argument(node, "static_url_path", 3)),
            )


def find_registrations(scope: Scope) -> Iterator[Registration]:
    """Yield the registrations of blueprints in a module."""
    for node in scope.source.calls:
        if called(node) != "register_blueprint":
            continue
        prefix = _COMPUTED if is_open(node) else _prefix(scope, argument(node, "url_prefix", 99))
        on = node.func.value if isinstance(node.func, ast.Attribute) else None
        module, variable = _identity(scope, argument(node, "blueprint", 0))
        yield Registration(module, variable, prefix, on.id if isinstance(on, ast.Name) else "")


def blueprint_places(
    blueprints: Sequence[Blueprint], registrations: Sequence[Registration]
) -> Iterator[Place | Doubt]:
    """Yield the static folders of blueprints; of some, the URL is not known to the end."""
    nested = {each.on for each in registrations}
    on_others = [each for each in blueprints if each.variable in nested]
    too_many = len(blueprints) * len([*blueprints, *registrations]) > _MOST_COMPARED
    for each in blueprints:
        prefix = None if too_many else _registered_prefix(each, blueprints, registrations)
        own_path = f"/{posixpath.basename(each.folder)}" if each.path is None else each.path
        url = f"/{(prefix or '').strip('/')}/{own_path.strip('/')}".replace("//", "/")
        # Without either, the application's own static folder answers.
        known = not too_many and (prefix is not None or each.path is not None)
        # Some blueprint, maybe this one, is registered on another one.
        below = each.variable is not None and any(other is not each for other in on_others[:2])
        if known and not below and _is_plain(url):
            yield Place(each.folder, ("~/" + url.strip("/"),), FLASK)
        else:
            yield Doubt(each.folder, "its blueprint is registered under a prefix that is computed")


def _registered_prefix(
    own: Blueprint, blueprints: Sequence[Blueprint], registrations: Sequence[Registration]
) -> str | None:
    """Return the prefix that holds; _COMPUTED if it does not stand there."""
    found = [each for each in registrations if each.variable in {own.variable, ""}]
    namesakes = [each for each in blueprints if each.variable == own.variable]
    tail = own.module.rpartition(".")[2]
    if len(namesakes) > 1:
        if any(each.prefix is not None and not each.module for each in found):
            return _COMPUTED
        found = [each for each in found if each.module in {tail, ""}]
    prefixes = {each.prefix for each in found if each.prefix is not None}
    if not prefixes:
        return own.prefix
    if len(prefixes) > 1 or any(not each.variable for each in found if each.prefix is not None):
        return _COMPUTED
    return prefixes.pop()


def _root(scope: Scope, node: ast.expr | None, contents: Contents) -> str | None:
    """Return the folder that relative paths begin at: that of the module named there."""
    if isinstance(node, ast.Name) and node.id == "__name__":
        return scope.source.folder
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        path = node.value.replace(".", "/")
        if f"{path}/__init__.py" in contents.members:
            return path
        return path.rpartition("/")[0] if f"{path}.py" in contents.members else None
    return None


def _static_folder(scope: Scope, node: ast.expr | None, root: str, default: str) -> str | None:
    if node is None:
        return posixpath.join(root, default) if default else None
    return None if is_none(node) else scope.location(node, root)


def _prefix(scope: Scope, node: ast.expr | None) -> str | None:
    """Return a prefix; None if there is none, _COMPUTED if it does not stand there."""
    if is_none(node):
        return None
    text = scope.text(node)
    return _COMPUTED if text is None else text


def _is_plain(path: str) -> bool:
    """Return whether it is a path of URLs without variables."""
    return path.isprintable() and not any(each in path for each in " <>\\?#%{}")


def _identity(scope: Scope, node: ast.expr | None) -> tuple[str, str]:
    """Return the last part of a variable's module and its name there; "" where unknown."""
    if isinstance(node, ast.Name):
        return scope.imported.get(node.id, (scope.source.name.rpartition(".")[2], node.id))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return scope.imported.get(node.value.id, ("", node.value.id))[1], node.attr
    return "", ""
