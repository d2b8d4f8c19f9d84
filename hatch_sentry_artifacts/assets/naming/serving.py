"""A folder that sources serve at a path of URLs, and what they must not do besides."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import Location, Scope, argument, called
from hatch_sentry_artifacts.assets.naming.rules import Doubt, Place, Rule

_ODD = frozenset(" <>\\?#%{}()*+^$|")
# What puts an application, or a part of one, below a path of another one.
_MOUNTS = {"add_subapp": 0, "mount": 0}


@dataclass(frozen=True)
class Served:
    """A folder, and the path where its application serves it; None where that is computed."""

    folder: str
    path: str | None
    rule: Rule


def served_places(found: Iterable[Served], *, moved: bool) -> Iterator[Place | Doubt]:
    """Yield the folders; `moved` is whether applications are mounted below others."""
    for each in found:
        if each.path is None or not is_plain(each.path):
            yield Doubt(each.folder, "the sources compute the URL path where they serve it")
        elif moved:
            yield Doubt(each.folder, "the sources mount an application below another one")
        else:
            yield Place(each.folder, ("~/" + each.path.strip("/"),), each.rule)


def is_plain(path: str) -> bool:
    """Return whether it is a path of URLs, from the top, without variables."""
    return path.startswith("/") and path.isprintable() and not _ODD & set(path)


def moves_applications(scope: Scope) -> bool:
    """Return whether the module puts anything but static files below a path that is not the top."""
    for node in scope.source.calls:
        position = _MOUNTS.get(called(node))
        if position is None or not isinstance(node.func, ast.Attribute):
            continue
        mounted = scope.assigned(argument(node, "app", 1))
        path = scope.text(argument(node, "path", position))
        harmless = path is not None and (path in {"", "/"} or path.startswith(("http:", "https:")))
        if not harmless and called(mounted or ast.Pass()) not in {"StaticFiles", "HTTPAdapter"}:
            return True
    return False


def folder_of(scope: Scope, node: ast.expr | None, contents: Contents) -> str | None:
    """Return the folder that an argument means; None if it is computed, or not in the wheel."""
    value = scope.value(node)
    if isinstance(value, Location):
        return value.path
    return None if value is None else only_folder(value, scope, contents)


def only_folder(path: str, scope: Scope, contents: Contents) -> str | None:
    """Return the folder that a path from the working directory can mean: only one is so called."""
    wanted = path.strip("./")
    top = scope.source.path.partition("/")[0]
    if not wanted or path.startswith("/"):
        return None
    found = [
        each
        for each in contents.folders_called(wanted.rpartition("/")[2])
        if each.startswith(f"{top}/") and f"/{each}".endswith(f"/{wanted}")
    ]
    return found[0] if len(found) == 1 else None
