"""Finds keys of `paths` that hold nothing, and files that are served under other names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.names import browser_form
from hatch_sentry_artifacts.assets.naming.naming import Prefixes, is_below

# Where Jupyter serves what it finds below share/jupyter (jupyterlab_server, notebook).
_JUPYTER = re.compile(r"~/(?:[^/]+/)*?share/jupyter/(labextensions|nbextensions)/")
_SERVED = {"labextensions": "~/lab/extensions", "nbextensions": "~/nbextensions"}


def check_names(
    names: Mapping[str, str], paths: Prefixes | None, files: Collection[str]
) -> Iterator[Finding]:
    """Yield the findings about the URL `names` of files, by path, and about the keys of `paths`.

    `files` are the paths of all files of the distribution.
    """
    yield from _unheard_names(names)
    yield from _jupyter_names(names)
    for key in paths or ():
        if not any(is_below(path, key) for path in files):
            message = f"is a key of `paths`, but holds no file{meant_folder(key, files)}"
            yield Finding(key, "unused-path", message)


def meant_folder(key: str, files: Collection[str]) -> str:
    """Return a question that names the folder of `files` which a key of `paths` may mean."""
    segments = key.split("/")
    for start in range(1, len(segments)):
        shorter = "/".join(segments[start:])
        if any(is_below(path, shorter) for path in files):
            return f"; did you mean {shorter}? Keys are paths in the wheel, not in the project"
    folders = {path.rpartition("/")[0] for path in files}
    longer = [each for each in folders if each.endswith(f"/{key}")]
    near = min(longer, key=len, default=None)
    near = near or next(iter(get_close_matches(key, folders, 1)), None)
    return f"; did you mean {near}?" if near else ""


def _unheard_names(names: Mapping[str, str]) -> Iterator[Finding]:
    for path, name in names.items():
        heard = browser_form(name)
        if heard != name:
            yield Finding(
                path,
                "name-cannot-match",
                f"no browser reports the name {name}, but {heard}; "
                "write the prefix in `paths` that way",
            )


def _jupyter_names(names: Mapping[str, str]) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for path, name in names.items():
        if served := _JUPYTER.match(name):
            found.setdefault(served[1], []).append(path)
    for kind, (first, *others) in found.items():
        yield Finding(
            first,
            "name-cannot-match",
            f"no browser reports the name {names[first]}, since Jupyter serves that folder at "
            f'{_SERVED[kind][1:]}: set "*.data/data/share/jupyter/{kind}" = "{_SERVED[kind]}" in '
            "`paths`",
            tuple(others),
        )
