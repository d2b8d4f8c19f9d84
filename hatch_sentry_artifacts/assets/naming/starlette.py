"""Places of folders that FastAPI's and Starlette's applications mount with StaticFiles."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import (
    Scope,
    argument,
    called,
    is_none,
    is_open,
    last_name,
)
from hatch_sentry_artifacts.assets.naming.rules import STARLETTE, Place
from hatch_sentry_artifacts.assets.naming.serving import folder_of, is_plain

_APPLICATIONS = frozenset({"FastAPI", "Starlette"})


@dataclass(frozen=True)
class Mount:
    """A folder at a URL path of an application, which has that name in its module."""

    application: str
    path: str
    folder: str


@dataclass(frozen=True)
class SubApplication:
    """An application that is mounted below another one; its name is "" if it has none."""

    name: str


def is_embedded(scope: Scope) -> bool:
    """Return whether a class of the module is an application that mounts static files itself.

    Such a one is made to be mounted by others, wherever they like.
    """
    return any(
        called(node) == "mount"
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
        and _is_static(scope, argument(node, "app", 1))
        for node in scope.source.calls
    )


def exported_files(scope: Scope) -> set[str]:
    """Return the names of what serves static files in the module, for it or others to mount."""
    made = (node for node in scope.source.calls if called(node) == "StaticFiles")
    return {name for node in made if (name := scope.target(node))}


def mounted_names(scope: Scope) -> set[str]:
    """Return the names of what the module mounts, or passes on."""
    given = (
        argument
        for node in scope.source.calls
        for argument in (*node.args, *(each.value for each in node.keywords))
    )
    return {last_name(each) for each in given}


def find_mounts(scope: Scope, contents: Contents) -> Iterator[Mount | SubApplication]:
    """Yield what the applications of a module mount."""
    for node in scope.source.calls:
        if called(node) != "mount":
            continue
        path = scope.text(argument(node, "path", 0))
        mounted = argument(node, "app", 1)
        folder = _static_folder(scope, mounted, contents)
        on = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(on, ast.Name) and folder and path is not None and is_plain(path):
            if _is_application(scope, on):
                yield Mount(on.id, path, folder)
        elif not _is_static(scope, mounted) and not _is_harmless(path):
            yield SubApplication(_name_of(scope, mounted))
    yield from _routes(scope, contents)
    yield from _mounted_in_routes(scope)


def mount_places(found: Sequence[Mount | SubApplication]) -> Iterator[Place]:
    """Yield the folders of applications that are not mounted below others."""
    below = {each.name for each in found if isinstance(each, SubApplication)}
    for each in found:
        if isinstance(each, Mount) and not below & {each.application, ""}:
            yield Place(each.folder, ("~/" + each.path.strip("/"),), STARLETTE)


def _routes(scope: Scope, contents: Contents) -> Iterator[Mount]:
    """Yield the mounts in the routes that an application is made with."""
    for node in scope.source.calls:
        if called(node) not in _APPLICATIONS:
            continue
        routes = scope.assigned(argument(node, "routes", 1))
        name = scope.target(node)
        if name is None or not isinstance(routes, ast.List) or not _is_at_top(scope, node):
            continue
        for each in routes.elts:
            if isinstance(each, ast.Call) and called(each) == "Mount":
                path = scope.text(argument(each, "path", 0))
                folder = _static_folder(scope, argument(each, "app", 1), contents)
                if path is not None and folder and is_plain(path):
                    yield Mount(name, path, folder)


def _mounted_in_routes(scope: Scope) -> Iterator[SubApplication]:
    """Yield the applications that `Mount` puts below others."""
    for node in scope.source.calls:
        mounted = argument(node, "app", 1) if called(node) == "Mount" else None
        if is_none(mounted) or _is_static(scope, mounted):
            continue
        if not _is_harmless(scope.text(argument(node, "path", 0))):
            yield SubApplication(_name_of(scope, mounted))


def _name_of(scope: Scope, mounted: ast.expr | None) -> str:
    """Return the name that an application has where it is made; "" if it has none, or any."""
    if not isinstance(mounted, ast.Name) or mounted.id in scope.parameters:
        return ""
    return scope.imported.get(mounted.id, ("", mounted.id))[1]


def _is_application(scope: Scope, node: ast.Name) -> bool:
    made = scope.assigned(node)
    return isinstance(made, ast.Call) and called(made) in _APPLICATIONS and _is_at_top(scope, made)


def _is_at_top(scope: Scope, made: ast.Call) -> bool:
    """Return whether the application says nothing of a prefix of its own."""
    root = argument(made, "root_path", 99)
    return is_none(root) or scope.text(root) == ""


def _is_static(scope: Scope, node: ast.expr | None) -> bool:
    return called(scope.assigned(node) or ast.Pass()) == "StaticFiles"


def _is_harmless(path: str | None) -> bool:
    """Return whether nothing moves by it: it is the top, or an adapter of HTTP clients."""
    return path is not None and (path in {"", "/"} or path.startswith(("http:", "https:")))


def _static_folder(scope: Scope, node: ast.expr | None, contents: Contents) -> str | None:
    """Return the folder of a StaticFiles; None if it is none, or its folder is computed."""
    made = scope.assigned(node)
    if not isinstance(made, ast.Call) or called(made) != "StaticFiles" or is_open(made):
        return None
    directory = argument(made, "directory", 0)
    packages = argument(made, "packages", 1)
    if is_none(directory):
        return _package_folder(scope, packages)
    return folder_of(scope, directory, contents) if is_none(packages) else None


def _package_folder(scope: Scope, node: ast.expr | None) -> str | None:
    """Return the folder of the only package that is named: its `statics`, or another one."""
    if not isinstance(node, ast.List) or len(node.elts) != 1:
        return None
    only = node.elts[0]
    parts: list[ast.expr] = only.elts if isinstance(only, ast.Tuple) else [only]
    texts = [scope.text(each) for each in parts]
    package, folder = (*texts, "statics")[:2]
    return f"{package.replace('.', '/')}/{folder}" if package and folder else None
