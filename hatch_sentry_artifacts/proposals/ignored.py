"""Finds built scripts that version control ignores: Hatch leaves them out unless it is told not to.

Like Hatch, only the nearest .gitignore counts, from the project's folder upwards, and its patterns
are those of paths in the project
(https://hatch.pypa.io/latest/config/build/#vcs).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from hatch_sentry_artifacts.assets.distribution.patterns import compile_patterns
from hatch_sentry_artifacts.assets.kinds import is_script
from hatch_sentry_artifacts.proposals.texts import read_if_possible

_IGNORE = ".gitignore"
_MOST_FOLDERS = 5000
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
# Where what the project is tested or documented with lies, or what is built for others.
_SKIPPED_AT_TOP = frozenset(
    {"dist", "build", "docs", "doc", "tests", "test", "examples", "htmlcov"}
)


def ignored_folders(folder: Path, outputs: Iterable[Path]) -> list[str]:
    """Return the folders of packages whose scripts version control ignores, from the project's.

    `outputs` are folders that bundlers write to, which may not be there yet.
    """
    spec = _ignore_file(folder)
    if spec is None:
        return []
    found: dict[str, None] = {}
    for path in (*_scripts(folder), *_inside(folder, outputs)):
        if spec.match_file(path):
            found[_top(spec, path)] = None
    return [each for each in found if each]


def is_ignored(folder: Path, path: str) -> bool:
    """Return whether version control ignores all that is in a folder of the project."""
    spec = _ignore_file(folder)
    return spec is not None and spec.match_file(f"{path}/x.zip")


def script_folders(folder: Path, outputs: Iterable[Path]) -> list[str]:
    """Return for each package the folder in it that has all its scripts.

    `outputs` are folders that bundlers write to, which may not be there yet.
    """
    by_package: dict[str, list[str]] = {}
    for path in (*_inside(folder, outputs), *_scripts(folder)):
        parts = path.split("/")
        package = "/".join(parts[: 2 if parts[0] == "src" else 1])
        by_package.setdefault(package, []).append(path.rpartition("/")[0])
    return [os.path.commonpath(each).replace(os.sep, "/") for each in by_package.values()]


def covers(patterns: Iterable[str], folder: str) -> bool:
    """Return whether gitignore patterns hold what the folder holds."""
    try:
        return compile_patterns(patterns).match_file(f"{folder}/x.js")
    except ValueError:
        return False


def _ignore_file(folder: Path) -> GitIgnoreSpec | None:
    for each in (folder, *folder.parents):
        text = read_if_possible(each / _IGNORE)
        if text is not None:
            return _compiled(text.splitlines())
        if (each / ".git").exists():
            return None
    return None


def _compiled(lines: list[str]) -> GitIgnoreSpec:
    """Return the patterns of the lines; to git, a line that is none holds nothing."""
    try:
        return compile_patterns(lines)
    except ValueError:
        return compile_patterns(filter(_is_pattern, lines))


def _is_pattern(line: str) -> bool:
    try:
        compile_patterns([line])
    except ValueError:
        return False
    return True


def _scripts(folder: Path) -> Iterator[str]:
    """Yield a script of each folder in a package, by its path."""
    for number, (place, names, files) in enumerate(os.walk(folder)):
        if number >= _MOST_FOLDERS:
            return
        here = Path(place).relative_to(folder)
        skipped = _SKIPPED if here.parts else _SKIPPED | _SKIPPED_AT_TOP
        names[:] = sorted(
            each
            for each in names
            if each not in skipped
            and not each.startswith(".")
            and not (Path(place) / each / "pyvenv.cfg").exists()
        )
        if is_in_package(folder, here.as_posix()):
            script = next((each for each in sorted(files) if is_script(each)), None)
            if script is not None:
                yield (here / script).as_posix()


def _inside(folder: Path, outputs: Iterable[Path]) -> Iterator[str]:
    for each in outputs:
        try:
            path = os.path.relpath(each, folder).replace(os.sep, "/")
        except ValueError:  # on another drive
            continue
        if not path.startswith("..") and is_in_package(folder, path):
            yield f"{path}/x.js"


def is_in_package(folder: Path, path: str) -> bool:
    """Return whether a path of the project is that of a folder in a package, or of the package."""
    parts = path.split("/")
    if parts[0] == "src":
        folder, parts = folder / "src", parts[1:]
    return bool(parts) and (folder / parts[0] / "__init__.py").is_file()


def _top(spec: GitIgnoreSpec, path: str) -> str:
    """Return the uppermost folder above the file that is ignored as a whole, else its own."""
    parts = path.split("/")[:-1]
    above = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
    return next((each for each in above if spec.match_file(f"{each}/")), above[-1] if above else "")
