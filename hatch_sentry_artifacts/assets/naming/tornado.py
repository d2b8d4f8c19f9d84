"""Folders that Tornado serves: by handlers with a literal pattern, and by `static_path`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.expressions import Scope, called, last_name
from hatch_sentry_artifacts.assets.naming.rules import TORNADO
from hatch_sentry_artifacts.assets.naming.serving import Served, folder_of

_HANDLER = "StaticFileHandler"
_DEFAULT_PREFIX = "/static/"
# A path, and a group for all that is below it.
_PATTERN = re.compile(r"\^?(/[A-Za-z0-9_./\\-]*?)/?\((?:\?P<\w+>)?\.[*+]\??\)\$?")
_URLS = frozenset({"url", "URLSpec", "Rule"})


def find_tornado(scope: Scope, contents: Contents) -> Iterator[Served]:
    """Yield the folders that a module serves."""
    if not scope.source.has(b"StaticFileHandler", b"static_path"):
        return
    for node in scope.source.nodes:
        if isinstance(node, (ast.Tuple, ast.List)):
            yield from _handler(scope, node.elts, contents)
        elif isinstance(node, ast.Call):
            if called(node) in _URLS:
                yield from _handler(scope, node.args, contents)
            named = {each.arg: each.value for each in node.keywords if each.arg}
            yield from _settings(scope, named, contents)
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            texts = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
            named = {key: value for key, value in texts.items() if isinstance(key, str)}
            yield from _settings(scope, named, contents)


def _handler(scope: Scope, parts: list[ast.expr], contents: Contents) -> Iterator[Served]:
    """Yield the folder of a pattern, a handler for static files, and its arguments."""
    if len(parts) < 3 or not last_name(parts[1]).endswith(_HANDLER):
        return
    arguments = scope.assigned(parts[2])
    if not isinstance(arguments, ast.Dict):
        return
    for key, value in zip(arguments.keys, arguments.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "path":
            folder = folder_of(scope, value, contents)
            if folder:
                yield Served(folder, _path(scope.text(parts[0])), TORNADO)


def _settings(scope: Scope, named: dict[str, ast.expr], contents: Contents) -> Iterator[Served]:
    folder = folder_of(scope, named.get("static_path"), contents)
    if folder:
        prefix = named.get("static_url_prefix")
        path = _DEFAULT_PREFIX if prefix is None else scope.text(prefix)
        yield Served(folder, path, TORNADO)


def _path(pattern: str | None) -> str | None:
    """Return the path that a pattern begins with; None if it is no such pattern."""
    found = _PATTERN.fullmatch(pattern or "")
    return found[1].replace("\\", "") if found else None
